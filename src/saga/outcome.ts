/**
 * What an error says about the effect of the attempt that met it. Decided once, where the raw answer is read:
 * - `retryable`: surely not applied; trying again may work.
 * - `terminal`: surely not applied; trying again will not help.
 * - `unknown`: it may or may not have been applied.
 * - `interrupted`: our own state (a stop, an upgrade, a lack of means); surely not applied, and no attempt is consumed.
 * - `defect`: an assertion failed or an answer could not be read; park loudly, no retry storm.
 */
export type ErrorClass = 'retryable' | 'terminal' | 'unknown' | 'interrupted' | 'defect';

/** Every class, in the order of the binary record format: append only. */
export const errorClasses: readonly ErrorClass[] = [
  'retryable',
  'terminal',
  'unknown',
  'interrupted',
  'defect',
];

/** An error as it is kept on a step. `code` is stable and documented; `message` is for people and bounded. */
export interface StepError {
  readonly class: ErrorClass;
  readonly code: string;
  readonly message: string;
}

/** What executing or compensating a step led to. */
export type Outcome<Facts> =
  | { readonly kind: 'applied'; readonly learned?: Partial<Facts> }
  /**
   * One call of several succeeded: the step goes on at once with what was learned. It costs no attempt. What was done
   * so far must need no undoing.
   */
  | { readonly kind: 'unfinished'; readonly learned: Partial<Facts> }
  | {
      readonly kind: 'notApplied';
      readonly error: StepError & { readonly class: 'retryable' | 'terminal' };
      /** Not to be tried again before this many milliseconds, whatever the policy says (a rate limit, for instance). */
      readonly retryAfterMs?: number;
      /** For errors that deserve less patience than the policy has: attempts in all before the saga parks. */
      readonly maximumAttempts?: number;
      readonly learned?: Partial<Facts>;
    }
  | {
      readonly kind: 'unknown';
      readonly error: StepError & { readonly class: 'unknown' };
      readonly learned?: Partial<Facts>;
    }
  | {
      readonly kind: 'interrupted';
      readonly error: StepError & { readonly class: 'interrupted' };
      /** Not to be tried again before this many milliseconds; absent: at once. */
      readonly retryAfterMs?: number;
      readonly learned?: Partial<Facts>;
    }
  | { readonly kind: 'defect'; readonly error: StepError & { readonly class: 'defect' } };

/** What reading the evidence about an unknown attempt led to. `evidence` tells people what was read. */
export type Verdict<Facts> =
  | { readonly kind: 'applied'; readonly evidence: string; readonly learned?: Partial<Facts> }
  | { readonly kind: 'notApplied'; readonly evidence: string; readonly learned?: Partial<Facts> }
  /** `learned` carries how far the reading has come, so that a retry reads on and not the same again. */
  | { readonly kind: 'undecided'; readonly evidence: string; readonly learned?: Partial<Facts> }
  /** More must be read; `learned` carries how far the reading has come. */
  | { readonly kind: 'unfinished'; readonly evidence: string; readonly learned: Partial<Facts> }
  /** The evidence itself could not be read this time. */
  | {
      readonly kind: 'unreadable';
      readonly error: StepError;
      /** For errors of class `interrupted`: not to be read again before this many milliseconds; absent: at once. */
      readonly retryAfterMs?: number;
    };
