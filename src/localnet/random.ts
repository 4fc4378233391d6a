/*
 * mulberry32: 32 bits of state that fit into a checkpoint, good enough to shuffle a queue. Not for secrets.
 */

const increment = 0x6d2b79f5;
const bitsOfResult = 4_294_967_296;

/** The generator's next state. */
export function nextRandomState(state: number): number {
  return (state + increment) >>> 0;
}

/** A number in [0, 1) drawn from a state. */
export function randomFraction(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / bitsOfResult;
}
