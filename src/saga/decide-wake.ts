import { compensateRetryOf, retryUndoing } from './decide-compensation.ts';
import { retryReading, unknownOutcome } from './decide-unknown.ts';
import { currentStep, park, stepAtWork, withStep, without } from './move.ts';
import type { Move } from './move.ts';
import type { AttemptPhase, SagaDefinition, StepDefinition } from './definition.ts';
import type { SagaEvent } from './event.ts';
import type { OpenAttempt, SagaRecord, StepRecord } from './record.ts';
import { isEnded } from './status.ts';
import type { SagaStatus } from './status.ts';

/** Records must stay small; what does not fit is no help to anybody. */
const maximumDefectCharacters = 500;

type WakeEvent<Facts> = Extract<SagaEvent<Facts>, { readonly type: 'wake' }>;

/** The due time has come: either an open attempt's lease has run out, or the next attempt starts. */
export function onWake<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  wake: WakeEvent<Facts>,
  nowMs: number,
): Move<Facts, Action> | undefined {
  if (isEnded(saga.status) || saga.dueAtMs === undefined || saga.dueAtMs > nowMs) return undefined;
  if (saga.openAttempt) return onLeaseExpired(definition, saga, saga.openAttempt, nowMs);
  if (saga.status === 'reconciling') return openAttempt(definition, saga, 'reconcile', wake, nowMs);
  const { step, stepDefinition } = stepAtWork(definition, saga);
  if (saga.compensating) {
    return step.attempt < compensateRetryOf(stepDefinition).maximumAttempts
      ? openAttempt(definition, saga, 'compensate', wake, nowMs)
      : { saga: park(saga, 'compensationFailed', nowMs) };
  }
  // Only after an upgrade that lowered the policy: a saga that waits for an attempt it no longer has must not be stuck.
  if (step.attempt >= stepDefinition.retry.maximumAttempts) {
    return { saga: park(withStep(saga, { ...step, state: 'failed' }), 'attemptsExhausted', nowMs) };
  }
  return openAttempt(definition, saga, 'execute', wake, nowMs);
}

function onLeaseExpired<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  attempt: OpenAttempt,
  nowMs: number,
): Move<Facts, Action> {
  const message = `no answer within ${attempt.leaseUntilMs - attempt.startedAtMs} ms`;
  if (attempt.phase === 'reconcile') {
    // A reading changes nothing, so losing its answer loses nothing: read again.
    const error = { class: 'retryable', code: 'leaseExpired', message } as const;
    return { saga: retryReading(definition, saga, error, nowMs) };
  }
  const error = { class: 'unknown', code: 'leaseExpired', message } as const;
  return attempt.phase === 'compensate'
    ? { saga: retryUndoing(definition, saga, { kind: 'unknown', error }, nowMs) }
    : { saga: unknownOutcome(saga, error, nowMs) };
}

/** Commits the intent. The caller of the engine makes the call only together with this record. */
function openAttempt<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  phase: AttemptPhase,
  wake: WakeEvent<Facts>,
  nowMs: number,
): Move<Facts, Action> {
  const { step, stepDefinition } = stepAtWork(definition, saga);
  const serial = saga.attempts + 1;
  const leaseUntilMs = nowMs + stepDefinition.leaseMs;
  const counted: StepRecord =
    phase === 'reconcile'
      ? { ...step, reconcileAttempt: step.reconcileAttempt + 1 }
      : {
          ...(without(step, 'evidence') as StepRecord),
          state: phase === 'execute' ? 'inFlight' : 'compensating',
          attempt: step.attempt + 1,
          reconcileAttempt: 0,
        };
  const started: StepRecord = step.startedAtMs === undefined ? { ...counted, startedAtMs: nowMs } : counted;
  const opened: SagaRecord<Facts> = {
    ...withStep(without(saga, 'parked') as SagaRecord<Facts>, started),
    facts: { ...saga.facts, ...wake.learned },
    status: statusOfPhase[phase],
    attempts: serial,
    openAttempt: {
      serial,
      epoch: wake.epoch,
      phase,
      hostVersion: wake.hostVersion,
      startedAtMs: nowMs,
      leaseUntilMs,
    },
    dueAtMs: leaseUntilMs,
  };
  try {
    return { saga: opened, action: actionFor(stepDefinition, phase, opened) };
  } catch (error) {
    return { saga: onBrokenStep(saga, error, nowMs) };
  }
}

const statusOfPhase: Readonly<Record<AttemptPhase, SagaStatus>> = {
  execute: 'running',
  reconcile: 'reconciling',
  compensate: 'compensating',
};

function actionFor<Facts, Action>(
  step: StepDefinition<Facts, Action>,
  phase: AttemptPhase,
  saga: SagaRecord<Facts>,
): Action {
  const act = step[phase];
  if (!act) throw new Error(`${step.name} has nothing to ${phase}`);
  return act(saga);
}

/**
 * The step cannot say what is to be done: no attempt was made. Thrown on, the error would undo the message of whoever
 * serves the queue, again and again, and this saga would keep all others waiting.
 */
function onBrokenStep<Facts>(saga: SagaRecord<Facts>, cause: unknown, nowMs: number): SagaRecord<Facts> {
  const step = currentStep(saga);
  const message = String(cause).slice(0, maximumDefectCharacters);
  const lastError = { class: 'defect', code: 'stepThrew', message, atMs: nowMs } as const;
  const isInForce = step.state === 'outcomeUnknown' || step.state === 'compensating';
  const state = isInForce ? step.state : 'failed';
  return park(withStep(saga, { ...step, state, lastError }), 'defect', nowMs);
}
