import { describe, expect, it } from 'vitest';
import {
  applied,
  defect,
  interruptedFor,
  notApplied,
  oneOfSeveral,
  seenNotApplied,
  undecided,
  unknown,
  unreadable,
} from './support/answers.ts';
import { sagaAfter, undoing } from './support/every-state.ts';
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

describe('a retry', () => {
  it('may be put off, so that many of them are spread', () => {
    const parked = exhausted().retry({ b: '1' }, 30_000);
    expect(parked.saga).toMatchObject({
      status: 'waitingRetry',
      dueAtMs: parked.nowMs + 30_000,
      facts: { b: '1' },
    });
    const unread = new SagaDriver().wake().answer(unknown).wake().judge(undecided).retry({}, 7);
    expect(unread.saga).toMatchObject({ status: 'reconciling', dueAtMs: unread.nowMs + 7 });
    const back = undoing().answer(notApplied('terminal')).retry({}, 9);
    expect(back.saga).toMatchObject({ status: 'compensating', dueAtMs: back.nowMs + 9 });
  });

  it('cuts the wait for another undoing short, with a fresh budget', () => {
    const driver = undoing().answer(notApplied('retryable', 60_000)).later(1).retry();
    expect(driver.saga).toMatchObject({ status: 'compensating', dueAtMs: driver.nowMs });
    expect(driver.wakeNow().step.attempt).toBe(1);
  });

  it('goes on undoing when undoing was parked', () => {
    const driver = undoing().answer(notApplied('terminal')).retry({ b: '1' });
    expect(driver.saga).toMatchObject({ status: 'compensating', cursor: 2, facts: { b: '1' } });
    expect(driver.saga.parked).toBeUndefined();
    expect(driver.wake().answer(applied()).wake().answer(applied()).saga.status).toBe('compensated');
  });
});

describe('a request to cancel', () => {
  it('turns a saga round at once whose step at work is known not to be applied', () => {
    for (const driver of [
      sagaAfter(1),
      sagaAfter(1).wake().answer(notApplied()),
      sagaAfter(1).wake().answer(oneOfSeveral({})),
      sagaAfter(1).wake().answer(interruptedFor(60_000)),
      sagaAfter(1).wake().answer(notApplied('terminal')),
      sagaAfter(3),
      sagaAfter(3).wake().answer(notApplied()),
    ]) {
      driver.later(9).cancel();
      expect(driver.saga).toMatchObject({
        status: 'compensating',
        compensating: true,
        cancelRequestedAtMs: driver.nowMs,
        dueAtMs: driver.nowMs,
      });
      expect(driver.saga.parked).toBeUndefined();
      expect(driver.performed).toBeUndefined();
    }
  });

  it('is only noted while an execution is under way', () => {
    const driver = sagaAfter(1).wake();
    const { saga, open } = driver;
    driver.later(3).cancel();
    expect(driver.saga).toEqual({
      ...saga,
      cancelRequestedAtMs: driver.nowMs,
      updatedAtMs: driver.nowMs,
      version: saga.version + 1,
    });
    expect(driver.open).toEqual(open);
  });

  it('is only noted while an outcome is being found out, and does not disturb the reading', () => {
    const reading = sagaAfter(1).wake().answer(unknown).wake();
    const { open } = reading;
    expect(reading.cancel().open).toEqual(open);
    const waiting = sagaAfter(1).wake().answer(unknown).wake().judge(unreadable());
    const { dueAtMs } = waiting.saga;
    expect(waiting.cancel().saga).toMatchObject({ status: 'reconciling', dueAtMs });
  });

  it('reads the evidence again where nothing could be found out', () => {
    for (const driver of [
      sagaAfter(1).wake().answer(unknown).wake().judge(undecided),
      sagaAfter(1).wake().answer(unknown).wake().judge(unreadable('terminal')),
      sagaAfter(1).wake().answer(defect),
    ]) {
      driver.cancel();
      expect(driver.saga).toMatchObject({ status: 'reconciling', dueAtMs: driver.nowMs });
      expect(driver.saga).not.toHaveProperty('compensating');
      expect(driver.saga.parked).toBeUndefined();
      expect(driver.wake().performed?.phase).toBe('reconcile');
      expect(driver.step.reconcileAttempt).toBe(1);
    }
  });

  it('comes too late once the pivot may have been applied: the saga goes on to its end', () => {
    const driver = sagaAfter(3).wake().cancel();
    expect(driver.changed).toBe(false);
    expect(driver.answer(applied()).cancel().changed).toBe(false);
    expect(driver.succeed(1).saga.status).toBe('completed');
  });

  it('is made once', () => {
    const driver = sagaAfter(1).wake().cancel();
    const before = driver.saga;
    expect(driver.later(1).cancel().changed).toBe(false);
    expect(driver.saga).toBe(before);
    expect(sagaAfter(1).cancel().cancel().changed).toBe(false);
  });
});

