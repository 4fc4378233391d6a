export { type PocketIcServerOptions, type RunningPocketIcServer, startPocketIcServer } from './server.ts';
