import { time } from 'azle';

/** The network's time in whole milliseconds since 1970-01-01 UTC; constant during one message. */
export function nowMs(): number {
  return Number(time() / 1_000_000n);
}

/** Milliseconds as the nanoseconds that the Candid interface speaks. */
export function nanosFromMs(ms: number): bigint {
  return BigInt(ms) * 1_000_000n;
}
