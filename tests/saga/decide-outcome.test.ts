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
  undecided,
  unknown,
} from './support/answers.ts';
import { testDefinition, testStep } from './support/definition.ts';
import { SagaDriver } from './support/saga-driver.ts';

describe('the answer to the open attempt', () => {
  it('"applied" leads on to the next step, which starts in a message of its own', () => {
    const driver = new SagaDriver()
      .wake()
      .later(3)
      .answer(applied({ id: 'x' }));
    expect(driver.saga).toMatchObject({
      status: 'running',
      cursor: 1,
      dueAtMs: driver.nowMs,
      facts: { id: 'x' },
    });
    expect(driver.saga.steps[0]).toMatchObject({ state: 'succeeded', endedAtMs: driver.nowMs });
    expect(driver.saga.openAttempt).toBeUndefined();
    expect(driver.performed).toBeUndefined();
    expect(driver.wake().performed).toEqual({ phase: 'execute', step: 'second', serial: 2 });
  });

  it('"applied" to the last step completes the saga, for ever', () => {
    const driver = new SagaDriver(testDefinition([testStep('only')])).wake().answer(applied());
    expect(driver.saga).toMatchObject({ status: 'completed', cursor: 1, endedAtMs: driver.nowMs });
    expect(driver.saga.dueAtMs).toBeUndefined();
    expect(driver.saga.openAttempt).toBeUndefined();
  });

  it('keeps what was known before when it learns something new', () => {
    const driver = new SagaDriver().wake().answer(applied({ a: '1', b: '1' }));
    driver.wake().answer(applied({ b: '2' }));
    expect(driver.saga.facts).toEqual({ a: '1', b: '2' });
  });

  it('"not applied, retryable" waits as the policy says, then tries again, until the attempts are used up', () => {
    const driver = new SagaDriver();
    for (const delayMs of [100, 200]) {
      driver.wake().answer(notApplied());
      expect(driver.saga).toMatchObject({ status: 'waitingRetry', dueAtMs: driver.nowMs + delayMs });
      expect(driver.step).toMatchObject({
        state: 'waitingRetry',
        lastError: { code: 'refused', atMs: driver.nowMs },
      });
    }
    driver.wake();
    expect(driver.step.attempt).toBe(3);
    driver.answer(notApplied());
    expect(driver.saga).toMatchObject({
      status: 'parked',
      parked: { reason: 'attemptsExhausted', sinceMs: driver.nowMs },
    });
    expect(driver.step.state).toBe('failed');
    expect(driver.saga.dueAtMs).toBeUndefined();
  });

  it('waits at least as long as the answer asks for', () => {
    const driver = new SagaDriver().wake().answer(notApplied('retryable', 60_000));
    expect(driver.saga.dueAtMs).toBe(driver.nowMs + 60_000);
  });

  it('"not applied, terminal" parks at once', () => {
    const driver = new SagaDriver().wake().answer(notApplied('terminal'));
    expect(driver.saga).toMatchObject({ status: 'parked', parked: { reason: 'terminalError' } });
    expect(driver.step).toMatchObject({ state: 'failed', attempt: 1 });
  });

  it('"unknown" is followed by a reading, never by another execution', () => {
    const driver = new SagaDriver().wake();
    const asked = driver.open;
    driver.answer(unknown);
    expect(driver.saga).toMatchObject({ status: 'reconciling', dueAtMs: driver.nowMs });
    expect(driver.step).toMatchObject({ state: 'outcomeUnknown', unknownAttempt: asked });
    expect(driver.wake().performed?.phase).toBe('reconcile');
  });

  it('"interrupted" gives the attempt back and is due again at once', () => {
    const driver = new SagaDriver();
    for (let time = 0; time < 10; time += 1) {
      driver.wake();
      expect(driver.step.attempt).toBe(1);
      driver.answer(interrupted);
      expect(driver.saga).toMatchObject({ status: 'waitingRetry', dueAtMs: driver.nowMs });
    }
    expect(driver.wake().answer(applied()).saga.cursor).toBe(1);
  });

  it('"interrupted" with a delay is due again after it, and gives the attempt back', () => {
    const driver = new SagaDriver().wake();
    driver.answer(interruptedFor(5_000));
    expect(driver.saga).toMatchObject({ status: 'waitingRetry', dueAtMs: driver.nowMs + 5_000 });
    expect(driver.step.attempt).toBe(0);
  });

  it('a defect parks at once and is read, not repeated, when an operator goes on: its effect is unknown', () => {
    const driver = new SagaDriver().wake();
    const asked = driver.open;
    driver.answer(defect);
    expect(driver.saga).toMatchObject({ status: 'parked', parked: { reason: 'defect' } });
    expect(driver.step).toMatchObject({ state: 'outcomeUnknown', unknownAttempt: asked });
    expect(driver.retry().wake().performed?.phase).toBe('reconcile');
  });

  it('counts when it comes after the lease has run out but before anybody noticed', () => {
    const driver = new SagaDriver().wake().later(1e9).answer(applied());
    expect(driver.saga).toMatchObject({ cursor: 1, lateAnswers: 0 });
  });
});

