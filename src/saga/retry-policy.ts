/** How often and how patiently a step is tried again. */
export interface RetryPolicy {
  /** Wait before the second attempt, in milliseconds; at least 1. */
  readonly initialIntervalMs: number;
  /** Factor by which each further wait grows; at least 1. */
  readonly backoffCoefficient: number;
  /** No wait is longer than this (before jitter), in milliseconds. */
  readonly maximumIntervalMs: number;
  /** Attempts in all, the first included; at least 1. Used up means park or compensate, as the step says. */
  readonly maximumAttempts: number;
  /** Share of the wait that is spread, 0 to 1: 0.2 means between 80 % and 120 % of it. */
  readonly jitter: number;
}

/** Who is waiting: the jitter is a hash of these, so that a replay waits exactly as long as the original did. */
export interface RetryIdentity {
  readonly sagaId: bigint;
  readonly stepIndex: number;
  readonly attempt: number;
}

/**
 * The wait before the attempt that follows attempt number `identity.attempt`.
 *
 * @param policy the step's policy
 * @param identity which saga, step and (failed) attempt, counted from 1; 0 when an operator's retry gave a fresh
 *   budget to an attempt that was still unknown, which waits like 1
 * @param retryAfterMs a floor the answer asked for, in milliseconds
 * @returns whole milliseconds, never less than `retryAfterMs`
 */
export function retryDelayMs(policy: RetryPolicy, identity: RetryIdentity, retryAfterMs = 0): number {
  const exponential =
    policy.initialIntervalMs * policy.backoffCoefficient ** Math.max(0, identity.attempt - 1);
  const interval = Math.min(exponential, policy.maximumIntervalMs);
  const spread = 1 + policy.jitter * (2 * unitHash(identity) - 1);
  return Math.max(Math.round(interval * spread), retryAfterMs);
}

/** A well-spread number in [0, 1) from the identity (32-bit FNV-1a with a final avalanche). */
function unitHash({ sagaId, stepIndex, attempt }: RetryIdentity): number {
  let hash = 0x811c9dc5;
  const low = Number(BigInt.asUintN(32, sagaId));
  const high = Number(BigInt.asUintN(32, sagaId >> 32n));
  for (const word of [low, high, stepIndex, attempt]) {
    for (let shift = 0; shift < 32; shift += 8) {
      hash = Math.imul(hash ^ ((word >>> shift) & 0xff), 0x01000193);
    }
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
