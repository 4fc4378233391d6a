import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import { ownerGreeterKey, ownerJobKey, ownerKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** What the Manager counts about one caller; the counts are also the lengths of the caller's lists. */
export interface OwnerCounts {
  readonly jobs: number;
  /** Jobs that have not ended: what `maximumOpenJobsPerCaller` limits. */
  readonly openJobs: number;
  readonly greeters: number;
}

export function ownerCounts(owner: Uint8Array): OwnerCounts {
  const bytes = records.get(ownerKey(owner));
  if (!bytes) return { jobs: 0, openJobs: 0, greeters: 0 };
  const reader = versionedReader('owner counts', bytes, schemaVersion);
  return { jobs: reader.u32(), openJobs: reader.u32(), greeters: reader.u32() };
}

/** Appends a job to the owner's list; it is open. */
export function addOwnerJob(owner: Uint8Array, jobId: bigint): void {
  const counts = ownerCounts(owner);
  records.set(ownerJobKey(owner, counts.jobs), new BinaryWriter().u64(jobId).finish());
  writeCounts(owner, { ...counts, jobs: counts.jobs + 1, openJobs: counts.openJobs + 1 });
}

/** One of the owner's jobs has ended. */
export function closeOwnerJob(owner: Uint8Array): void {
  const counts = ownerCounts(owner);
  if (counts.openJobs === 0) throw new Error('owner counts: a job ended although none was open');
  writeCounts(owner, { ...counts, openJobs: counts.openJobs - 1 });
}

/** Appends a Greeter, named by its place in the registry, to the owner's list. */
export function addOwnerGreeter(owner: Uint8Array, registryIndex: number): void {
  const counts = ownerCounts(owner);
  records.set(ownerGreeterKey(owner, counts.greeters), new BinaryWriter().u32(registryIndex).finish());
  writeCounts(owner, { ...counts, greeters: counts.greeters + 1 });
}

export function ownerJobAt(owner: Uint8Array, index: number): bigint | undefined {
  const bytes = records.get(ownerJobKey(owner, index));
  return bytes && new BinaryReader(bytes).u64();
}

/** Whether a job is on the owner's list, without reading the job. Ids rise along the list, so half of it is left out each time. */
export function isOwnerOf(owner: Uint8Array, jobId: bigint): boolean {
  let [first, end] = [0, ownerCounts(owner).jobs];
  while (first < end) {
    const middle = Math.floor((first + end) / 2);
    const id = ownerJobAt(owner, middle);
    if (id === jobId) return true;
    if (id === undefined || id > jobId) end = middle;
    else first = middle + 1;
  }
  return false;
}

export function ownerGreeterAt(owner: Uint8Array, index: number): number | undefined {
  const bytes = records.get(ownerGreeterKey(owner, index));
  return bytes && new BinaryReader(bytes).u32();
}

function writeCounts(owner: Uint8Array, { jobs, openJobs, greeters }: OwnerCounts): void {
  const writer = new BinaryWriter().u8(schemaVersion).u32(jobs).u32(openJobs).u32(greeters);
  records.set(ownerKey(owner), writer.finish());
}
