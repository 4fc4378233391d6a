import type { AttemptPhase } from './definition.ts';
import type { StepError } from './outcome.ts';
import type { SagaStatus } from './status.ts';

/** Where one step stands. */
export type StepState =
  | 'pending'
  | 'inFlight'
  | 'waitingRetry'
  | 'outcomeUnknown'
  | 'succeeded'
  | 'failed'
  | 'compensating'
  | 'compensated';

/** Every step state, in the order of the binary record format: append only. */
export const stepStates: readonly StepState[] = [
  'pending',
  'inFlight',
  'waitingRetry',
  'outcomeUnknown',
  'succeeded',
  'failed',
  'compensating',
  'compensated',
];

export interface StepRecord {
  readonly state: StepState;
  /** Executions (while it is being undone: undoings) that count against the policy; set back by an operator's retry. */
  readonly attempt: number;
  /** Readings of evidence that count against the reconcile policy; set back by every new execution. */
  readonly reconcileAttempt: number;
  /**
   * The last execution whose outcome was unknown: evidence is read about it. Its own answer stays worth having even
   * after that: a call still on its way when the reading said "not applied" may be applied after it.
   */
  readonly unknownAttempt?: OpenAttempt;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  readonly lastError?: StepError & { readonly atMs: number };
  /** What was read to decide the unknown outcome of the latest execution. */
  readonly evidence?: string;
}

/** Names one attempt for ever: `serial` counts a saga's attempts of every kind, `epoch` the Manager's lives. */
export interface AttemptTicket {
  readonly serial: number;
  readonly epoch: number;
}

/** The intent: committed before the call is made, and the lease of the attempt. */
export interface OpenAttempt extends AttemptTicket {
  readonly phase: AttemptPhase;
  /** The host's own version (`canister_version`) when the attempt was made; what it created can be recognised by it. */
  readonly hostVersion: bigint;
  readonly startedAtMs: number;
  readonly leaseUntilMs: number;
}

/** Why a saga was parked. Stable codes; docs list each with cause and remedy. */
export type ParkReason =
  | 'attemptsExhausted'
  | 'terminalError'
  | 'defect'
  | 'outcomeUndecided'
  | 'evidenceUnreadable'
  | 'compensationFailed';

/** Every reason, in the order of the binary record format: append only. */
export const parkReasons: readonly ParkReason[] = [
  'attemptsExhausted',
  'terminalError',
  'defect',
  'outcomeUndecided',
  'evidenceUnreadable',
  'compensationFailed',
];

/** The durable record behind a job. Immutable: every decision makes a new one. */
export interface SagaRecord<Facts> {
  readonly id: bigint;
  readonly definitionName: string;
  readonly definitionVersion: number;
  readonly status: SagaStatus;
  /** The step at work; equal to the number of steps once all succeeded. While compensating it goes down. */
  readonly cursor: number;
  /** The saga goes back: the step at work is being undone. Never taken back. */
  readonly compensating?: true;
  /** Cancelling was asked for; the saga turns round as soon as the outcome of its step at work is known. */
  readonly cancelRequestedAtMs?: number;
  readonly steps: readonly StepRecord[];
  readonly facts: Facts;
  /** Attempts of every kind so far; the next one's serial is one more. */
  readonly attempts: number;
  readonly openAttempt?: OpenAttempt;
  /** When the saga wants to be woken next; absent when only an answer or a person can move it. */
  readonly dueAtMs?: number;
  readonly parked?: { readonly reason: ParkReason; readonly sinceMs: number };
  /** Answers that came for an attempt nobody waits for any more. */
  readonly lateAnswers: number;
  /** Rises with every change; optimistic callers pass it back. Also the number of journal entries ever written. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly endedAtMs?: number;
}
