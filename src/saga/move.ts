import type { StepDefinition, SagaDefinition } from './definition.ts';
import type { Outcome } from './outcome.ts';
import type { AttemptTicket, ParkReason, SagaRecord, StepRecord } from './record.ts';

/** A decision in the making: version and journal are added by `decide`. */
export interface Move<Facts, Action> {
  readonly saga: SagaRecord<Facts>;
  /** Present when an attempt was opened: what is to be carried out. */
  readonly action?: Action;
  /** Present when an answer came too late to matter here. */
  readonly late?: Outcome<Facts>;
}

/**
 * The record of the step at work.
 *
 * @throws Error if every step is done: a defect, for nothing is decided about an ended saga's step
 */
export function currentStep(saga: SagaRecord<unknown>): StepRecord {
  const step = saga.steps[saga.cursor];
  if (!step) throw new Error(`saga ${saga.id}: no step at cursor ${saga.cursor}`);
  return step;
}

/** The step at work with its definition. */
export function stepAtWork<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
): { step: StepRecord; stepDefinition: StepDefinition<Facts, Action> } {
  const step = currentStep(saga);
  const stepDefinition = definition.steps[saga.cursor];
  if (!stepDefinition) throw new Error(`saga ${saga.id}: no step at cursor ${saga.cursor}`);
  return { step, stepDefinition };
}

/** The saga with its step at work replaced. */
export function withStep<Facts>(saga: SagaRecord<Facts>, step: StepRecord): SagaRecord<Facts> {
  return { ...saga, steps: saga.steps.map((present, index) => (index === saga.cursor ? step : present)) };
}

/** Without the optional property: under exactOptionalPropertyTypes absent and undefined differ. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> {
  const copy: T = { ...value };
  for (const key of keys) Reflect.deleteProperty(copy, key);
  return copy;
}

/** No attempt is open and nothing is due any more. */
export function atRest<Facts>(saga: SagaRecord<Facts>): SagaRecord<Facts> {
  return without(saga, 'openAttempt', 'dueAtMs');
}

/** Stops retrying and waits for a person; the step keeps the state that says what is known of it. */
export function park<Facts>(saga: SagaRecord<Facts>, reason: ParkReason, nowMs: number): SagaRecord<Facts> {
  return { ...atRest(saga), status: 'parked', parked: { reason, sinceMs: nowMs } };
}

/** Whether an answer belongs to the attempt that is open now. */
export function answersOpenAttempt(saga: SagaRecord<unknown>, ticket: AttemptTicket): boolean {
  return saga.openAttempt !== undefined && isSameAttempt(saga.openAttempt, ticket);
}

/** Serials repeat when the host is restored from a snapshot, epochs do not: both must agree. */
export function isSameAttempt(left: AttemptTicket, right: AttemptTicket): boolean {
  return left.serial === right.serial && left.epoch === right.epoch;
}

/** The step at work succeeded: on to the next one, which becomes due at once but starts in a message of its own. */
export function advance<Facts>(
  saga: SagaRecord<Facts>,
  learned: Partial<Facts> | undefined,
  evidence: string | undefined,
  nowMs: number,
): SagaRecord<Facts> {
  const step = currentStep(saga);
  const succeeded: StepRecord = {
    ...(without(step, 'unknownAttempt') as StepRecord),
    state: 'succeeded',
    endedAtMs: nowMs,
    ...(evidence === undefined ? {} : { evidence }),
  };
  const facts = learned ? { ...saga.facts, ...learned } : saga.facts;
  const moved = { ...withStep(atRest(without(saga, 'parked') as SagaRecord<Facts>), succeeded), facts };
  const cursor = saga.cursor + 1;
  return cursor === saga.steps.length
    ? { ...moved, cursor, status: 'completed', endedAtMs: nowMs }
    : { ...moved, cursor, status: 'running', dueAtMs: nowMs };
}