describe('the answer "unfinished"', () => {
  it('takes another call at once with what was learned, and never counts as an attempt', () => {
    const driver = new SagaDriver();
    for (let call = 1; call <= 10; call += 1) {
      driver.wake().answer(oneOfSeveral({ call: String(call) }));
      expect(driver.saga).toMatchObject({
        status: 'running',
        cursor: 0,
        dueAtMs: driver.nowMs,
        facts: { call: String(call) },
      });
      expect(driver.saga.openAttempt).toBeUndefined();
      expect(driver.step).toMatchObject({ state: 'waitingRetry', attempt: 0 });
    }
    expect(driver.wake().performed).toEqual({ phase: 'execute', step: 'first', serial: 11 });
    expect(driver.answer(applied()).saga.cursor).toBe(1);
  });

  it('leaves the failures before it counted', () => {
    const driver = new SagaDriver().wake().answer(notApplied()).wake().answer(oneOfSeveral({}));
    expect(driver.step.attempt).toBe(1);
    driver.wake().answer(notApplied()).wake().answer(notApplied());
    expect(driver.saga.parked?.reason).toBe('attemptsExhausted');
  });

  it('leaves open whether an earlier attempt was applied: its answer still counts', () => {
    const driver = new SagaDriver().wake();
    const lost = driver.open;
    driver
      .answer(unknown)
      .wake()
      .judge(seenNotApplied())
      .wake()
      .answer(oneOfSeveral({ call: '1' }));
    driver.answer(applied({ id: 'late' }), lost);
    expect(driver.saga).toMatchObject({ cursor: 1, facts: { call: '1', id: 'late' }, lateAnswers: 0 });
  });

  it('is news of an attempt that counted as unknown, even to a parked saga', () => {
    for (const reach of [
      (saga: SagaDriver) => saga.answer(unknown),
      (saga: SagaDriver) => saga.answer(unknown).wake(),
      (saga: SagaDriver) => saga.answer(unknown).wake().judge(undecided),
      (saga: SagaDriver) => saga.answer(defect),
    ]) {
      const driver = new SagaDriver().wake();
      const lost = driver.open;
      reach(driver)
        .later(3)
        .answer(oneOfSeveral({ call: '1' }), lost);
      expect(driver.saga).toMatchObject({ status: 'running', dueAtMs: driver.nowMs, facts: { call: '1' } });
      expect(driver.saga).not.toHaveProperty('parked');
      expect(driver.step).not.toHaveProperty('unknownAttempt');
      expect(driver.wake().performed?.phase).toBe('execute');
      expect(driver.step.attempt).toBe(1);
    }
  });

  it('is too late once the evidence has said that nothing was applied', () => {
    const driver = new SagaDriver().wake();
    const lost = driver.open;
    driver
      .answer(unknown)
      .wake()
      .judge(seenNotApplied())
      .answer(oneOfSeveral({ call: '1' }), lost);
    expect(driver.late).toEqual(oneOfSeveral({ call: '1' }));
    expect(driver.saga).toMatchObject({ status: 'waitingRetry', facts: {}, lateAnswers: 1 });
  });
});

describe('what an answer has learned', () => {
  it('is kept, however it went, also when the answer is belated', () => {
    const learned = { candidate: 'unfit' };
    for (const outcome of [notApplied(), notApplied('terminal'), interrupted]) {
      const telling = { ...outcome, learned } as typeof outcome;
      expect(new SagaDriver().wake().answer(telling).saga.facts).toEqual(learned);
      const driver = new SagaDriver().wake();
      const lost = driver.open;
      expect(driver.answer(unknown).wake().answer(telling, lost).saga.facts).toEqual(learned);
    }
    const unsure = { ...unknown, learned } as typeof unknown;
    expect(new SagaDriver().wake().answer(unsure).saga).toMatchObject({
      status: 'reconciling',
      facts: learned,
    });
  });

  it('is not kept when nobody waits for it', () => {
    const driver = new SagaDriver().wake();
    const ticket = driver.open;
    driver
      .answer(notApplied())
      .answer({ ...notApplied(), learned: { a: '1' } } as ReturnType<typeof notApplied>, ticket);
    expect(driver.saga).toMatchObject({ facts: {}, lateAnswers: 1 });
  });
});

