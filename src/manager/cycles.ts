/**
 * Cycles that are no configuration. What the network charges for calls is its price list for 13 nodes (developer docs,
 * "Cycle costs"); a test compares what comes of it with what a network really took.
 */

/** Set aside for each open job on top of what its canister gets: for the fees of its calls. */
export const callsReserveCycles = 100_000_000_000n;

/** What one call between canisters costs, whatever it carries. */
export const callBaseFeeCycles = 260_000n;

/** What one byte of a call costs: of the method's name, the argument and the response. */
export const callByteFeeCycles = 1_000n;
