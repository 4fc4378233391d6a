import { describe, expect, it } from 'vitest';
import { allowedActions, mayBePastPivot } from '../../src/saga/index.ts';
import type { SagaAction, SagaEvent } from '../../src/saga/index.ts';
import { applied, unknown } from './support/answers.ts';
import { testDefinition, undoableStep } from './support/definition.ts';
import type { TestFacts } from './support/definition.ts';
import { everySituation, sagaAfter } from './support/every-state.ts';
import { SagaDriver } from './support/saga-driver.ts';

const requests: Readonly<Record<SagaAction, SagaEvent<TestFacts>>> = {
  retry: { type: 'retry' },
  cancel: { type: 'cancel' },
  resolve: { type: 'resolve', finding: 'applied', evidence: 'seen' },
  terminate: { type: 'terminate' },
};

describe('what may be asked of a saga', () => {
  it.each(everySituation)('that is $name: $allowed', ({ reach, allowed }) => {
    const { definition, saga } = reach();
    expect(allowedActions(definition, saga)).toEqual(allowed);
  });

  it.each(everySituation)('is what the engine heeds, and nothing else: $name', ({ reach, allowed }) => {
    for (const [action, event] of Object.entries(requests)) {
      const driver = reach();
      const before = driver.saga;
      driver.tell(event);
      expect(driver.changed).toBe(allowed.includes(action as SagaAction));
      if (driver.changed) continue;
      expect(driver.saga).toBe(before);
      expect(driver.effects).toEqual([]);
    }
  });
});

describe('the point of no return', () => {
  const passed = everySituation
    .filter(({ reach }) => mayBePastPivot(sagaAfter(0).definition, reach().saga))
    .map(({ name }) => name);

  it('counts as passed from the moment the pivot is under way, unless it is known not to have been applied', () => {
    expect(passed).toEqual([
      'with the pivot open',
      'with the pivot unknown',
      'parked with the pivot unknown',
      'with the pivot not seen, though its call may still be on its way',
      'after the pivot',
      'waiting after the pivot',
      'parked after the pivot',
      'completed',
    ]);
  });

  it('is never reached by a saga without a pivot', () => {
    const driver = new SagaDriver(testDefinition([undoableStep('only')])).wake();
    expect(driver.allowed).toEqual(['cancel']);
    expect(driver.answer(unknown).allowed).toEqual(['cancel']);
    const ended = new SagaDriver(testDefinition([undoableStep('only')])).wake().answer(applied());
    expect(mayBePastPivot(ended.definition, ended.saga)).toBe(false);
    expect(ended.allowed).toEqual([]);
  });
});
