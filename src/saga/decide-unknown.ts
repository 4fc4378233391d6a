import { currentStep, atRest, park, stepAtWork, withStep } from './move.ts';
import type { SagaDefinition } from './definition.ts';
import type { StepError } from './outcome.ts';
import type { SagaRecord } from './record.ts';
import { retryDelayMs } from './retry-policy.ts';

/** The open execution may or may not have been applied: find out before anything else is done about it. */
export function unknownOutcome<Facts>(
  saga: SagaRecord<Facts>,
  error: StepError,
  nowMs: number,
): SagaRecord<Facts> {
  const step = saga.steps[saga.cursor];
  if (!step || !saga.openAttempt) throw new Error(`saga ${saga.id}: unknown outcome without an open attempt`);
  return {
    ...withStep(atRest(saga), {
      ...step,
      state: 'outcomeUnknown',
      unknownAttempt: saga.openAttempt,
      lastError: { ...error, atMs: nowMs },
    }),
    status: 'reconciling',
    dueAtMs: nowMs,
  };
}

/**
 * The evidence could not be read: read again later, or park once the reading's own policy is used up. Errors that
 * another reading would only meet again park at once.
 */
export function retryReading<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  error: StepError,
  nowMs: number,
  retryAfterMs?: number,
): SagaRecord<Facts> {
  const { step, stepDefinition } = stepAtWork(definition, saga);
  const noted = withStep(atRest(saga), { ...step, lastError: { ...error, atMs: nowMs } });
  if (error.class === 'defect') return park(noted, 'defect', nowMs);
  if (error.class === 'interrupted') return readAgainUncounted(noted, nowMs, retryAfterMs);
  const isExhausted = step.reconcileAttempt >= stepDefinition.reconcileRetry.maximumAttempts;
  if (isExhausted || error.class === 'terminal') return park(noted, 'evidenceUnreadable', nowMs);
  const identity = { sagaId: saga.id, stepIndex: saga.cursor, attempt: step.reconcileAttempt };
  return {
    ...noted,
    status: 'reconciling',
    dueAtMs: nowMs + retryDelayMs(stepDefinition.reconcileRetry, identity),
  };
}

/** Our own state was in the way of the reading, which is given back. */
function readAgainUncounted<Facts>(
  saga: SagaRecord<Facts>,
  nowMs: number,
  retryAfterMs = 0,
): SagaRecord<Facts> {
  const step = currentStep(saga);
  return {
    ...withStep(saga, { ...step, reconcileAttempt: step.reconcileAttempt - 1 }),
    status: 'reconciling',
    dueAtMs: nowMs + retryAfterMs,
  };
}
