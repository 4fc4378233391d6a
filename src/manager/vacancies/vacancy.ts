import { BinaryReader, BinaryWriter } from '../../saga/index.ts';

const schemaVersion = 2;

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
  /** What it had when it was last looked at; absent: never. It is looked at again before a job gets it. */
  readonly cycles?: bigint;
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
  const writer = new BinaryWriter().u8(schemaVersion);
  writer.optional(cycles, (amount) => writer.natural(amount));
  writer.timeMs(sinceMs).timeMs(availableAtMs).u64(formerJobId);
  return writer.optional(unfit, (reason) => writer.u8(unfitReasons.indexOf(reason))).finish();
}

export function decodeVacancy(key: Uint8Array, bytes: Uint8Array): Vacancy {
  const keyReader = new BinaryReader(key);
  keyReader.timeMs();
  const canisterId = keyReader.bytes();
  const reader = new BinaryReader(bytes);
  const version = reader.u8();
  if (version < 1 || version > schemaVersion) throw new Error(`vacancy: unknown schema version ${version}`);
  const cycles = version === 1 ? readFirstCycles(reader) : reader.optional(() => reader.natural());
  const times = { sinceMs: reader.timeMs(), availableAtMs: reader.timeMs() };
  const formerJobId = reader.u64();
  const unfit = reader.optional(() => reader.word(unfitReasons));
  reader.finish();
  return {
    canisterId,
    ...times,
    formerJobId,
    ...(cycles === undefined ? {} : { cycles }),
    ...(unfit === undefined ? {} : { unfit }),
  };
}

/** Version 1 wrote 0 for what it had not looked at. */
function readFirstCycles(reader: BinaryReader): bigint | undefined {
  return reader.natural() || undefined;
}
