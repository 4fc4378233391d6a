import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** Why a canister must not be given to a job. Stored by place: append only. */
export const unfitReasons = [
  /** Somebody else controls it, too, or the Manager does not any more. */
  'wrongControllers',
  /** It does not exist any more: its account says so, and it is on no list. */
  'gone',
  /** Its status could not be understood; not given as a reason any more. */
  'unreadable',
  /** It was emptied and filled again and again and is still not as it must be. */
  'neverFit',
  /** An operator ended the job that had it before the job was complete: nobody knows what it is like. */
  'jobTerminated',
] as const;
export type UnfitReason = (typeof unfitReasons)[number];

/** A canister the Manager controls and no job uses. */
export interface Vacancy {
  readonly canisterId: Uint8Array;
  /** When it was last looked at; it is looked at again before a job gets it. */
  readonly cycles: bigint;
  readonly sinceMs: number;
  /** It rests until then; see `vacantRestMs`. */
  readonly availableAtMs: number;
  /** The job that had it last; 0: none. */
  readonly formerJobId: bigint;
  readonly unfit?: UnfitReason;
}

/** Unfit canisters sort behind all that will ever be available. */
const neverMs = Number.MAX_SAFE_INTEGER;

/** Whether a row of this key is of a canister that is available, now or later: readable without the row. */
export function isFitKey(key: Uint8Array): boolean {
  return new BinaryReader(key).timeMs() < neverMs;
}

/** Keys order by the time from which a canister is available. */
export function vacancyKey({ canisterId, availableAtMs, unfit }: Vacancy): Uint8Array {
  return new BinaryWriter()
    .timeMs(unfit ? neverMs : availableAtMs)
    .bytes(canisterId)
    .finish();
}

export function encodeVacancy({ cycles, sinceMs, availableAtMs, formerJobId, unfit }: Vacancy): Uint8Array {
  const writer = new BinaryWriter().u8(schemaVersion).natural(cycles).timeMs(sinceMs).timeMs(availableAtMs);
  return writer
    .u64(formerJobId)
    .optional(unfit, (reason) => writer.u8(unfitReasons.indexOf(reason)))
    .finish();
}

export function decodeVacancy(key: Uint8Array, bytes: Uint8Array): Vacancy {
  const keyReader = new BinaryReader(key);
  keyReader.timeMs();
  const canisterId = keyReader.bytes();
  const reader = versionedReader('vacancy', bytes, schemaVersion);
  const row = {
    canisterId,
    cycles: reader.natural(),
    sinceMs: reader.timeMs(),
    availableAtMs: reader.timeMs(),
    formerJobId: reader.u64(),
  };
  const unfit = reader.optional(() => reader.word(unfitReasons));
  reader.finish();
  return unfit === undefined ? row : { ...row, unfit };
}
