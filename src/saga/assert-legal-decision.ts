import { mayBePastPivot } from './allowed-actions.ts';
import type { SagaDefinition } from './definition.ts';
import type { SagaRecord, StepState } from './record.ts';
import { isEnded, statusEdges } from './status.ts';

/**
 * What must hold after every decision, in production too: an engine that is wrong must stop loudly before the
 * record is committed, because a wrong record outlives the process that wrote it.
 *
 * @throws Error naming the broken rule; the message that made the decision is then rolled back as a whole
 */
export function assertLegalDecision<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  before: SagaRecord<Facts>,
  after: SagaRecord<Facts>,
): void {
  const broken = brokenRule(definition, before, after);
  if (broken !== undefined) throw new Error(`saga ${before.id}: ${broken}`);
}

function brokenRule<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  before: SagaRecord<Facts>,
  after: SagaRecord<Facts>,
): string | undefined {
  if (after.status !== before.status && !statusEdges[before.status].includes(after.status)) {
    return `status must not go from ${before.status} to ${after.status}`;
  }
  const ended = isEnded(after.status);
  if (ended !== (after.endedAtMs !== undefined))
    return `${after.status} with endedAtMs ${String(after.endedAtMs)}`;
  if (ended && (after.openAttempt ?? after.dueAtMs) !== undefined)
    return 'an ended saga still wants something';
  if ((after.status === 'parked') !== (after.parked !== undefined))
    return 'parked without a reason, or a reason without parking';
  if (after.openAttempt && after.dueAtMs !== after.openAttempt.leaseUntilMs)
    return 'an open attempt must be due at its lease';
  if (!ended && after.status !== 'parked' && after.dueAtMs === undefined)
    return `${after.status} but nothing will wake it`;
  if ((after.status === 'completed') !== (after.cursor === definition.steps.length))
    return 'completed if and only if every step is done';
  if (before.compensating && !after.compensating) return 'a saga that goes back must not go forward again';
  if (after.compensating ? after.cursor > before.cursor : after.cursor < before.cursor)
    return 'the cursor must not go against the direction of the saga';
  if (after.compensating && mayBePastPivot(definition, after)) return 'nothing is undone after the pivot';
  if (after.compensating && after.steps.some(({ state }) => state === 'outcomeUnknown'))
    return 'nothing is undone while an outcome is unknown';
  if (after.status === 'compensated' && after.steps.some(({ state }) => isStillApplied(state)))
    return 'compensated although a step is still applied';
  if (before.openAttempt && after.openAttempt && before.openAttempt.serial !== after.openAttempt.serial) {
    return 'a second attempt was opened while one is open';
  }
  const isExecutionOpened =
    after.openAttempt?.phase === 'execute' && after.openAttempt.serial !== before.openAttempt?.serial;
  if (!isExecutionOpened) return undefined;
  if (before.steps[before.cursor]?.state === 'outcomeUnknown')
    return 'an execution was opened while the outcome of an earlier one is unknown';
  const step = definition.steps[after.cursor];
  const attempts = after.steps[after.cursor]?.attempt ?? 0;
  if (after.compensating) return 'an execution was opened while the saga goes back';
  if (step && attempts > step.retry.maximumAttempts)
    return `${attempts} attempts at ${step.name}, more than its policy allows`;
  return undefined;
}

function isStillApplied(state: StepState): boolean {
  return state === 'succeeded' || state === 'inFlight' || state === 'compensating';
}
