import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import type { OrderedMap } from '../../saga/index.ts';
import { endedJobKey, endedJobsKey } from '../storage/keys.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** A job that has ended and whose journal is still whole. */
export interface EndedJob {
  readonly jobId: bigint;
  readonly endedAtMs: number;
}

/** Jobs in the order in which they ended, until their journals are compacted: first in, first out. */
export class EndedJobs {
  constructor(private readonly records: OrderedMap) {}

  /** Appends a job that has just ended. */
  add(jobId: bigint, endedAtMs: number): void {
    const { front, end } = this.bounds();
    const row = new BinaryWriter().u8(schemaVersion).u64(jobId).timeMs(endedAtMs).finish();
    this.records.set(endedJobKey(end), row);
    this.writeBounds(front, end + 1n);
  }

  /** The job that ended longest ago. */
  first(): EndedJob | undefined {
    const { front, end } = this.bounds();
    if (front === end) return undefined;
    const bytes = this.records.get(endedJobKey(front));
    if (!bytes) throw new Error(`ended jobs: row ${front} is missing`);
    const reader = versionedReader('ended jobs', bytes, schemaVersion);
    return { jobId: reader.u64(), endedAtMs: reader.timeMs() };
  }

  /** Forgets the job that {@link first} answered. */
  removeFirst(): void {
    const { front, end } = this.bounds();
    this.records.delete(endedJobKey(front));
    this.writeBounds(front + 1n, end);
  }

  size(): number {
    const { front, end } = this.bounds();
    return Number(end - front);
  }

  private bounds(): { front: bigint; end: bigint } {
    const bytes = this.records.get(endedJobsKey());
    if (!bytes) return { front: 0n, end: 0n };
    const reader = new BinaryReader(bytes);
    return { front: reader.u64(), end: reader.u64() };
  }

  private writeBounds(front: bigint, end: bigint): void {
    this.records.set(endedJobsKey(), new BinaryWriter().u64(front).u64(end).finish());
  }
}
