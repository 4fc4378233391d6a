import { describe, expect, it } from 'vitest';
import {
  applied,
  defect,
  interrupted,
  interruptedFor,
  notApplied,
  notAppliedAtMost,
  oneOfSeveral,
  seenApplied,
  seenNotApplied,
  unknown,
} from './support/answers.ts';
import { reversibleDefinition, testDefinition, testStep, undoableStep } from './support/definition.ts';
import { sagaAfter, undoing } from './support/every-state.ts';
import { SagaDriver } from './support/saga-driver.ts';

/** The states of all steps, in order. */
function states({ saga }: SagaDriver): string[] {
  return saga.steps.map(({ state }) => state);
}

describe('a saga that turns back', () => {
  it('undoes what was applied, newest first, one message each, and passes over what needs no undoing', () => {
    const driver = sagaAfter(3).cancel();
    expect(driver.saga).toMatchObject({ status: 'compensating', cursor: 2, dueAtMs: driver.nowMs });
    expect(driver.performed).toBeUndefined();
    expect(states(driver)).toEqual(['succeeded', 'succeeded', 'compensating', 'pending', 'pending']);

    expect(driver.wake().performed).toEqual({ phase: 'compensate', step: 'install', serial: 4 });
    expect(driver.saga.status).toBe('compensating');
    driver.later(5).answer(applied({ module: 'none' }));
    expect(driver.saga).toMatchObject({ status: 'compensating', cursor: 0, facts: { module: 'none' } });
    expect(driver.saga.steps[2]).toMatchObject({ state: 'compensated', endedAtMs: driver.nowMs });
    expect(states(driver)).toEqual(['compensating', 'compensated', 'compensated', 'pending', 'pending']);

    expect(driver.wake().performed).toEqual({ phase: 'compensate', step: 'create', serial: 5 });
    driver.later(5).answer(applied());
    expect(driver.saga).toMatchObject({ status: 'compensated', cursor: 0, endedAtMs: driver.nowMs });
    expect(driver.saga.dueAtMs).toBeUndefined();
    expect(states(driver)).toEqual(['compensated', 'compensated', 'compensated', 'pending', 'pending']);
  });

  it('gives the step it abandons no undoing: it was not applied', () => {
    const driver = sagaAfter(2).wake().cancel().answer(notApplied());
    expect(driver.saga).toMatchObject({ status: 'compensating', cursor: 0 });
    expect(states(driver)).toEqual(['compensating', 'compensated', 'failed', 'pending', 'pending']);
  });

  it('is compensated at once when nothing was applied, or nothing of it needs undoing', () => {
    for (const driver of [sagaAfter(0), new SagaDriver().succeed(1)]) {
      driver.cancel();
      expect(driver.saga).toMatchObject({ status: 'compensated', endedAtMs: driver.nowMs });
      expect(driver.saga.dueAtMs).toBeUndefined();
    }
  });

  it('counts undoings from one, whatever the executions of the step were, and forgets what they led to', () => {
    const driver = sagaAfter(2).wake().answer(unknown).wake().judge(seenNotApplied()).wake().answer(unknown);
    driver.wake().judge(seenApplied()).cancel();
    expect(driver.step).toMatchObject({ state: 'compensating', attempt: 0, reconcileAttempt: 0 });
    expect(driver.step).not.toHaveProperty('evidence');
    expect(driver.step).not.toHaveProperty('unknownAttempt');
    expect(driver.wake().step.attempt).toBe(1);
  });
});

