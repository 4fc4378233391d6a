import { unknownOutcome } from './decide-unknown.ts';
import { advance, answersOpenAttempt, atRest, park, stepAtWork, withStep, without } from './move.ts';
import type { Move } from './move.ts';
import type { SagaDefinition } from './definition.ts';
import type { Outcome, StepError } from './outcome.ts';
import type { AttemptTicket, SagaRecord, StepRecord } from './record.ts';
import { retryDelayMs } from './retry-policy.ts';
import { isEnded } from './status.ts';

/** An execution was answered: in time, while its outcome counted as unknown, or too late. */
export function onOutcome<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  ticket: AttemptTicket,
  outcome: Outcome<Facts>,
  nowMs: number,
): Move<Facts, Action> {
  if (answersOpenAttempt(saga, ticket) && saga.openAttempt?.phase !== 'reconcile') {
    return { saga: onAnswer(definition, saga, outcome, nowMs) };
  }
  if (resolvesUnknown(saga, ticket, outcome))
    return { saga: onBelatedAnswer(definition, saga, outcome, nowMs) };
  return { saga: { ...saga, lateAnswers: saga.lateAnswers + 1 }, late: outcome };
}

function onAnswer<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  outcome: Outcome<Facts>,
  nowMs: number,
): SagaRecord<Facts> {
  switch (outcome.kind) {
    case 'applied':
      return advance(saga, outcome.learned, undefined, nowMs);
    case 'notApplied':
      return onNotApplied(definition, saga, outcome.error, nowMs, outcome.retryAfterMs);
    case 'unknown':
      return unknownOutcome(saga, outcome.error, nowMs);
    case 'interrupted':
      return requeue(saga, outcome.error, nowMs);
    case 'defect':
      return park(withError(saga, outcome.error, 'failed', nowMs), 'defect', nowMs);
  }
}

/** The truth about an attempt that already counted as unknown has arrived: better than any evidence. */
function resolvesUnknown(
  saga: SagaRecord<unknown>,
  ticket: AttemptTicket,
  outcome: Outcome<unknown>,
): boolean {
  const step = saga.steps[saga.cursor];
  return (
    !isEnded(saga.status) &&
    step?.state === 'outcomeUnknown' &&
    step.unknownAttempt?.serial === ticket.serial &&
    step.unknownAttempt.epoch === ticket.epoch &&
    (outcome.kind === 'applied' || outcome.kind === 'notApplied')
  );
}

function onBelatedAnswer<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  outcome: Outcome<Facts>,
  nowMs: number,
): SagaRecord<Facts> {
  if (outcome.kind === 'applied') return advance(saga, outcome.learned, 'the answer came late', nowMs);
  if (outcome.kind === 'notApplied') {
    return onNotApplied(definition, saga, outcome.error, nowMs, outcome.retryAfterMs);
  }
  throw new Error(`saga ${saga.id}: a belated answer must say what happened, not ${outcome.kind}`);
}

/**
 * The step was surely not applied: try again within the policy, or park. Used for answers and, after
 * reconciling, for verdicts.
 */
export function onNotApplied<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  error: StepError,
  nowMs: number,
  retryAfterMs?: number,
): SagaRecord<Facts> {
  const { step, stepDefinition } = stepAtWork(definition, saga);
  if (error.class === 'terminal')
    return park(withError(saga, error, 'failed', nowMs), 'terminalError', nowMs);
  if (step.attempt >= stepDefinition.retry.maximumAttempts) {
    return park(withError(saga, error, 'failed', nowMs), 'attemptsExhausted', nowMs);
  }
  const identity = { sagaId: saga.id, stepIndex: saga.cursor, attempt: step.attempt };
  return {
    ...atRest(withError(without(saga, 'parked') as SagaRecord<Facts>, error, 'waitingRetry', nowMs)),
    status: 'waitingRetry',
    dueAtMs: nowMs + retryDelayMs(stepDefinition.retry, identity, retryAfterMs),
  };
}

/** Our own stop or upgrade was in the way: due again at once, and the attempt is given back. */
function requeue<Facts>(saga: SagaRecord<Facts>, error: StepError, nowMs: number): SagaRecord<Facts> {
  const noted = withError(saga, error, 'waitingRetry', nowMs);
  const step = noted.steps[noted.cursor];
  if (!step) throw new Error(`saga ${saga.id}: no step at cursor ${saga.cursor}`);
  return {
    ...atRest(withStep(noted, { ...step, attempt: step.attempt - 1 })),
    status: 'waitingRetry',
    dueAtMs: nowMs,
  };
}

function withError<Facts>(
  saga: SagaRecord<Facts>,
  error: StepError,
  state: StepRecord['state'],
  nowMs: number,
): SagaRecord<Facts> {
  const step = saga.steps[saga.cursor];
  if (!step) throw new Error(`saga ${saga.id}: no step at cursor ${saga.cursor}`);
  const kept = without(step, 'unknownAttempt') as StepRecord;
  return withStep(saga, { ...kept, state, lastError: { ...error, atMs: nowMs } });
}
