import { describe, expect, it } from 'vitest';
import { applied, notApplied, seenNotApplied, unknown } from './support/answers.ts';
import { steadyPolicy, testDefinition, testStep } from './support/definition.ts';
import type { TestDefinition } from './support/definition.ts';
import { undoing } from './support/every-state.ts';
import { SagaDriver } from './support/saga-driver.ts';

describe('a wake', () => {
  it('opens the first attempt of a queued saga and asks for it to be carried out', () => {
    const driver = new SagaDriver().wake();
    expect(driver.saga.status).toBe('running');
    expect(driver.step).toMatchObject({ state: 'inFlight', attempt: 1, startedAtMs: driver.nowMs });
    expect(driver.open).toEqual({
      serial: 1,
      epoch: 1,
      phase: 'execute',
      hostVersion: 40n,
      startedAtMs: driver.nowMs,
      leaseUntilMs: driver.nowMs + 5_000,
    });
    expect(driver.performed).toEqual({ phase: 'execute', step: 'first', serial: 1 });
  });

  it('stamps the attempt with the present life of the host', () => {
    const driver = new SagaDriver();
    driver.epoch = 9;
    expect(driver.wake().open.epoch).toBe(9);
  });

  it('means nothing before the saga is due', () => {
    const driver = new SagaDriver().wake().answer(notApplied()).later(99).wakeNow();
    expect(driver.changed).toBe(false);
    expect(driver.effects).toEqual([]);
    expect(driver.later(1).wakeNow().changed).toBe(true);
  });

  it('means nothing to a parked or ended saga', () => {
    const parked = new SagaDriver().wake().answer(notApplied('terminal')).later(1e9).wakeNow();
    expect(parked.changed).toBe(false);
    const ended = new SagaDriver(testDefinition([testStep('only')])).wake().answer(applied()).later(1e9);
    expect(ended.wakeNow().changed).toBe(false);
  });

  it('leaves an open attempt alone until its lease has run out', () => {
    const driver = new SagaDriver().wake().later(4_999).wakeNow();
    expect(driver.changed).toBe(false);
    expect(driver.saga.openAttempt).toBeDefined();
  });

  it('makes the outcome of an execution unknown when its lease has run out, and reads the evidence next', () => {
    const driver = new SagaDriver().wake();
    const lost = driver.open;
    driver.wake();
    expect(driver.saga.status).toBe('reconciling');
    expect(driver.performed).toBeUndefined();
    expect(driver.step).toMatchObject({
      state: 'outcomeUnknown',
      unknownAttempt: lost,
      lastError: { class: 'unknown', code: 'leaseExpired', message: 'no answer within 5000 ms' },
    });
    driver.wake();
    expect(driver.performed).toEqual({ phase: 'reconcile', step: 'first', serial: 2 });
    expect(driver.step).toMatchObject({ attempt: 1, reconcileAttempt: 1, unknownAttempt: lost });
  });

  it('reads again, after a wait, when the lease of a reading has run out', () => {
    const driver = new SagaDriver().wake().answer(unknown).wake().wake();
    expect(driver.saga.status).toBe('reconciling');
    expect(driver.saga.dueAtMs).toBe(driver.nowMs + 100);
    expect(driver.step).toMatchObject({ state: 'outcomeUnknown', lastError: { code: 'leaseExpired' } });
    expect(driver.wake().step.reconcileAttempt).toBe(2);
  });

  it('forgets the evidence about an earlier execution when it opens the next one', () => {
    const driver = new SagaDriver().wake().answer(unknown).wake().judge(seenNotApplied());
    expect(driver.step.evidence).toBe('not seen');
    expect(driver.wake().step.evidence).toBeUndefined();
  });

  it('brings what the host knows into the attempt it starts, before the step says what to do', () => {
    const definition = testDefinition([
      {
        ...testStep('first'),
        execute: ({ facts }) => ({ phase: 'execute', step: facts['candidate'] ?? 'none', serial: undefined }),
      },
    ]);
    const driver = new SagaDriver(definition).wake({ candidate: 'vacant' });
    expect(driver.performed?.step).toBe('vacant');
    expect(driver.saga.facts).toEqual({ candidate: 'vacant' });
    driver.answer(unknown).wake({ highest: '9' });
    expect(driver.saga.facts).toEqual({ candidate: 'vacant', highest: '9' });
    expect(undoing().answer(applied()).wake({ seen: 'yes' }).saga.facts).toEqual({ seen: 'yes' });
  });

  it('that starts no attempt keeps nothing of what the host knows', () => {
    const early = new SagaDriver().wake().answer(notApplied()).wakeNow({ candidate: 'vacant' });
    expect(early.changed).toBe(false);
    expect(new SagaDriver().wake().wake({ candidate: 'vacant' }).saga.facts).toEqual({});
    expect(undoing().wake({ candidate: 'vacant' }).saga.facts).toEqual({});
    const broken = testDefinition([
      {
        ...testStep('first'),
        execute: () => {
          throw new Error('no idea');
        },
      },
    ]);
    const driver = new SagaDriver(broken).wake({ candidate: 'vacant' });
    expect(driver.saga).toMatchObject({ status: 'parked', facts: {} });
  });

  it('parks a saga whose step cannot say what to do, without an attempt, and goes on once it can', () => {
    const broken = (name: 'execute' | 'reconcile'): TestDefinition =>
      testDefinition([
        {
          ...testStep('first'),
          [name]: () => {
            throw new Error('x'.repeat(2_000));
          },
        },
        testStep('second'),
      ]);
    const driver = new SagaDriver(broken('execute')).wake();
    expect(driver.saga).toMatchObject({ status: 'parked', parked: { reason: 'defect' }, attempts: 0 });
    expect(driver.step).toMatchObject({
      state: 'failed',
      attempt: 0,
      lastError: { class: 'defect', code: 'stepThrew' },
    });
    expect(driver.step.lastError?.message).toBe(`Error: ${'x'.repeat(493)}`);
    expect(driver.effects.map(({ kind }) => kind)).toEqual(['record']);
    const repaired = new SagaDriver();
    repaired.saga = driver.saga;
    expect(repaired.retry().wake().performed?.phase).toBe('execute');

    const unreadable = new SagaDriver(broken('reconcile')).wake().answer(unknown).wake();
    expect(unreadable.saga.parked?.reason).toBe('defect');
    expect(unreadable.step.state).toBe('outcomeUnknown');
    repaired.saga = unreadable.saga;
    expect(repaired.retry().wake().performed?.phase).toBe('reconcile');
  });

  it('parks a waiting saga whose policy was lowered below the attempts it has had', () => {
    const driver = new SagaDriver().wake().answer(notApplied()).wake().answer(notApplied());
    const lowered = testDefinition([
      testStep('first', { retry: { ...steadyPolicy, maximumAttempts: 1 } }),
      testStep('second'),
    ]);
    const later = new SagaDriver(lowered);
    later.saga = driver.saga;
    later.wake();
    expect(later.saga).toMatchObject({ status: 'parked', parked: { reason: 'attemptsExhausted' } });
    expect(later.retry().wake().answer(applied()).saga.cursor).toBe(1);
  });

  it('still takes the answer of an attempt beyond a lowered policy', () => {
    const driver = new SagaDriver().wake().answer(notApplied()).wake();
    const later = new SagaDriver(
      testDefinition([
        testStep('first', { retry: { ...steadyPolicy, maximumAttempts: 1 } }),
        testStep('second'),
      ]),
    );
    later.saga = driver.saga;
    expect(later.answer(notApplied()).saga.parked?.reason).toBe('attemptsExhausted');
  });
});
