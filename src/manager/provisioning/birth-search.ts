/**
 * The search for a canister that a call of unknown outcome may have created. A subnet gives numbers out in ascending
 * order and executes one canister's calls in the order they were sent. So the child of the call has a number below that
 * of any canister which a later call created, and above those of all canisters that existed when the call was sent. On a
 * busy subnet others create canisters all the time: only the few of about the time of the call are worth reading, so the
 * search goes down from the later canister until it meets one that is older than the call.
 */

/**
 * What one number is: the canister looked for; one that is older than the call, so that all below are too; another one
 * of unknown age or younger; none (any more); or nobody could tell this time.
 */
export type Finding = 'ours' | 'older' | 'other' | 'missing' | 'unread';

export interface Reading {
  readonly number: bigint;
  readonly finding: Finding;
}

export interface BirthSearch {
  /** All numbers up to this one were known when the call was sent. */
  readonly highestNumberBefore: bigint;
  /** Undefined while no canister is known that a later call created. */
  readonly range?: {
    /** The number of a canister that a later call created. */
    readonly through: bigint;
    /** Where this go at the search began: the numbers it may read are counted from here. */
    readonly from: bigint;
    /** The highest number not judged yet. */
    readonly next: bigint;
  };
}

export type SearchVerdict =
  | { readonly kind: 'found'; readonly number: bigint }
  /** Every number the canister could have was read: there is none. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'further'; readonly next: bigint }
  /** A number could not be read; it must be read again. */
  | { readonly kind: 'unread'; readonly number: bigint }
  /** No canister of a later call is known: the call may still be executed, or its child have any higher number. */
  | { readonly kind: 'noLaterCreation' }
  /** More numbers than may be read in one go lie where the canister could be. */
  | { readonly kind: 'tooFar'; readonly next: bigint };

/**
 * A canister that shows a change so much before the call was sent is older than the call. The times are of one subnet,
 * whose time never goes back, so any margin would do; this one forgives a network that dates a change by an earlier block.
 */
export const creationTimeMarginMs = 10_000;

/** While no later creation is known: so many numbers right behind the highest known are looked at, for an idle subnet. */
const probedNumbers = 8n;

/** The numbers worth reading next, in this order: from the first to the last. */
export function numbersToRead({ highestNumberBefore, range }: BirthSearch): { first: bigint; last: bigint } {
  const lowest = highestNumberBefore + 1n;
  return range ? { first: range.next, last: lowest } : { first: lowest, last: lowest + probedNumbers - 1n };
}

/**
 * What a stretch of readings says.
 *
 * @param readings a beginning of {@link numbersToRead}, without gaps
 * @param maximumNumbers numbers that may be read in one go before the search gives up
 */
export function judgeReadings(
  { highestNumberBefore, range }: BirthSearch,
  readings: readonly Reading[],
  maximumNumbers: bigint,
): SearchVerdict {
  const found = readings.find(({ finding }) => finding === 'ours');
  if (found) return { kind: 'found', number: found.number };
  if (!range) return judgeProbe(highestNumberBefore + 1n, readings);
  let { next } = range;
  for (const { number, finding } of readings) {
    if (number !== next) throw new Error(`birth search: number ${number} was read where ${next} is next`);
    if (finding === 'unread') return { kind: 'unread', number };
    if (finding === 'older') return { kind: 'absent' };
    next -= 1n;
  }
  if (next <= highestNumberBefore) return { kind: 'absent' };
  return range.from - next >= maximumNumbers ? { kind: 'tooFar', next } : { kind: 'further', next };
}

/** Found nothing: that says something only once every number of the probe was read. */
function judgeProbe(first: bigint, readings: readonly Reading[]): SearchVerdict {
  const read = readings.findIndex(({ finding }) => finding === 'unread');
  const count = BigInt(read < 0 ? readings.length : read);
  return count < probedNumbers ? { kind: 'unread', number: first + count } : { kind: 'noLaterCreation' };
}
