import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertLegalDefinition } from '../../src/saga/index.ts';
import type { RetryPolicy } from '../../src/saga/index.ts';
import { anyDefinition } from './support/arbitraries.ts';
import {
  reversibleDefinition,
  steadyPolicy,
  testDefinition,
  testStep,
  undoableStep,
} from './support/definition.ts';
import type { TestDefinition } from './support/definition.ts';

function refusal(definition: TestDefinition): () => void {
  return () => {
    assertLegalDefinition(definition);
  };
}

const pivot = testStep('handover', { kind: 'pivot' });

describe('a definition', () => {
  it('is accepted when it keeps the rules', () => {
    expect(refusal(reversibleDefinition)).not.toThrow();
    fc.assert(
      fc.property(anyDefinition, (definition) => {
        expect(refusal(definition)).not.toThrow();
      }),
    );
  });

  it('is refused without steps', () => {
    expect(refusal(testDefinition([]))).toThrow('test: a saga needs at least one step');
  });

  it('is refused with two pivots', () => {
    const second = testStep('again', { kind: 'pivot' });
    expect(refusal(testDefinition([pivot, second]))).toThrow(
      'test, step again: a saga has at most one pivot',
    );
  });

  it('is refused with a compensable step after the pivot, or a retriable one before it', () => {
    expect(refusal(testDefinition([pivot, testStep('late')]))).toThrow(
      'step late: nothing is undone after the pivot',
    );
    expect(refusal(testDefinition([testStep('early', { kind: 'retriable' }), pivot]))).toThrow(
      'step early: before the pivot a saga may turn back',
    );
    expect(refusal(testDefinition([testStep('only', { kind: 'retriable' })]))).not.toThrow();
  });

  it('is refused when it would undo what is not compensable', () => {
    for (const kind of ['pivot', 'retriable'] as const) {
      const step = { ...undoableStep('odd'), kind };
      expect(refusal(testDefinition([step]))).toThrow('step odd: only a compensable step may be undone');
    }
  });

  it('is refused with a lease that never begins', () => {
    for (const leaseMs of [0, -1, Number.NaN]) {
      expect(refusal(testDefinition([testStep('first', { leaseMs })]))).toThrow('leaseMs must be positive');
    }
  });

  it.each<Partial<RetryPolicy>>([
    { initialIntervalMs: 0 },
    { maximumIntervalMs: 0 },
    { maximumIntervalMs: Number.NaN },
    { backoffCoefficient: 0.9 },
    { maximumAttempts: 0 },
    { maximumAttempts: Number.NaN },
    { jitter: -0.1 },
    { jitter: 1.1 },
  ])('is refused with a policy out of range, whatever the policy is for: %o', (change) => {
    const policy = { ...steadyPolicy, ...change };
    for (const settings of [{ retry: policy }, { reconcileRetry: policy }, { compensateRetry: policy }]) {
      expect(refusal(testDefinition([undoableStep('first', settings)]))).toThrow(
        'test, step first: a retry policy is out of range',
      );
    }
  });
});