describe('an error that deserves less patience', () => {
  it('parks after so many attempts, though the policy has more', () => {
    const driver = new SagaDriver().wake().answer(notAppliedAtMost(2));
    expect(driver.saga.status).toBe('waitingRetry');
    driver.wake().answer(notAppliedAtMost(2));
    expect(driver.saga.parked?.reason).toBe('attemptsExhausted');
    expect(driver.step).toMatchObject({ state: 'failed', attempt: 2 });
  });

  it('counts attempts that failed otherwise, and never outlasts the policy', () => {
    const mixed = new SagaDriver().wake().answer(notApplied()).wake().answer(notAppliedAtMost(2));
    expect(mixed.saga.parked?.reason).toBe('attemptsExhausted');
    const patient = new SagaDriver().wake().answer(notAppliedAtMost(9)).wake().answer(notAppliedAtMost(9));
    expect(patient.wake().answer(notAppliedAtMost(9)).saga.parked?.reason).toBe('attemptsExhausted');
  });
});

describe('the belated answer of an attempt that counts as unknown', () => {
  function unknownSaga(): { driver: SagaDriver; lost: { serial: number; epoch: number } } {
    const driver = new SagaDriver().wake();
    const lost = driver.open;
    return { driver: driver.answer(unknown), lost };
  }

  it('"applied" is better than any evidence, even while the evidence is being read', () => {
    const { driver, lost } = unknownSaga();
    driver.wake();
    const reading = driver.open;
    driver.answer(applied({ id: 'late' }), lost);
    expect(driver.saga).toMatchObject({
      status: 'running',
      cursor: 1,
      facts: { id: 'late' },
      lateAnswers: 0,
    });
    expect(driver.saga.openAttempt).toBeUndefined();
    expect(driver.saga.steps[0]?.evidence).toBe('the answer came late');
    expect(driver.judge(seenNotApplied(), reading).saga).toMatchObject({ cursor: 1, lateAnswers: 1 });
  });

  it('"not applied" goes on with the policy', () => {
    const { driver, lost } = unknownSaga();
    driver.wake().answer(notApplied(), lost);
    expect(driver.saga).toMatchObject({ status: 'waitingRetry', dueAtMs: driver.nowMs + 100 });
    expect(driver.saga.openAttempt).toBeUndefined();
    expect(driver.wake().performed?.phase).toBe('execute');
  });

  it('"interrupted" gives the attempt back', () => {
    const { driver, lost } = unknownSaga();
    driver.answer(interrupted, lost);
    expect(driver.saga).toMatchObject({ status: 'waitingRetry', dueAtMs: driver.nowMs });
    expect(driver.wake().step.attempt).toBe(1);
  });

  it('frees a parked saga too', () => {
    const { driver, lost } = unknownSaga();
    driver.wake().judge(undecided);
    expect(driver.saga.status).toBe('parked');
    driver.answer(interrupted, lost);
    expect(driver.saga.status).toBe('waitingRetry');
    expect(driver.saga.parked).toBeUndefined();
    const other = unknownSaga();
    other.driver.wake().judge(undecided).answer(applied(), other.lost);
    expect(other.driver.saga).toMatchObject({ status: 'running', cursor: 1 });
    expect(other.driver.saga.parked).toBeUndefined();
  });

  it('says nothing when it is itself "unknown" or a defect: counted, and the reading goes on', () => {
    for (const outcome of [unknown, defect]) {
      const { driver, lost } = unknownSaga();
      const before = driver.wake().saga;
      driver.answer(outcome, lost);
      expect(driver.late).toEqual(outcome);
      expect(driver.saga).toEqual({ ...before, lateAnswers: 1, version: before.version + 1 });
    }
  });

  it('"applied" is still taken after a reading said otherwise, while no other attempt is on its way', () => {
    const { driver, lost } = unknownSaga();
    driver.wake().judge(seenNotApplied());
    expect(driver.saga.status).toBe('waitingRetry');
    driver.answer(applied({ id: 'late' }), lost);
    expect(driver.saga).toMatchObject({
      status: 'running',
      cursor: 1,
      facts: { id: 'late' },
      lateAnswers: 0,
    });
  });

  it('"applied" completes a waiting saga when it is about the last step', () => {
    const driver = new SagaDriver(testDefinition([testStep('only')])).wake();
    const lost = driver.open;
    driver.answer(unknown).wake().judge(seenNotApplied()).answer(applied(), lost);
    expect(driver.saga.status).toBe('completed');
  });

  it('"applied" frees a saga that was parked for want of attempts', () => {
    const driver = new SagaDriver().wake().answer(notApplied()).wake().answer(notApplied()).wake();
    const lost = driver.open;
    driver.answer(unknown).wake().judge(seenNotApplied());
    expect(driver.saga.parked?.reason).toBe('attemptsExhausted');
    expect(driver.answer(applied(), lost).saga).toMatchObject({ status: 'running', cursor: 1 });
  });

  it('is handed back as late once another execution is on its way: what it created must be accounted for', () => {
    const { driver, lost } = unknownSaga();
    driver.wake().judge(seenNotApplied()).wake();
    const present = driver.open;
    driver.answer(applied({ id: 'late' }), lost);
    expect(driver.late).toEqual(applied({ id: 'late' }));
    expect(driver.saga).toMatchObject({ cursor: 0, facts: {}, lateAnswers: 1, openAttempt: present });
  });

  it('is handed back as late while a later attempt is unknown: that one must not be forgotten', () => {
    const { driver, lost } = unknownSaga();
    driver.wake().judge(seenNotApplied()).wake().answer(unknown).answer(applied(), lost);
    expect(driver.late).toEqual(applied());
    expect(driver.saga).toMatchObject({ status: 'reconciling', cursor: 0 });
  });

  it('is handed back as late once an operator or the evidence has said that it was applied', () => {
    for (const decided of [
      unknownSaga().driver.wake().judge(seenApplied()),
      unknownSaga().driver.wake().judge(undecided).resolve('applied'),
    ]) {
      decided.answer(applied({ id: 'late' }), { serial: 1, epoch: 1 });
      expect(decided.late).toEqual(applied({ id: 'late' }));
      expect(decided.saga).toMatchObject({ cursor: 1, facts: {}, lateAnswers: 1 });
    }
  });

  it('must bear the epoch of the attempt, not its serial only', () => {
    const { driver, lost } = unknownSaga();
    driver.answer(applied(), { serial: lost.serial, epoch: lost.epoch + 1 });
    expect(driver.saga).toMatchObject({ status: 'reconciling', cursor: 0, lateAnswers: 1 });
  });
});

