import { firstCanisterNumber } from './canister-ids.ts';
import { canisterCreationFeeCycles } from './fees.ts';
import type { LocalNetworkOptions } from './network-options.ts';
import type { NetworkState } from './state.ts';

const defaultStartTimeNanos = 1_620_328_630_000_000_000n;

/** A network without canisters, at its start. */
export function initialState(options: LocalNetworkOptions): NetworkState {
  const timeNanos = options.startTimeNanos ?? defaultStartTimeNanos;
  return {
    timeNanos,
    nextCanisterNumber: firstCanisterNumber,
    canisters: new Map(),
    usedIds: new Set(),
    messages: new Map(),
    nextSequenceNumber: 1,
    ingress: new Map(),
    requests: new Map(),
    requestsSweptAtNanos: timeNanos,
    nextIngressId: 1,
    httpOutcalls: new Map(),
    nextHttpOutcallId: 0,
    creationFeeCycles: options.creationFeeCycles ?? canisterCreationFeeCycles,
    cycles: { minted: 0n, burned: 0n, balances: 0n, inFlight: 0n, inCallContexts: 0n },
    shuffle: options.seed === undefined ? undefined : options.seed >>> 0,
    randomness: (options.seed ?? 0) >>> 0,
    systemTasks: [],
    roundRequested: false,
    lastRoundAtNanos: timeNanos,
    faults: { rules: [], nextRuleId: 1, matches: new Map() },
    chargedAtNanos: timeNanos,
    deadlinesCheckedAtSecond: 0n,
    executedSteps: 0,
  };
}