describe('the answer to an undoing', () => {
  it('"not applied" is followed by another one, as the policy for undoing says, then parks', () => {
    const driver = undoing().answer(applied());
    for (let attempt = 1; attempt < 4; attempt += 1) {
      driver.wake().answer(notApplied());
      expect(driver.saga).toMatchObject({ status: 'compensating', dueAtMs: driver.nowMs + 1_000 });
      expect(driver.step).toMatchObject({ state: 'compensating', attempt, lastError: { code: 'refused' } });
    }
    driver.wake().answer(notApplied());
    expect(driver.saga).toMatchObject({
      status: 'parked',
      parked: { reason: 'compensationFailed' },
      cursor: 0,
    });
    expect(driver.saga.dueAtMs).toBeUndefined();
    expect(driver.step).toMatchObject({ state: 'compensating', attempt: 4 });
  });

  it('is as patient as the reading of evidence where the step has no policy for undoing', () => {
    const driver = undoing();
    for (const delayMs of [100, 200]) {
      driver.answer(notApplied());
      expect(driver.saga.dueAtMs).toBe(driver.nowMs + delayMs);
      driver.wake();
    }
    expect(driver.answer(notApplied()).saga.parked?.reason).toBe('compensationFailed');
  });

  it('is waited for as long as it asks, and less often than the policy says if it says so', () => {
    const driver = undoing().answer(notApplied('retryable', 60_000));
    expect(driver.saga.dueAtMs).toBe(driver.nowMs + 60_000);
    expect(driver.wake().answer(notAppliedAtMost(2)).saga.parked?.reason).toBe('compensationFailed');
  });

  it('"not applied, terminal" parks at once', () => {
    const driver = undoing().answer(notApplied('terminal'));
    expect(driver.saga).toMatchObject({ status: 'parked', parked: { reason: 'compensationFailed' } });
  });

  it('"unknown" needs no reading: it is done again, and counts', () => {
    const driver = undoing().answer(unknown);
    expect(driver.saga).toMatchObject({ status: 'compensating', dueAtMs: driver.nowMs + 100 });
    expect(driver.step).toMatchObject({ state: 'compensating', attempt: 1, lastError: { class: 'unknown' } });
    expect(driver.step).not.toHaveProperty('unknownAttempt');
    expect(driver.wake().performed?.phase).toBe('compensate');
    expect(driver.step.attempt).toBe(2);
  });

  it('that is lost is done again after a wait once the lease has run out', () => {
    const driver = undoing();
    const lost = driver.open;
    driver.wake();
    expect(driver.nowMs).toBe(lost.leaseUntilMs);
    expect(driver.saga).toMatchObject({ status: 'compensating', dueAtMs: driver.nowMs + 100 });
    expect(driver.saga.openAttempt).toBeUndefined();
    expect(driver.step.lastError).toMatchObject({
      code: 'leaseExpired',
      message: 'no answer within 5000 ms',
    });
    expect(driver.wake().performed?.phase).toBe('compensate');
    driver.answer(applied(), lost);
    expect(driver.saga).toMatchObject({ status: 'compensating', lateAnswers: 1 });
    expect(driver.saga.openAttempt).toBeDefined();
  });

  it('"interrupted" gives the attempt back and is due as soon as it says', () => {
    const driver = undoing();
    for (let time = 0; time < 10; time += 1) {
      driver.answer(interrupted);
      expect(driver.saga).toMatchObject({ status: 'compensating', dueAtMs: driver.nowMs });
      expect(driver.wake().step.attempt).toBe(1);
    }
    driver.answer(interruptedFor(5_000));
    expect(driver.saga.dueAtMs).toBe(driver.nowMs + 5_000);
    expect(driver.step).toMatchObject({ attempt: 0, lastError: { class: 'interrupted' } });
  });

  it('"unfinished" takes another call at once with what was learned, and never counts', () => {
    const driver = undoing();
    for (let call = 1; call <= 10; call += 1) {
      driver.answer(oneOfSeveral({ call: String(call) }));
      expect(driver.saga).toMatchObject({
        status: 'compensating',
        cursor: 2,
        dueAtMs: driver.nowMs,
        facts: { call: String(call) },
      });
      expect(driver.wake().performed).toMatchObject({ phase: 'compensate', step: 'install' });
      expect(driver.step.attempt).toBe(1);
    }
  });

  it('keeps what it learned, however it went', () => {
    const learned = { seen: 'yes' };
    for (const outcome of [notApplied(), notApplied('terminal'), unknown, interrupted]) {
      expect(undoing().answer({ ...outcome, learned } as typeof outcome).saga.facts).toEqual(learned);
    }
  });

  it('of class defect parks at once; a retry undoes again with a fresh budget', () => {
    const driver = undoing().answer(unknown).wake().answer(defect);
    expect(driver.saga).toMatchObject({ status: 'parked', parked: { reason: 'defect' }, compensating: true });
    expect(driver.step).toMatchObject({ state: 'compensating', attempt: 2, lastError: { class: 'defect' } });
    driver.retry();
    expect(driver.saga).toMatchObject({ status: 'compensating', dueAtMs: driver.nowMs });
    expect(driver.wake().performed?.phase).toBe('compensate');
    expect(driver.step.attempt).toBe(1);
  });

  it('does nothing for a reading, nor a reading for it', () => {
    const driver = undoing().judge(seenApplied());
    expect(driver.saga).toMatchObject({ status: 'compensating', cursor: 2, lateAnswers: 1 });
    expect(driver.saga.openAttempt).toBeDefined();
  });
});

