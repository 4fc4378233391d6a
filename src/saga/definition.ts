import type { Codec } from './binary/codec.ts';
import type { SagaRecord } from './record.ts';
import type { RetryPolicy } from './retry-policy.ts';

/**
 * What may be done about a step once it was applied:
 * - `compensable`: it can be undone.
 * - `pivot`: the point of no return; before it undo is possible, after it only forward.
 * - `retriable`: after the pivot; it is tried until it works.
 */
export type StepKind = 'compensable' | 'pivot' | 'retriable';

/** What an attempt is for. */
export type AttemptPhase = 'execute' | 'reconcile' | 'compensate';

/** Every phase, in the order of the binary record format: append only. */
export const attemptPhases: readonly AttemptPhase[] = ['execute', 'reconcile', 'compensate'];

/**
 * One unit of a saga. The functions are pure: they turn the saga into an action, which is data; whoever runs the
 * engine carries the action out and reports back with an event. One that throws parks the saga as a defect.
 *
 * @typeParam Facts what the saga has learned so far
 * @typeParam Action what can be asked of the outside world
 */
export interface StepDefinition<Facts, Action> {
  readonly name: string;
  readonly kind: StepKind;
  /** How long an attempt may stay unanswered before its outcome counts as unknown, in milliseconds. */
  readonly leaseMs: number;
  readonly retry: RetryPolicy;
  /**
   * An execution of unknown outcome may have left something behind that nobody but this saga looks for: the saga must
   * not be terminated before somebody has said what became of it.
   */
  readonly mustBeFoundOut?: true;
  /** For reading the evidence about an unknown attempt. */
  readonly reconcileRetry: RetryPolicy;
  /** Do the step. */
  readonly execute: (saga: SagaRecord<Facts>) => Action;
  /** Read what there is to decide whether an attempt with unknown outcome was applied. */
  readonly reconcile: (saga: SagaRecord<Facts>) => Action;
  /**
   * Undo the step; absent: there is nothing to undo. Only for steps of kind `compensable`. It must be idempotent and
   * must hold also for a step that was applied in part: an undoing whose outcome is unknown is simply done again.
   */
  readonly compensate?: (saga: SagaRecord<Facts>) => Action;
  /** For undoing: more patient than `retry`, because what is not undone stays behind. Absent: `reconcileRetry`. */
  readonly compensateRetry?: RetryPolicy;
}

/** A saga: its steps in order. A step after the pivot must not be compensable, since nothing is undone there. */
export interface SagaDefinition<Facts, Action> {
  readonly name: string;
  /** Raised when steps change; records name the version they were started with. */
  readonly version: number;
  readonly steps: readonly StepDefinition<Facts, Action>[];
  /** Writes and reads facts, whole or in part (an answer's `learned`). */
  readonly factsCodec: Codec<Partial<Facts>>;
}
