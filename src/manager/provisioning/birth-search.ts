/**
 * The search for a canister that a call of unknown outcome may have created. A subnet gives numbers out in ascending
 * order and executes one canister's calls in the order they were sent. So the child of the call has a number above all
 * that were known when the call was sent, and below that of any canister which a later call created.
 */

/** What one number is: the canister looked for, another one, none, or nobody could tell this time. */
export type Finding = 'ours' | 'other' | 'missing' | 'unread';

export interface Reading {
  readonly number: bigint;
  readonly finding: Finding;
}

export interface BirthSearch {
  /** All numbers up to this one were known when the call was sent. */
  readonly highestNumberBefore: bigint;
  /** The first number not judged yet. */
  readonly next: bigint;
  /** The number of a canister that a later call created; undefined while none is known. */
  readonly through?: bigint;
}

export type SearchVerdict =
  | { readonly kind: 'found'; readonly number: bigint }
  /** Every number the canister could have was read: there is none. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'further'; readonly next: bigint }
  /** A number could not be read; it must be read again. */
  | { readonly kind: 'unread'; readonly number: bigint }
  /**
   * A number is not given out (yet), and no canister of a later call is known: the call may still be executed, or its
   * child may have a number behind those of deleted canisters.
   */
  | { readonly kind: 'frontier'; readonly number: bigint }
  /** More numbers than may be read lie where the canister could be. */
  | { readonly kind: 'tooFar' };

/**
 * What a stretch of readings says.
 *
 * @param readings one for each number from `search.next` on, without gaps, in ascending order
 * @param maximumNumbers numbers that may be read in all before the search gives up
 */
export function judgeReadings(
  search: BirthSearch,
  readings: readonly Reading[],
  maximumNumbers: bigint,
): SearchVerdict {
  const { highestNumberBefore, through } = search;
  const found = readings.find(({ finding }) => finding === 'ours');
  if (found) return { kind: 'found', number: found.number };
  if (through !== undefined && through - highestNumberBefore > maximumNumbers) return { kind: 'tooFar' };
  let { next } = search;
  for (const { number, finding } of readings) {
    if (through !== undefined && next > through) break;
    if (number !== next) throw new Error(`birth search: number ${number} was read where ${next} is next`);
    if (finding === 'unread') return { kind: 'unread', number };
    if (finding === 'missing' && through === undefined) return { kind: 'frontier', number };
    next += 1n;
  }
  if (through !== undefined && next > through) return { kind: 'absent' };
  return next - highestNumberBefore > maximumNumbers ? { kind: 'tooFar' } : { kind: 'further', next };
}
