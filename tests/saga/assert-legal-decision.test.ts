import { describe, expect, it } from 'vitest';
import { assertLegalDecision } from '../../src/saga/assert-legal-decision.ts';
import type { SagaRecord } from '../../src/saga/index.ts';
import { applied, notApplied, unknown } from './support/answers.ts';
import type { TestFacts } from './support/definition.ts';
import { testDefinition, testStep } from './support/definition.ts';
import { sagaAfter, undoing } from './support/every-state.ts';
import { SagaDriver } from './support/saga-driver.ts';

type Change = Partial<SagaRecord<TestFacts>> | ((saga: SagaRecord<TestFacts>) => SagaRecord<TestFacts>);

function assertAfter(driver: SagaDriver, change: Change): () => void {
  const before = driver.saga;
  const after = typeof change === 'function' ? change(before) : { ...before, ...change };
  return () => {
    assertLegalDecision(driver.definition, before, after);
  };
}

const queued = (): SagaDriver => new SagaDriver();
const running = (): SagaDriver => new SagaDriver().wake();
const waiting = (): SagaDriver => new SagaDriver().wake().answer(notApplied());
const parked = (): SagaDriver => new SagaDriver().wake().answer(notApplied('terminal'));
const completed = (): SagaDriver =>
  new SagaDriver(testDefinition([testStep('only')])).wake().answer(applied());

describe('a decision is refused, and its message rolled back, when', () => {
  it('the status leaves the map', () => {
    expect(assertAfter(queued(), { status: 'completed' })).toThrow(
      'saga 7: status must not go from queued to completed',
    );
    expect(assertAfter(completed(), { status: 'running' })).toThrow('must not go from completed');
  });

  it('an ended saga has no end time, or a saga that has one goes on', () => {
    expect(assertAfter(waiting(), { status: 'terminated' })).toThrow('terminated with endedAtMs undefined');
    expect(assertAfter(waiting(), { endedAtMs: 1 })).toThrow('waitingRetry with endedAtMs 1');
  });

  it('an ended saga still wants something', () => {
    expect(assertAfter(completed(), { dueAtMs: 1 })).toThrow('an ended saga still wants something');
  });

  it('a saga is parked without a reason, or has a reason without being parked', () => {
    expect(assertAfter(waiting(), { status: 'parked' })).toThrow('parked without a reason');
    expect(assertAfter(parked(), { status: 'waitingRetry', dueAtMs: 1 })).toThrow('a reason without parking');
  });

  it('an open attempt is not due at the end of its lease', () => {
    expect(assertAfter(running(), { dueAtMs: 5 })).toThrow('an open attempt must be due at its lease');
  });

  it('nothing would ever wake a saga that is not parked', () => {
    const asleep = (saga: SagaRecord<TestFacts>): SagaRecord<TestFacts> => {
      const copy = { ...saga };
      Reflect.deleteProperty(copy, 'dueAtMs');
      return copy;
    };
    expect(assertAfter(waiting(), asleep)).toThrow('waitingRetry but nothing will wake it');
  });

  it('it completes before its last step, or is past its last step without completing', () => {
    expect(assertAfter(waiting(), { cursor: 2 })).toThrow('completed if and only if every step is done');
  });

  it('the cursor goes back', () => {
    const driver = new SagaDriver().wake().answer(applied());
    expect(assertAfter(driver, { cursor: 0 })).toThrow('the cursor must not go against');
  });

  it('a second attempt is opened while one is open', () => {
    const driver = running();
    expect(assertAfter(driver, { openAttempt: { ...driver.open, serial: 2 } })).toThrow(
      'a second attempt was opened while one is open',
    );
  });

  it('an execution is opened while the outcome of an earlier one is unknown', () => {
    const { open } = running();
    const driver = new SagaDriver().wake().answer(unknown);
    const opened = { ...open, serial: 2 };
    expect(
      assertAfter(driver, { status: 'running', openAttempt: opened, dueAtMs: opened.leaseUntilMs }),
    ).toThrow('while the outcome of an earlier one is unknown');
  });

  it('an execution is opened beyond the policy', () => {
    const { open } = running();
    const driver = waiting();
    const opened = { ...open, serial: 2 };
    const steps = driver.saga.steps.map((step) => ({ ...step, attempt: 4 }));
    const change = { status: 'running', openAttempt: opened, dueAtMs: opened.leaseUntilMs, steps } as const;
    expect(assertAfter(driver, change)).toThrow('4 attempts at first, more than its policy allows');
    expect(assertAfter(driver, { ...change, steps: driver.saga.steps })).not.toThrow();
  });

  it('a saga that goes back goes forward again', () => {
    const forward = (saga: SagaRecord<TestFacts>): SagaRecord<TestFacts> => {
      const copy = { ...saga, status: 'parked', parked: { reason: 'defect', sinceMs: 1 } } as const;
      Reflect.deleteProperty(copy, 'compensating');
      return copy;
    };
    expect(assertAfter(undoing().answer(notApplied()), forward)).toThrow('must not go forward again');
  });

  it('the cursor of a saga that goes back goes up', () => {
    const driver = undoing().answer(notApplied());
    expect(assertAfter(driver, { cursor: 3 })).toThrow('the cursor must not go against');
    expect(assertAfter(driver, { cursor: 1 })).not.toThrow();
  });

  it('a saga goes back although the pivot was applied, or may have been', () => {
    expect(assertAfter(sagaAfter(4), { status: 'compensating', compensating: true })).toThrow(
      'nothing is undone after the pivot',
    );
    const unsure = sagaAfter(3).wake().answer(unknown);
    expect(assertAfter(unsure, { status: 'compensating', compensating: true })).toThrow(
      'nothing is undone after the pivot',
    );
  });

  it('a saga goes back while an outcome is unknown', () => {
    const driver = sagaAfter(2).wake().answer(unknown);
    expect(assertAfter(driver, { status: 'compensating', compensating: true })).toThrow(
      'nothing is undone while an outcome is unknown',
    );
  });

  it('a saga counts as compensated although a step is still applied, or is being undone', () => {
    const compensated = (saga: SagaRecord<TestFacts>): SagaRecord<TestFacts> => {
      const copy = { ...saga, status: 'compensated', compensating: true, endedAtMs: 1 } as const;
      Reflect.deleteProperty(copy, 'dueAtMs');
      return copy;
    };
    const rule = 'compensated although a step is still applied';
    expect(assertAfter(sagaAfter(1), compensated)).toThrow(rule);
    const undoingTheLast = undoing().answer(applied()).wake().answer(notApplied());
    expect(assertAfter(undoingTheLast, compensated)).toThrow(rule);
    expect(assertAfter(sagaAfter(0), compensated)).not.toThrow();
  });

  it('an execution is opened while the saga goes back', () => {
    const driver = undoing().answer(notApplied());
    const opened = { ...undoing().open, phase: 'execute', serial: 5 } as const;
    expect(assertAfter(driver, { openAttempt: opened, dueAtMs: opened.leaseUntilMs })).toThrow(
      'an execution was opened while the saga goes back',
    );
  });
});
