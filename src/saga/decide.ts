import { mayBePastPivot } from './allowed-actions.ts';
import { assertLegalDecision } from './assert-legal-decision.ts';
import { turnBack } from './decide-compensation.ts';
import { onOutcome } from './decide-outcome.ts';
import { onCancel, onResolve, onRetry, onTerminate } from './decide-request.ts';
import { onVerdict } from './decide-verdict.ts';
import { onWake } from './decide-wake.ts';
import type { Move } from './move.ts';
import type { SagaDefinition } from './definition.ts';
import type { Effect } from './effect.ts';
import type { SagaEvent } from './event.ts';
import type { SagaRecord } from './record.ts';

/** The record after an event, and what has to be done about it. `changed: false` means nothing is to be written. */
export interface Decision<Facts, Action> {
  readonly saga: SagaRecord<Facts>;
  readonly effects: readonly Effect<Facts, Action>[];
  readonly changed: boolean;
}

/**
 * The engine: what a saga becomes when something happens to it. Pure and deterministic; the same function runs in
 * the Manager, in the simulator and in property tests.
 *
 * @param definition the saga's steps
 * @param saga the record as it was last committed
 * @param event what happened
 * @param nowMs the present, in milliseconds since 1970-01-01 UTC; must not run backwards for one saga
 * @returns the new record with its effects; `changed: false` when the event means nothing to this saga any more
 * @throws Error if the saga was started with another definition or version: its cursor and steps would be misread
 * @throws Error if the decision would leave the map of legal states: a defect of the engine, never of its input
 */
export function decide<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  event: SagaEvent<Facts>,
  nowMs: number,
): Decision<Facts, Action> {
  if (saga.definitionName !== definition.name || saga.definitionVersion !== definition.version) {
    throw new Error(
      `saga ${saga.id}: started with ${saga.definitionName} version ${saga.definitionVersion}, ` +
        `not with ${definition.name} version ${definition.version}`,
    );
  }
  const move = moveFor(definition, saga, event, nowMs);
  if (move === undefined) return { saga, effects: [], changed: false };
  const turned = honourCancel(definition, move.saga, nowMs);
  const next: SagaRecord<Facts> = { ...turned, version: saga.version + 1, updatedAtMs: nowMs };
  assertLegalDecision(definition, saga, next);
  const effects: Effect<Facts, Action>[] = [
    { kind: 'record', entry: { sequence: next.version, atMs: nowMs, event } },
  ];
  if (move.action !== undefined && next.openAttempt) {
    effects.push({ kind: 'perform', attempt: next.openAttempt, action: move.action });
  }
  if (move.late) effects.push({ kind: 'lateAnswer', outcome: move.late });
  return { saga: next, effects, changed: true };
}

function moveFor<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  event: SagaEvent<Facts>,
  nowMs: number,
): Move<Facts, Action> | undefined {
  switch (event.type) {
    case 'wake':
      return onWake(definition, saga, event, nowMs);
    case 'outcome':
      return onOutcome(definition, saga, event.ticket, event.outcome, nowMs);
    case 'verdict':
      return onVerdict(definition, saga, event.ticket, event.verdict, nowMs);
    case 'retry':
      return onRetry(definition, saga, event, nowMs);
    case 'cancel':
      return onCancel(definition, saga, nowMs);
    case 'resolve':
      return onResolve(definition, saga, event, nowMs);
    case 'terminate':
      return onTerminate(definition, saga, nowMs);
  }
}

/**
 * A saga that is to be cancelled turns round as soon as it can: nothing is under way, and nothing is unknown. Asked
 * after every decision, so that no way of learning the outcome can be forgotten. It is asked before a saga ends, too:
 * without a pivot, the success that a cancelled saga was waiting for may be that of its last step.
 */
function honourCancel<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  nowMs: number,
): SagaRecord<Facts> {
  if (saga.cancelRequestedAtMs === undefined || saga.compensating || saga.status === 'terminated')
    return saga;
  if (saga.openAttempt || saga.steps[saga.cursor]?.state === 'outcomeUnknown') return saga;
  return mayBePastPivot(definition, saga) ? saga : turnBack(definition, saga, nowMs);
}
