import { describe, expect, it } from 'vitest';
import { applied, notApplied, seenNotApplied, undecided, unknown } from './support/answers.ts';
import { SagaDriver } from './support/saga-driver.ts';

function exhausted(): SagaDriver {
  return new SagaDriver().wake().answer(notApplied()).wake().answer(notApplied()).wake().answer(notApplied());
}

describe('an operator’s retry', () => {
  it('resumes a parked saga at once with a fresh budget of attempts', () => {
    const driver = exhausted().later(10).retry();
    expect(driver.saga).toMatchObject({ status: 'waitingRetry', dueAtMs: driver.nowMs });
    expect(driver.saga.parked).toBeUndefined();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(driver.wake().step.attempt).toBe(attempt);
      driver.answer(notApplied());
    }
    expect(driver.saga.parked?.reason).toBe('attemptsExhausted');
  });

  it('cuts a wait short', () => {
    const driver = new SagaDriver().wake().answer(notApplied('retryable', 60_000)).retry().wakeNow();
    expect(driver.performed?.phase).toBe('execute');
    expect(driver.step.attempt).toBe(1);
  });

  it('may bring new facts', () => {
    const driver = new SagaDriver()
      .wake()
      .answer(applied({ a: '1', b: '1' }))
      .wake()
      .answer(notApplied('terminal'));
    expect(driver.retry({ b: '2' }).saga.facts).toEqual({ a: '1', b: '2' });
  });

  it('of an unknown outcome reads the evidence again and never repeats the execution blindly', () => {
    const driver = new SagaDriver().wake().answer(unknown).wake().judge(undecided).retry();
    expect(driver.saga.status).toBe('reconciling');
    expect(driver.wake().performed?.phase).toBe('reconcile');
    expect(driver.step.reconcileAttempt).toBe(1);
  });

  it('gives a fresh budget to a step whose last attempt was unknown: one retry is enough', () => {
    const driver = new SagaDriver().wake().answer(notApplied()).wake().answer(notApplied()).wake();
    driver.answer(unknown).wake().judge(undecided).retry().wake().judge(seenNotApplied());
    expect(driver.saga).toMatchObject({ status: 'waitingRetry', dueAtMs: driver.nowMs + 100 });
    expect(driver.wake().step.attempt).toBe(1);
  });

  it('means nothing while the saga is queued, running, reading or ended', () => {
    const queued = new SagaDriver();
    const running = new SagaDriver().wake();
    const reading = new SagaDriver().wake().answer(unknown);
    const ended = new SagaDriver().wake().answer(applied()).wake().answer(applied());
    for (const driver of [queued, running, reading, ended]) {
      const before = driver.saga;
      expect(driver.retry().changed).toBe(false);
      expect(driver.saga).toEqual(before);
      expect(driver.effects).toEqual([]);
    }
  });
});