describe('an answer nobody waits for', () => {
  it('of the wrong epoch is counted and handed back, and the open attempt stays open', () => {
    const driver = new SagaDriver().wake();
    const open = driver.open;
    driver.answer(applied(), { serial: open.serial, epoch: open.epoch + 1 });
    expect(driver.late).toEqual(applied());
    expect(driver.saga).toMatchObject({ status: 'running', cursor: 0, lateAnswers: 1, openAttempt: open });
  });

  it('that comes twice changes nothing the second time', () => {
    const driver = new SagaDriver().wake();
    const ticket = driver.open;
    const once = driver.answer(applied({ id: 'x' })).saga;
    driver.answer(applied({ id: 'y' }), ticket);
    expect(driver.saga).toEqual({ ...once, lateAnswers: 1, version: once.version + 1 });
  });

  it('is counted after the end as well, and the end stays the end', () => {
    const driver = new SagaDriver(testDefinition([testStep('only')])).wake();
    const ticket = driver.open;
    const ended = driver.answer(applied()).saga;
    driver.later(5).answer(applied({ id: 'second' }), ticket);
    expect(driver.late).toEqual(applied({ id: 'second' }));
    expect(driver.saga).toEqual({
      ...ended,
      lateAnswers: 1,
      version: ended.version + 1,
      updatedAtMs: driver.nowMs,
    });
  });

  it('does not close a reading, although it bears the ticket of one', () => {
    const driver = new SagaDriver().wake().answer(unknown).wake();
    driver.answer(applied());
    expect(driver.saga).toMatchObject({ status: 'reconciling', cursor: 0, lateAnswers: 1 });
  });
});
