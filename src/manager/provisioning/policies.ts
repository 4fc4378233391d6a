import type { RetryPolicy } from '../../saga/index.ts';

/** A bounded-wait call is answered within 5 minutes at the latest; the lease is longer, so an answer is never cut off. */
export const boundedCallLeaseMs = 6 * 60 * 1000;

/** An unbounded call is always answered; only a trapped response handler loses the answer. */
export const unboundedCallLeaseMs = 15 * 60 * 1000;

/** Wait of bounded calls, in seconds; the IC's own maximum is 300. */
export const boundedCallTimeoutSeconds = 120;

/** A job that waits for the Manager to be topped up looks again after so long. */
export const awaitingCyclesRetryMs = 5 * 60 * 1000;

/** Patient enough for a subnet's bad hour: 1 s, 2 s, 4 s … up to 5 minutes, 8 attempts. */
export const effectRetry: RetryPolicy = {
  initialIntervalMs: 1_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 5 * 60 * 1000,
  maximumAttempts: 8,
  jitter: 0.2,
};

/** Reading changes nothing and an unknown must not stay unknown: more often, and longer, than effects. */
export const readRetry: RetryPolicy = {
  initialIntervalMs: 1_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 5 * 60 * 1000,
  maximumAttempts: 20,
  jitter: 0.2,
};

/** Given on top of what is missing, so that what the canister burns meanwhile does not make it poor again. */
export const topUpMarginCycles = 10_000_000_000n;

/**
 * A canister that a job gives up rests before another job may have it. Calls of the former job that were answered
 * "unknown" may still be executed meanwhile; what they leave behind is seen when the canister is looked at.
 */
export const vacantRestMs = 30 * 60 * 1000;
