import type { Outcome, Verdict } from './outcome.ts';
import type { AttemptTicket } from './record.ts';

/** What can happen to a saga. Events are data and are what the journal keeps: replaying them gives the record. */
export type SagaEvent<Facts> =
  /** Its due time has come. Epoch and host version are stamped on the attempt this may start. */
  | {
      readonly type: 'wake';
      readonly epoch: number;
      readonly hostVersion: bigint;
      /** What the host knows that the attempt needs (which of its resources it may use); kept if one is started. */
      readonly learned?: Partial<Facts>;
    }
  /** An execution or a compensation was answered. */
  | { readonly type: 'outcome'; readonly ticket: AttemptTicket; readonly outcome: Outcome<Facts> }
  /** Evidence about an unknown attempt was read. */
  | { readonly type: 'verdict'; readonly ticket: AttemptTicket; readonly verdict: Verdict<Facts> }
  /** An operator asks to go on with a parked or waiting saga, with a fresh budget of attempts and maybe new facts. */
  | {
      readonly type: 'retry';
      readonly learned?: Partial<Facts>;
      /** Due only after so many milliseconds, to spread many retries; absent: at once. */
      readonly delayMs?: number;
    }
  /** Undo what was done. Before the pivot only; what is under way is waited for, what is unknown is found out first. */
  | { readonly type: 'cancel' }
  /** An operator says what became of an outcome that the engine could not find out, or of an undoing that failed. */
  | {
      readonly type: 'resolve';
      readonly finding: 'applied' | 'notApplied';
      /** How the operator knows. */
      readonly evidence: string;
      readonly learned?: Partial<Facts>;
    }
  /** An operator gives up: nothing is done any more and nothing is undone. */
  | { readonly type: 'terminate' };

/** An event with its place in the saga's history. */
export interface JournalEntry<Facts> {
  /** Counted from 1 without gaps; equals the record's version after this event. */
  readonly sequence: number;
  readonly atMs: number;
  readonly event: SagaEvent<Facts>;
}
