export { type RunningNetworkOptions, startNetwork } from './running-network.ts';
