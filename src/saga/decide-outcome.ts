import { onUndone } from './decide-compensation.ts';
import { unknownOutcome } from './decide-unknown.ts';
import {
  currentStep,
  advance,
  answersOpenAttempt,
  atRest,
  isSameAttempt,
  park,
  stepAtWork,
  withStep,
  without,
} from './move.ts';
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
  const phase = answersOpenAttempt(saga, ticket) ? saga.openAttempt?.phase : undefined;
  if (phase === 'execute') return { saga: onAnswer(definition, saga, outcome, nowMs) };
  if (phase === 'compensate') {
    return { saga: onUndone(definition, withLearned(saga, outcome), outcome, nowMs) };
  }
  const step = saga.steps[saga.cursor];
  if (step && resolvesUnknown(saga, step, ticket, outcome)) {
    const answered = withStep(saga, without(step, 'unknownAttempt') as StepRecord);
    return { saga: onAnswer(definition, answered, outcome, nowMs, 'the answer came late') };
  }
  return { saga: { ...saga, lateAnswers: saga.lateAnswers + 1 }, late: outcome };
}

function withLearned<Facts>(saga: SagaRecord<Facts>, outcome: Outcome<Facts>): SagaRecord<Facts> {
  return outcome.kind === 'defect' ? saga : { ...saga, facts: { ...saga.facts, ...outcome.learned } };
}

function onAnswer<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  before: SagaRecord<Facts>,
  outcome: Outcome<Facts>,
  nowMs: number,
  evidence?: string,
): SagaRecord<Facts> {
  const saga = withLearned(before, outcome);
  switch (outcome.kind) {
    case 'applied':
      return advance(saga, undefined, evidence, nowMs);
    case 'unfinished':
      return stepOn(saga, nowMs);
    case 'notApplied':
      return onNotApplied(definition, saga, outcome, nowMs);
    case 'unknown':
      return unknownOutcome(saga, outcome.error, nowMs);
    case 'interrupted':
      return requeue(saga, outcome.error, nowMs, outcome.retryAfterMs);
    case 'defect':
      // The answer says nothing about the effect, so whoever resumes the saga must read the evidence first.
      return park(unknownOutcome(saga, outcome.error, nowMs), 'defect', nowMs);
  }
}

/**
 * Whether this is the truth about an attempt that counted as unknown: better than any evidence. That it was applied
 * counts even after a reading said otherwise, as long as no later attempt has been sent on its way.
 */
function resolvesUnknown(
  saga: SagaRecord<unknown>,
  step: StepRecord,
  ticket: AttemptTicket,
  { kind }: Outcome<unknown>,
): boolean {
  if (
    isEnded(saga.status) ||
    saga.compensating ||
    !step.unknownAttempt ||
    !isSameAttempt(step.unknownAttempt, ticket)
  )
    return false;
  if (step.state === 'outcomeUnknown') return kind !== 'unknown' && kind !== 'defect';
  return kind === 'applied' && (step.state === 'waitingRetry' || step.state === 'failed');
}

/**
 * The step was surely not applied: try again within the policy, or park. Used for answers and, after
 * reconciling, for verdicts.
 */
export function onNotApplied<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  answer: Omit<Extract<Outcome<Facts>, { readonly kind: 'notApplied' }>, 'kind' | 'learned'>,
  nowMs: number,
): SagaRecord<Facts> {
  const { error, retryAfterMs, maximumAttempts = Infinity } = answer;
  const { step, stepDefinition } = stepAtWork(definition, saga);
  if (error.class === 'terminal')
    return park(withError(saga, error, 'failed', nowMs), 'terminalError', nowMs);
  if (step.attempt >= Math.min(stepDefinition.retry.maximumAttempts, maximumAttempts)) {
    return park(withError(saga, error, 'failed', nowMs), 'attemptsExhausted', nowMs);
  }
  const identity = { sagaId: saga.id, stepIndex: saga.cursor, attempt: step.attempt };
  return {
    ...atRest(withError(without(saga, 'parked') as SagaRecord<Facts>, error, 'waitingRetry', nowMs)),
    status: 'waitingRetry',
    dueAtMs: nowMs + retryDelayMs(stepDefinition.retry, identity, retryAfterMs),
  };
}

/** The step takes another call: due at once, and the attempt is given back, for it made progress. */
function stepOn<Facts>(saga: SagaRecord<Facts>, nowMs: number): SagaRecord<Facts> {
  const step = currentStep(saga);
  // A belated answer frees a saga that was parked because its outcome could not be found out.
  const unparked = atRest(without(saga, 'parked') as SagaRecord<Facts>);
  return {
    ...withStep(unparked, { ...step, state: 'waitingRetry', attempt: Math.max(0, step.attempt - 1) }),
    status: 'running',
    dueAtMs: nowMs,
  };
}

/** Our own state was in the way: due again as soon as that may have changed, and the attempt is given back. */
function requeue<Facts>(
  saga: SagaRecord<Facts>,
  error: StepError,
  nowMs: number,
  retryAfterMs = 0,
): SagaRecord<Facts> {
  const noted = withError(without(saga, 'parked') as SagaRecord<Facts>, error, 'waitingRetry', nowMs);
  const step = currentStep(noted);
  return {
    ...atRest(withStep(noted, { ...step, attempt: Math.max(0, step.attempt - 1) })),
    status: 'waitingRetry',
    dueAtMs: nowMs + retryAfterMs,
  };
}

function withError<Facts>(
  saga: SagaRecord<Facts>,
  error: StepError,
  state: StepRecord['state'],
  nowMs: number,
): SagaRecord<Facts> {
  const step = currentStep(saga);
  return withStep(saga, { ...step, state, lastError: { ...error, atMs: nowMs } });
}
