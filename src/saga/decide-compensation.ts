import { currentStep, atRest, park, stepAtWork, withStep, without } from './move.ts';
import type { SagaDefinition, StepDefinition } from './definition.ts';
import type { Outcome, StepError } from './outcome.ts';
import type { SagaRecord, StepRecord } from './record.ts';
import { retryDelayMs } from './retry-policy.ts';
import type { RetryPolicy } from './retry-policy.ts';

/**
 * Turns round. The step at work, if there is one, is known not to have been applied; what was applied before it is
 * undone, newest first.
 */
export function turnBack<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  nowMs: number,
): SagaRecord<Facts> {
  const step = saga.steps[saga.cursor];
  const isTried = step !== undefined && step.state !== 'pending';
  const abandoned = isTried ? withStep(saga, { ...step, state: 'failed' }) : saga;
  const resting = atRest(without(abandoned, 'parked', 'endedAtMs') as SagaRecord<Facts>);
  return undoNext(definition, { ...resting, compensating: true }, nowMs);
}

/** An undoing was answered. */
export function onUndone<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  outcome: Outcome<Facts>,
  nowMs: number,
): SagaRecord<Facts> {
  const step = currentStep(saga);
  switch (outcome.kind) {
    case 'applied':
      return stepUndone(definition, saga, undefined, nowMs);
    case 'unfinished':
      return againUncounted(saga, step, nowMs);
    case 'interrupted':
      return againUncounted(saga, noted(step, outcome.error, nowMs), nowMs + (outcome.retryAfterMs ?? 0));
    case 'notApplied':
    case 'unknown':
      return retryUndoing(definition, saga, outcome, nowMs);
    case 'defect':
      return park(withStep(saga, noted(step, outcome.error, nowMs)), 'defect', nowMs);
  }
}

/** What undoing needs no reading of evidence: it is idempotent, so one whose outcome is unknown is done again. */
export function retryUndoing<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  outcome: Extract<Outcome<Facts>, { readonly kind: 'notApplied' | 'unknown' }>,
  nowMs: number,
): SagaRecord<Facts> {
  const { step, stepDefinition } = stepAtWork(definition, saga);
  const policy = compensateRetryOf(stepDefinition);
  const failed = withStep(atRest(saga), noted(step, outcome.error, nowMs));
  const { retryAfterMs, maximumAttempts = Infinity } =
    outcome.kind === 'notApplied' ? outcome : { retryAfterMs: undefined };
  if (
    outcome.error.class === 'terminal' ||
    step.attempt >= Math.min(policy.maximumAttempts, maximumAttempts)
  ) {
    return park(failed, 'compensationFailed', nowMs);
  }
  const identity = { sagaId: saga.id, stepIndex: saga.cursor, attempt: step.attempt };
  return {
    ...failed,
    status: 'compensating',
    dueAtMs: nowMs + retryDelayMs(policy, identity, retryAfterMs),
  };
}

/** The step at work has been undone: on to the newest one before it that is still applied. */
export function stepUndone<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  evidence: string | undefined,
  nowMs: number,
): SagaRecord<Facts> {
  const undone: StepRecord = {
    ...currentStep(saga),
    state: 'compensated',
    endedAtMs: nowMs,
    ...(evidence === undefined ? {} : { evidence }),
  };
  return undoNext(definition, withStep(atRest(without(saga, 'parked') as SagaRecord<Facts>), undone), nowMs);
}

/** The patience with which a step is undone. */
export function compensateRetryOf(step: StepDefinition<never, unknown>): RetryPolicy {
  return step.compensateRetry ?? step.reconcileRetry;
}

/** Starts undoing the newest step that is still applied; steps that need no undoing are passed over. */
function undoNext<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  nowMs: number,
): SagaRecord<Facts> {
  const steps = [...saga.steps];
  for (let index = saga.cursor; index >= 0; index -= 1) {
    const step = steps[index];
    if (step?.state !== 'succeeded') continue;
    if (!definition.steps[index]?.compensate) {
      steps[index] = { ...step, state: 'compensated' };
      continue;
    }
    steps[index] = {
      ...(without(step, 'endedAtMs', 'evidence') as StepRecord),
      state: 'compensating',
      attempt: 0,
      reconcileAttempt: 0,
    };
    return { ...saga, steps, cursor: index, status: 'compensating', dueAtMs: nowMs };
  }
  return { ...saga, steps, cursor: 0, status: 'compensated', endedAtMs: nowMs };
}

function againUncounted<Facts>(
  saga: SagaRecord<Facts>,
  step: StepRecord,
  dueAtMs: number,
): SagaRecord<Facts> {
  const givenBack = { ...step, attempt: Math.max(0, step.attempt - 1) };
  return { ...withStep(atRest(saga), givenBack), status: 'compensating', dueAtMs };
}

function noted(step: StepRecord, error: StepError, nowMs: number): StepRecord {
  return { ...step, lastError: { ...error, atMs: nowMs } };
}