describe('an answer that comes late to a saga that has turned back', () => {
  it('"applied" to an execution that was not seen is handed back: what it created must be accounted for', () => {
    const driver = sagaAfter(2).wake();
    const lost = driver.open;
    driver.answer(unknown).wake().cancel().judge(seenNotApplied());
    expect(driver.saga).toMatchObject({ status: 'compensating', cursor: 0 });
    driver.answer(applied({ canister: 'late' }), lost);
    expect(driver.late).toEqual(applied({ canister: 'late' }));
    expect(driver.saga).toMatchObject({ status: 'compensating', cursor: 0, lateAnswers: 1, facts: {} });

    driver.wake().answer(applied());
    expect(driver.saga.status).toBe('compensated');
    driver.answer(applied({ canister: 'later' }), lost);
    expect(driver.late).toEqual(applied({ canister: 'later' }));
    expect(driver.saga).toMatchObject({ status: 'compensated', lateAnswers: 2, facts: {} });
  });

  it('that bears the ticket of an undoing already answered is only counted', () => {
    const driver = undoing();
    const ticket = driver.open;
    const once = driver.answer(applied()).saga;
    driver.answer(applied({ twice: 'yes' }), ticket);
    expect(driver.saga).toEqual({ ...once, lateAnswers: 1, version: once.version + 1 });
  });
});

describe('an undoing that cannot be told', () => {
  const broken = new Error('no idea');
  const definition = testDefinition([
    undoableStep('first', {
      compensate: () => {
        throw broken;
      },
    }),
    testStep('second'),
  ]);

  it('parks as a defect without an attempt, and goes on once it can be', () => {
    const driver = new SagaDriver(definition).succeed(1).cancel().wake();
    expect(driver.saga).toMatchObject({ status: 'parked', parked: { reason: 'defect' }, attempts: 1 });
    expect(driver.step).toMatchObject({
      state: 'compensating',
      attempt: 0,
      lastError: { code: 'stepThrew' },
    });
    const repaired = new SagaDriver(testDefinition([undoableStep('first'), testStep('second')]));
    repaired.saga = driver.saga;
    expect(repaired.retry().wake().performed?.phase).toBe('compensate');
  });

  it('parks as well when an upgrade took the undoing away, and an operator can resolve it', () => {
    const driver = new SagaDriver(testDefinition([testStep('first'), testStep('second')]));
    driver.saga = new SagaDriver(definition).succeed(1).cancel().saga;
    driver.wake();
    expect(driver.step.lastError?.message).toBe('Error: first has nothing to compensate');
    expect(driver.resolve('applied').saga.status).toBe('compensated');
  });
});

describe('a policy for undoing that an upgrade has lowered', () => {
  it('parks a saga that waits for an undoing it no longer has', () => {
    const driver = undoing().answer(notApplied()).wake().answer(notApplied());
    const { steps } = reversibleDefinition;
    const lowered = steps.map((step) => ({
      ...step,
      reconcileRetry: { ...step.reconcileRetry, maximumAttempts: 1 },
    }));
    const later = new SagaDriver({ ...reversibleDefinition, steps: lowered });
    later.saga = driver.saga;
    expect(later.wake().saga).toMatchObject({ status: 'parked', parked: { reason: 'compensationFailed' } });
    expect(later.retry().wake().performed?.phase).toBe('compensate');
  });
});
