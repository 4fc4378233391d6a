import { describe, expect, it } from 'vitest';
import {
  notApplied,
  seenApplied,
  seenNotApplied,
  undecided,
  unfinished,
  unknown,
  unreadable,
} from './support/answers.ts';
import { SagaDriver } from './support/saga-driver.ts';

/** A saga that reads the evidence about its first attempt. */
function reading(): SagaDriver {
  return new SagaDriver().wake().answer(unknown).wake();
}

describe('a verdict about an unknown attempt', () => {
  it('"applied" leads on, with the evidence and what was learned', () => {
    const driver = reading().judge(seenApplied({ id: 'x' }));
    expect(driver.saga).toMatchObject({ status: 'running', cursor: 1, facts: { id: 'x' } });
    expect(driver.saga.steps[0]).toMatchObject({ state: 'succeeded', evidence: 'seen' });
    expect(driver.saga.steps[0]).not.toHaveProperty('unknownAttempt');
  });

  it('"not applied" goes on with the policy, with the evidence and what was learned', () => {
    const driver = reading().judge(seenNotApplied({ module: 'foreign' }));
    expect(driver.saga).toMatchObject({
      status: 'waitingRetry',
      dueAtMs: driver.nowMs + 100,
      facts: { module: 'foreign' },
    });
    expect(driver.step).toMatchObject({
      state: 'waitingRetry',
      attempt: 1,
      evidence: 'not seen',
      lastError: { class: 'retryable', code: 'unknownNotApplied' },
    });
  });

  it('"not applied" about the last attempt of the policy parks', () => {
    const driver = new SagaDriver().wake().answer(notApplied()).wake().answer(notApplied()).wake();
    driver.answer(unknown).wake().judge(seenNotApplied());
    expect(driver.saga.parked?.reason).toBe('attemptsExhausted');
    expect(driver.step.state).toBe('failed');
  });

  it('"undecided" parks with the evidence, and the outcome stays unknown', () => {
    const driver = reading().judge(undecided);
    expect(driver.saga.parked?.reason).toBe('outcomeUndecided');
    expect(driver.step).toMatchObject({ state: 'outcomeUnknown', evidence: 'contradictory' });
  });

  it('"undecided" keeps how far the reading has come', () => {
    const driver = reading().judge({ kind: 'undecided', evidence: 'too far', learned: { page: '7' } });
    expect(driver.saga.parked?.reason).toBe('outcomeUndecided');
    expect(driver.saga.facts).toEqual({ page: '7' });
  });

  it('"unfinished" reads on at once, keeps how far it has come, and never counts as a failed reading', () => {
    const driver = reading();
    for (let page = 1; page <= 10; page += 1) {
      driver.judge(unfinished({ page: String(page) }));
      expect(driver.saga).toMatchObject({ status: 'reconciling', dueAtMs: driver.nowMs });
      expect(driver.saga.facts).toEqual({ page: String(page) });
      expect(driver.wake().performed?.phase).toBe('reconcile');
      expect(driver.step.reconcileAttempt).toBe(1);
    }
  });

  it('"unreadable" reads again as the reading policy says, then parks with the outcome still unknown', () => {
    const driver = reading();
    for (const delayMs of [100, 200]) {
      driver.judge(unreadable());
      expect(driver.saga).toMatchObject({ status: 'reconciling', dueAtMs: driver.nowMs + delayMs });
      driver.wake();
    }
    driver.judge(unreadable());
    expect(driver.saga.parked?.reason).toBe('evidenceUnreadable');
    expect(driver.step).toMatchObject({ state: 'outcomeUnknown', reconcileAttempt: 3, attempt: 1 });
  });

  it('that could not be read for good parks at once', () => {
    expect(reading().judge(unreadable('terminal')).saga.parked?.reason).toBe('evidenceUnreadable');
    expect(reading().judge(unreadable('defect')).saga.parked?.reason).toBe('defect');
  });

  it('that our own upgrade interrupted is read again at once, without counting', () => {
    const driver = reading();
    for (let time = 0; time < 10; time += 1) {
      driver.judge(unreadable('interrupted'));
      expect(driver.saga).toMatchObject({ status: 'reconciling', dueAtMs: driver.nowMs });
      expect(driver.wake().step.reconcileAttempt).toBe(1);
    }
  });

  it('that our own state interrupted for some time is read again after it, without counting', () => {
    const driver = reading().judge(unreadable('interrupted', 5_000));
    expect(driver.saga).toMatchObject({ status: 'reconciling', dueAtMs: driver.nowMs + 5_000 });
    expect(driver.step.reconcileAttempt).toBe(0);
  });

  it('that comes late says nothing about the present: it is only counted', () => {
    const driver = reading();
    const first = driver.open;
    const before = driver.wake().saga;
    expect(driver.judge(seenApplied(), first).saga).toEqual({
      ...before,
      lateAnswers: 1,
      version: before.version + 1,
    });
    expect(driver.late).toBeUndefined();
  });

  it('of the wrong epoch is only counted', () => {
    const driver = reading();
    driver.judge(seenApplied(), { serial: driver.open.serial, epoch: driver.open.epoch + 1 });
    expect(driver.saga).toMatchObject({ cursor: 0, status: 'reconciling', lateAnswers: 1 });
    expect(driver.saga.openAttempt).toBeDefined();
  });

  it('does not close an execution, although it bears the ticket of one', () => {
    const driver = new SagaDriver().wake().judge(seenApplied());
    expect(driver.saga).toMatchObject({ cursor: 0, status: 'running', lateAnswers: 1 });
  });
});
