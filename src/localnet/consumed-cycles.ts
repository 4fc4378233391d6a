/** What cycles are taken for. Source: ic.did, `cycles_consumed`. */
export type CyclesUse =
  | 'memory'
  | 'computeAllocation'
  | 'ingressInduction'
  | 'instructions'
  | 'transmission'
  /** The rest of the balance of a canister that could not pay for its memory. */
  | 'uninstall'
  | 'canisterCreation'
  | 'httpOutcalls'
  | 'burned';

/** Cycles a canister ever paid, by what for. */
export type ConsumedCycles = Record<CyclesUse, bigint>;

export function nothingConsumed(): ConsumedCycles {
  return {
    memory: 0n,
    computeAllocation: 0n,
    ingressInduction: 0n,
    instructions: 0n,
    transmission: 0n,
    uninstall: 0n,
    canisterCreation: 0n,
    httpOutcalls: 0n,
    burned: 0n,
  };
}
