import type { SagaDefinition } from './definition.ts';
import type { SagaRecord } from './record.ts';
import { isEnded } from './status.ts';

/** What the outside (owner or operator) may ask of a saga. */
export type SagaAction = 'retry' | 'cancel' | 'resolve' | 'terminate';

/**
 * The one predicate that decides which actions a saga allows; the engine, queries, updates and screens all use it, so
 * that a button is never offered that would be refused.
 *
 * - `retry`: go on at once with a fresh budget of attempts; parked, or waiting.
 * - `cancel`: undo; until the pivot may have been applied, and once.
 * - `resolve`: say what became of what could not be found out; parked only.
 * - `terminate`: give up; parked or waiting for a retry, so never with a call under way, nor while only this saga looks
 *   for what a step may have left behind (see {@link isToBeFoundOut}). `retry` and `resolve` are allowed then.
 *
 * @returns the actions allowed now, possibly none
 */
export function allowedActions<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
): readonly SagaAction[] {
  const rules: readonly (readonly [SagaAction, boolean])[] = [
    ['retry', isWaiting(saga)],
    ['cancel', isCancellable(definition, saga)],
    ['resolve', saga.status === 'parked' && (isUnknown(saga) || saga.compensating === true)],
    ['terminate', isStalled(saga) && !isToBeFoundOut(definition, saga)],
  ];
  return rules.filter(([, isAllowed]) => isAllowed).map(([action]) => action);
}

/**
 * Whether the point of no return may have been passed: the pivot was applied, or may have been, or is under way. From
 * then on a saga only goes forward.
 */
export function mayBePastPivot<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
): boolean {
  const pivot = definition.steps.findIndex(({ kind }) => kind === 'pivot');
  const step = saga.steps[pivot];
  if (!step || saga.cursor < pivot) return false;
  if (saga.cursor > pivot || step.unknownAttempt) return true;
  return step.state !== 'pending' && step.state !== 'waitingRetry' && step.state !== 'failed';
}

/**
 * Whether nobody knows what became of the step at work, and giving the saga up would give up the search for what the
 * step may have left behind.
 */
export function isToBeFoundOut<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
): boolean {
  return isUnknown(saga) && definition.steps[saga.cursor]?.mustBeFoundOut === true;
}

function isWaiting(saga: SagaRecord<unknown>): boolean {
  return saga.status === 'compensating' ? saga.openAttempt === undefined : isStalled(saga);
}

function isStalled({ status }: SagaRecord<unknown>): boolean {
  return status === 'parked' || status === 'waitingRetry';
}

function isCancellable<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
): boolean {
  if (isEnded(saga.status) || saga.compensating || saga.cancelRequestedAtMs !== undefined) return false;
  return !mayBePastPivot(definition, saga);
}

function isUnknown(saga: SagaRecord<unknown>): boolean {
  return saga.steps[saga.cursor]?.state === 'outcomeUnknown';
}
