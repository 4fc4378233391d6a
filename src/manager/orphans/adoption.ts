import { BinaryWriter } from '../../saga/index.ts';
import { adoptionKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** Stored by place: append only. */
const states = ['reading', 'adopted', 'refused'] as const;
export type AdoptionState = (typeof states)[number];

/** What became of the latest wish to adopt a canister. */
export interface Adoption {
  readonly state: AdoptionState;
  /** The job that was to get it; 0: none, it was to become vacant. */
  readonly jobId: bigint;
  readonly atMs: number;
  /** What was read, and why that was not enough if it was refused. */
  readonly evidence: string;
}

export function writeAdoption(canisterId: Uint8Array, { state, jobId, atMs, evidence }: Adoption): void {
  const writer = new BinaryWriter().u8(schemaVersion).u8(states.indexOf(state)).u64(jobId).timeMs(atMs);
  records.set(adoptionKey(canisterId), writer.text(evidence).finish());
}

export function readAdoption(canisterId: Uint8Array): Adoption | undefined {
  const bytes = records.get(adoptionKey(canisterId));
  if (!bytes) return undefined;
  const reader = versionedReader('adoption', bytes, schemaVersion);
  return {
    state: reader.word(states),
    jobId: reader.u64(),
    atMs: reader.timeMs(),
    evidence: reader.text(),
  };
}
