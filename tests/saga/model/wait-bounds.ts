import type { RetryPolicy } from '../../../src/saga/index.ts';

/** From when to when the next attempt may be due after `attempts` failed ones. */
export function waitBounds(
  policy: RetryPolicy,
  attempts: number,
  nowMs: number,
  retryAfterMs: number,
): readonly [number, number] {
  let intervalMs = policy.initialIntervalMs;
  for (let attempt = 1; attempt < attempts; attempt += 1) intervalMs *= policy.backoffCoefficient;
  intervalMs = Math.min(intervalMs, policy.maximumIntervalMs);
  const earliest = Math.floor(intervalMs * (1 - policy.jitter));
  const latest = Math.ceil(intervalMs * (1 + policy.jitter));
  return [nowMs + Math.max(earliest, retryAfterMs), nowMs + Math.max(latest, retryAfterMs)];
}
