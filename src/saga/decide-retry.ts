import { currentStep, withStep, without } from './move.ts';
import type { Move } from './move.ts';
import type { SagaRecord } from './record.ts';
import { allowedActions } from './status.ts';

/**
 * An operator asks to go on: a fresh budget of attempts, due at once. A step whose outcome is unknown is read again
 * and never blindly repeated.
 */
export function onRetry<Facts, Action>(
  saga: SagaRecord<Facts>,
  learned: Partial<Facts> | undefined,
  nowMs: number,
): Move<Facts, Action> | undefined {
  if (!allowedActions(saga.status).includes('retry')) return undefined;
  const step = currentStep(saga);
  const facts = { ...saga.facts, ...learned };
  const unpaused = { ...(without(saga, 'parked') as SagaRecord<Facts>), facts, dueAtMs: nowMs };
  if (step.state === 'outcomeUnknown') {
    return {
      saga: { ...withStep(unpaused, { ...step, attempt: 0, reconcileAttempt: 0 }), status: 'reconciling' },
    };
  }
  return {
    saga: {
      ...withStep(unpaused, { ...step, state: 'waitingRetry', attempt: 0 }),
      status: 'waitingRetry',
    },
  };
}
