import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../src/saga/index.ts';
import { anyPolicy } from './support/arbitraries.ts';
import { steadyPolicy } from './support/definition.ts';

const anyIdentity = fc.record({
  sagaId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  stepIndex: fc.nat(10),
  attempt: fc.integer({ min: 0, max: 2_000 }),
});

describe('the wait before the next attempt', () => {
  it('grows from the initial interval by the coefficient up to the maximum', () => {
    const waits = [1, 2, 3, 4, 5].map((attempt) =>
      retryDelayMs(steadyPolicy, { sagaId: 1n, stepIndex: 0, attempt }),
    );
    expect(waits).toEqual([100, 200, 400, 400, 400]);
  });

  it('of an attempt that no longer counts is the initial interval', () => {
    expect(retryDelayMs(steadyPolicy, { sagaId: 1n, stepIndex: 0, attempt: 0 })).toBe(100);
  });

  it('stays within the jitter around the interval, in whole milliseconds, for any policy and attempt', () => {
    fc.assert(
      fc.property(anyPolicy, anyIdentity, (policy, identity) => {
        const delayMs = retryDelayMs(policy, identity);
        const grown =
          policy.initialIntervalMs * policy.backoffCoefficient ** Math.max(0, identity.attempt - 1);
        const intervalMs = Math.min(grown, policy.maximumIntervalMs);
        expect(Number.isSafeInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(Math.floor(intervalMs * (1 - policy.jitter)));
        expect(delayMs).toBeLessThanOrEqual(Math.ceil(intervalMs * (1 + policy.jitter)));
      }),
    );
  });

  it('is never shorter than the answer asked for, and otherwise untouched by it', () => {
    fc.assert(
      fc.property(anyPolicy, anyIdentity, fc.nat(10_000_000), (policy, identity, retryAfterMs) => {
        const free = retryDelayMs(policy, identity);
        expect(retryDelayMs(policy, identity, retryAfterMs)).toBe(Math.max(free, retryAfterMs));
      }),
    );
  });

  it('is the same for the same saga, step and attempt, and spread over sagas', () => {
    const policy = { ...steadyPolicy, initialIntervalMs: 10_000, maximumIntervalMs: 10_000, jitter: 0.5 };
    const wait = (sagaId: bigint, stepIndex = 0, attempt = 1): number =>
      retryDelayMs(policy, { sagaId, stepIndex, attempt });
    expect(wait(3n)).toBe(wait(3n));
    const waits = Array.from({ length: 1_000 }, (_, id) => wait(BigInt(id)));
    expect(new Set(waits).size).toBeGreaterThan(900);
    const mean = waits.reduce((sum, each) => sum + each, 0) / waits.length;
    expect(mean).toBeGreaterThan(9_600);
    expect(mean).toBeLessThan(10_400);
    expect(Math.min(...waits)).toBeLessThan(5_200);
    expect(Math.max(...waits)).toBeGreaterThan(14_800);
    expect(new Set([wait(3n), wait(3n, 1), wait(3n, 0, 2), wait(3n + 2n ** 40n)]).size).toBe(4);
  });
});