describe('an operator’s finding about an unknown outcome', () => {
  const undecidedSaga = (): SagaDriver => sagaAfter(2).wake().answer(unknown).wake().judge(undecided);

  it('"applied" leads on, with the evidence and what was learned', () => {
    const driver = undecidedSaga().resolve('applied', { id: 'x' });
    expect(driver.saga).toMatchObject({
      status: 'running',
      cursor: 3,
      dueAtMs: driver.nowMs,
      facts: { id: 'x' },
    });
    expect(driver.saga.parked).toBeUndefined();
    expect(driver.saga.steps[2]).toMatchObject({ state: 'succeeded', evidence: 'somebody looked' });
    expect(driver.saga.steps[2]).not.toHaveProperty('unknownAttempt');
  });

  it('"applied" to the last step completes the saga', () => {
    const driver = sagaAfter(4).wake().answer(unknown).wake().judge(undecided).resolve('applied');
    expect(driver.saga).toMatchObject({ status: 'completed', endedAtMs: driver.nowMs });
  });

  it('"not applied" executes again at once with a fresh budget', () => {
    const driver = undecidedSaga().resolve('notApplied', { id: 'none' });
    expect(driver.saga).toMatchObject({
      status: 'waitingRetry',
      dueAtMs: driver.nowMs,
      facts: { id: 'none' },
    });
    expect(driver.step).toMatchObject({ state: 'waitingRetry', attempt: 0, evidence: 'somebody looked' });
    expect(driver.wake().performed).toMatchObject({ phase: 'execute', step: 'install' });
  });

  it('"not applied" yields to the answer itself, should it come after all', () => {
    const driver = sagaAfter(2).wake();
    const lost = driver.open;
    driver
      .answer(unknown)
      .wake()
      .judge(undecided)
      .resolve('notApplied')
      .answer(applied({ id: 'late' }), lost);
    expect(driver.saga).toMatchObject({ status: 'running', cursor: 3, facts: { id: 'late' } });
  });

  it('about the pivot does not make it possible to turn back: the call may still be on its way', () => {
    const driver = sagaAfter(3).wake().answer(unknown).wake().judge(undecided).resolve('notApplied');
    expect(driver.cancel().changed).toBe(false);
  });

  it('lets a saga turn back that was to be cancelled', () => {
    const parked = (): SagaDriver => sagaAfter(2).wake().cancel().answer(unknown).wake().judge(undecided);
    expect(parked().resolve('applied').saga).toMatchObject({ status: 'compensating', cursor: 2 });
    const without = parked().resolve('notApplied');
    expect(without.saga).toMatchObject({ status: 'compensating', cursor: 0 });
    expect(without.saga.steps[2]).toMatchObject({ state: 'failed', evidence: 'somebody looked' });
  });
});

describe('an operator’s finding about an undoing that failed', () => {
  const failed = (): SagaDriver => undoing().answer(notApplied('terminal'));

  it('"applied" goes on to what is left to undo', () => {
    const driver = failed().resolve('applied', { id: 'gone' });
    expect(driver.saga).toMatchObject({
      status: 'compensating',
      cursor: 0,
      dueAtMs: driver.nowMs,
      facts: { id: 'gone' },
    });
    expect(driver.saga.parked).toBeUndefined();
    expect(driver.saga.steps[2]).toMatchObject({ state: 'compensated', evidence: 'somebody looked' });
  });

  it('"applied" to the last undoing ends the saga', () => {
    const driver = undoing().answer(applied()).wake().answer(notApplied('terminal')).resolve('applied');
    expect(driver.saga).toMatchObject({ status: 'compensated', endedAtMs: driver.nowMs });
  });

  it('"not applied" undoes again with a fresh budget', () => {
    const driver = failed().resolve('notApplied');
    expect(driver.saga).toMatchObject({ status: 'compensating', cursor: 2, dueAtMs: driver.nowMs });
    expect(driver.step).toMatchObject({ attempt: 0, evidence: 'somebody looked' });
    expect(driver.wake().performed).toMatchObject({ phase: 'compensate', step: 'install' });
  });
});

describe('an operator who gives up', () => {
  it('ends the saga as it stands, for ever, with nothing left to wake it', () => {
    for (const driver of [
      sagaAfter(1).wake().answer(notApplied()),
      sagaAfter(3).wake().answer(unknown).wake().judge(undecided),
      undoing().answer(notApplied('terminal')),
    ]) {
      const { steps, facts, cursor } = driver.saga;
      driver.later(4).terminate();
      expect(driver.saga).toMatchObject({
        status: 'terminated',
        steps,
        facts,
        cursor,
        endedAtMs: driver.nowMs,
      });
      expect(driver.saga).not.toHaveProperty('parked');
      expect(driver.saga).not.toHaveProperty('dueAtMs');
      expect(driver.performed).toBeUndefined();
    }
  });

  it('still gets what comes late handed back', () => {
    const driver = sagaAfter(1).wake();
    const lost = driver.open;
    driver
      .answer(unknown)
      .wake()
      .judge(undecided)
      .terminate()
      .answer(applied({ id: 'late' }), lost);
    expect(driver.late).toEqual(applied({ id: 'late' }));
    expect(driver.saga).toMatchObject({ status: 'terminated', lateAnswers: 1, facts: {} });
  });

  it('ends a saga for good that was to be cancelled', () => {
    const driver = sagaAfter(2).wake().cancel().answer(unknown).wake().judge(undecided).terminate();
    expect(driver.saga).toMatchObject({ status: 'terminated', cursor: 2 });
    expect(driver.saga).not.toHaveProperty('compensating');
  });
});
