export { serveNetwork, type ServedNetwork, type ServeOptions } from './serve-network.ts';
