import type { JournalEntry } from './event.ts';
import type { Outcome } from './outcome.ts';
import type { OpenAttempt } from './record.ts';

/**
 * What a decision asks for. The new record must be committed before (or with) any of it. When to wake the saga is
 * part of the record itself (`dueAtMs`), so that it cannot be lost.
 */
export type Effect<Facts, Action> =
  /** Append this to the saga's journal. */
  | { readonly kind: 'record'; readonly entry: JournalEntry<Facts> }
  /** Carry out the action; report with an event that bears the attempt's ticket. */
  | { readonly kind: 'perform'; readonly attempt: OpenAttempt; readonly action: Action }
  /** An answer came that changes nothing here any more; what it created must still be accounted for. */
  | { readonly kind: 'lateAnswer'; readonly outcome: Outcome<Facts> };
