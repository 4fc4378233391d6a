/** Cycles are configuration: they are checked against what the network charges, not computed from its price list. */

/**
 * Attached to `create_canister`: the network keeps its creation fee (0.5 T on a 13-node subnet) and the rest is the
 * Greeter's balance, out of which the network also prepays the installation (up to 0.3 T, the unused part returns).
 */
export const creationCycles = 1_500_000_000_000n;

/** Set aside per open job, so that a job that was accepted can be finished: creation plus the calls of its saga. */
export const reservedCyclesPerJob = 1_600_000_000_000n;

/** Never promised to jobs: keeps the Manager itself running and above its freezing limit. */
export const managerReserveCycles = 1_000_000_000_000n;
