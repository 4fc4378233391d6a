import { allowedActions } from './allowed-actions.ts';
import { stepUndone } from './decide-compensation.ts';
import type { SagaDefinition } from './definition.ts';
import type { SagaEvent } from './event.ts';
import { advance, atRest, currentStep, withStep, without } from './move.ts';
import type { Move } from './move.ts';
import type { SagaRecord } from './record.ts';

type RetryEvent<Facts> = Extract<SagaEvent<Facts>, { readonly type: 'retry' }>;
type ResolveEvent<Facts> = Extract<SagaEvent<Facts>, { readonly type: 'resolve' }>;

/**
 * An operator asks to go on: a fresh budget of attempts, due at once. A step whose outcome is unknown is read again
 * and never blindly repeated.
 */
export function onRetry<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  { learned, delayMs = 0 }: RetryEvent<Facts>,
  nowMs: number,
): Move<Facts, Action> | undefined {
  if (!allowedActions(definition, saga).includes('retry')) return undefined;
  return { saga: goOn(withFacts(saga, learned), nowMs + delayMs) };
}

/**
 * The owner or an operator wants the saga undone. Here it is only noted, and a parked reading begins again: a saga
 * whose step at work is known not to be applied turns round in the same decision, any other as soon as that is known.
 */
export function onCancel<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  nowMs: number,
): Move<Facts, Action> | undefined {
  if (!allowedActions(definition, saga).includes('cancel')) return undefined;
  const noted = { ...saga, cancelRequestedAtMs: nowMs };
  const isUnknown = currentStep(saga).state === 'outcomeUnknown';
  return { saga: saga.status === 'parked' && isUnknown ? goOn(noted, nowMs) : noted };
}

/** An operator knows what the engine could not find out. */
export function onResolve<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  { finding, evidence, learned }: ResolveEvent<Facts>,
  nowMs: number,
): Move<Facts, Action> | undefined {
  if (!allowedActions(definition, saga).includes('resolve')) return undefined;
  if (finding === 'applied') {
    const resolved = saga.compensating
      ? stepUndone(definition, withFacts(saga, learned), evidence, nowMs)
      : advance(saga, learned, evidence, nowMs);
    return { saga: resolved };
  }
  const step = { ...currentStep(saga), evidence };
  const isForward = step.state === 'outcomeUnknown';
  const known = withStep(withFacts(saga, learned), isForward ? { ...step, state: 'failed' } : step);
  return { saga: goOn(known, nowMs) };
}

/** An operator gives up: the saga ends as it stands. */
export function onTerminate<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  nowMs: number,
): Move<Facts, Action> | undefined {
  if (!allowedActions(definition, saga).includes('terminate')) return undefined;
  const resting = atRest(without(saga, 'parked') as SagaRecord<Facts>);
  return { saga: { ...resting, status: 'terminated', endedAtMs: nowMs } };
}

/** On with the step at work, in the saga's direction, with a fresh budget. */
function goOn<Facts>(saga: SagaRecord<Facts>, dueAtMs: number): SagaRecord<Facts> {
  const unparked = { ...(without(saga, 'parked') as SagaRecord<Facts>), dueAtMs };
  const step = { ...currentStep(saga), attempt: 0 };
  if (saga.compensating) return { ...withStep(unparked, step), status: 'compensating' };
  if (step.state === 'outcomeUnknown') {
    return { ...withStep(unparked, { ...step, reconcileAttempt: 0 }), status: 'reconciling' };
  }
  return { ...withStep(unparked, { ...step, state: 'waitingRetry' }), status: 'waitingRetry' };
}

function withFacts<Facts>(saga: SagaRecord<Facts>, learned: Partial<Facts> | undefined): SagaRecord<Facts> {
  return learned ? { ...saga, facts: { ...saga.facts, ...learned } } : saga;
}
