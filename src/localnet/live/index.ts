export { type InputJournal, type NetworkInput, applyInput } from './network-input.ts';
export { LiveNetwork, type LiveNetworkOptions, NetworkDefectError } from './live-network.ts';
export type { RealTime } from './real-time.ts';
export type { PerformHttpOutcall } from './outcalls-under-way.ts';
