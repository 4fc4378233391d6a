import { describe, expect, it } from 'vitest';
import { decide } from '../../src/saga/index.ts';
import type { SagaEvent } from '../../src/saga/index.ts';
import {
  applied,
  defect,
  interrupted,
  notApplied,
  oneOfSeveral,
  seenApplied,
  seenNotApplied,
  undecided,
  unfinished,
  unknown,
  unreadable,
} from './support/answers.ts';
import { testDefinition, testStep, undoableStep } from './support/definition.ts';
import type { TestFacts } from './support/definition.ts';
import { sagaAfter } from './support/every-state.ts';
import { SagaDriver } from './support/saga-driver.ts';

describe('a decision', () => {
  it('counts the version, notes the time, and journals the event before anything is performed', () => {
    const driver = new SagaDriver().later(250).wake();
    const event: SagaEvent<TestFacts> = { type: 'wake', epoch: 1, hostVersion: 40n };
    expect(driver.saga).toMatchObject({ version: 1, updatedAtMs: driver.nowMs });
    expect(driver.effects).toEqual([
      { kind: 'record', entry: { sequence: 1, atMs: driver.nowMs, event } },
      { kind: 'perform', attempt: driver.open, action: { phase: 'execute', step: 'first', serial: 1 } },
    ]);
  });

  it('leaves the record it was given as it was', () => {
    const driver = new SagaDriver();
    const before = structuredClone(driver.saga);
    const given = driver.saga;
    driver.wake().answer(applied({ a: '1' }));
    expect(given).toEqual(before);
  });

  it('is refused with another definition, or another version of it, than the saga was started with', () => {
    const { definition, saga, nowMs } = new SagaDriver();
    const wake: SagaEvent<TestFacts> = { type: 'wake', epoch: 1, hostVersion: 40n };
    expect(() => decide({ ...definition, version: 2 }, saga, wake, nowMs)).toThrow(
      'saga 7: started with test version 1, not with test version 2',
    );
    expect(() => decide({ ...definition, name: 'other' }, saga, wake, nowMs)).toThrow(
      'saga 7: started with test version 1, not with other version 1',
    );
  });
});

/** `install` is under way, and the saga is to be cancelled. */
const cancelled = (): SagaDriver => sagaAfter(2).wake().cancel();
const cancelledUnknown = (): SagaDriver => cancelled().answer(unknown);

/** How a saga learns that the step at work was applied. */
const learnsApplied: readonly (readonly [string, () => SagaDriver])[] = [
  ['by the answer', () => cancelled().answer(applied())],
  ['by the evidence', () => cancelledUnknown().wake().judge(seenApplied())],
  ['by the belated answer', () => cancelledUnknown().answer(applied(), { serial: 3, epoch: 1 })],
  [
    'by the belated answer to a parked saga',
    () => cancelledUnknown().wake().judge(undecided).answer(applied(), { serial: 3, epoch: 1 }),
  ],
  ['by an operator', () => cancelledUnknown().wake().judge(undecided).resolve('applied')],
];

/** How it learns that the step was not applied. */
const learnsNotApplied: readonly (readonly [string, () => SagaDriver])[] = [
  ['by the answer', () => cancelled().answer(notApplied())],
  ['by a terminal answer', () => cancelled().answer(notApplied('terminal'))],
  ['by an interruption', () => cancelled().answer(interrupted)],
  ['by an answer that another call is needed', () => cancelled().answer(oneOfSeveral({}))],
  ['by the evidence', () => cancelledUnknown().wake().judge(seenNotApplied())],
  ['by the belated answer', () => cancelledUnknown().answer(notApplied(), { serial: 3, epoch: 1 })],
  ['by an operator', () => cancelledUnknown().wake().judge(undecided).resolve('notApplied')],
];

describe('a saga that is to be cancelled turns round in the very decision', () => {
  it.each(learnsApplied)('in which it learns %s that its step was applied, and undoes it', (_, reach) => {
    const driver = reach();
    expect(driver.saga).toMatchObject({ status: 'compensating', compensating: true, cursor: 2 });
    expect(driver.saga.dueAtMs).toBe(driver.nowMs);
    expect(driver.saga.parked).toBeUndefined();
    expect(driver.wake().performed).toMatchObject({ phase: 'compensate', step: 'install' });
  });

  it.each(learnsNotApplied)('in which it learns %s that its step was not applied', (_, reach) => {
    const driver = reach();
    expect(driver.saga).toMatchObject({ status: 'compensating', compensating: true, cursor: 0 });
    expect(driver.saga.steps[2]?.state).toBe('failed');
    expect(driver.saga.dueAtMs).toBe(driver.nowMs);
    expect(driver.saga.parked).toBeUndefined();
    expect(driver.wake().performed).toMatchObject({ phase: 'compensate', step: 'create' });
  });

  it('of its last step, should it have no pivot: it is undone and not completed', () => {
    for (const learn of [
      (driver: SagaDriver) => driver.cancel().answer(applied()),
      (driver: SagaDriver) => driver.cancel().answer(unknown).wake().judge(seenApplied()),
      (driver: SagaDriver) =>
        driver.answer(unknown).wake().judge(undecided).cancel().wake().judge(seenApplied()),
    ]) {
      const definition = testDefinition([testStep('first'), undoableStep('last')]);
      const driver = learn(new SagaDriver(definition).succeed(1).wake());
      expect(driver.saga).toMatchObject({ status: 'compensating', cursor: 1 });
      expect(driver.saga).not.toHaveProperty('endedAtMs');
      expect(driver.wake().answer(applied()).saga.status).toBe('compensated');
    }
    const nothingToUndo = new SagaDriver().succeed(1).wake().cancel().answer(applied());
    expect(nothingToUndo.saga).toMatchObject({ status: 'compensated', endedAtMs: nothingToUndo.nowMs });
  });

  it('but not while the outcome stays unknown, whatever else happens to it', () => {
    for (const driver of [
      cancelledUnknown(),
      cancelled().wake(),
      cancelled().answer(defect),
      cancelledUnknown().wake(),
      cancelledUnknown().wake().wake(),
      cancelledUnknown().wake().judge(undecided),
      cancelledUnknown().wake().judge(unfinished({})),
      cancelledUnknown().wake().judge(unreadable()),
      cancelledUnknown().wake().judge(unreadable('terminal')).retry(),
      cancelledUnknown().answer(unknown, { serial: 3, epoch: 1 }),
    ]) {
      expect(driver.saga).not.toHaveProperty('compensating');
      expect(driver.step.state).toBe('outcomeUnknown');
      expect(driver.saga.cancelRequestedAtMs).toBeDefined();
    }
  });
});
