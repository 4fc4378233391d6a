import { memoryUsage } from './resource-usage.ts';
import type { NetworkState } from './state.ts';

/** Figures about the whole network. */
export interface NetworkMetrics {
  readonly canisters: number;
  /** What all canisters occupy. */
  readonly stateBytes: bigint;
  /** Burned since the network began. */
  readonly consumedCycles: bigint;
  /** Messages, timers and heartbeats executed since the network began. */
  readonly executedMessages: number;
}

export function metricsOf(state: NetworkState): NetworkMetrics {
  let stateBytes = 0n;
  for (const canister of state.canisters.values()) stateBytes += memoryUsage(canister).totalBytes;
  return {
    canisters: state.canisters.size,
    stateBytes,
    consumedCycles: state.cycles.burned,
    executedMessages: state.executedSteps,
  };
}
