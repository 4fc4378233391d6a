import { BinaryWriter } from '../../saga/index.ts';
import { queueControlKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** What keeps the queue from starting anything. */
export interface QueueControl {
  /** By an operator, until an operator resumes it; no new requests are accepted either. */
  readonly paused?: { readonly reason: string; readonly sinceMs: number };
  /** For an upgrade, which ends it; requests are accepted, and wait. */
  readonly drainingSinceMs?: number;
}

/** The row as it was last read; see `configuration-store.ts` for why it cannot come apart from the row. */
let known: QueueControl | undefined;

export function readQueueControl(): QueueControl {
  known ??= readRow();
  return known;
}

function readRow(): QueueControl {
  const bytes = records.get(queueControlKey());
  if (!bytes) return {};
  const reader = versionedReader('queue control', bytes, schemaVersion);
  const paused = reader.optional(() => ({ reason: reader.text(), sinceMs: reader.timeMs() }));
  const drainingSinceMs = reader.optional(() => reader.timeMs());
  return { ...(paused && { paused }), ...(drainingSinceMs === undefined ? {} : { drainingSinceMs }) };
}

export function writeQueueControl(control: QueueControl): void {
  const { paused, drainingSinceMs } = control;
  const writer = new BinaryWriter().u8(schemaVersion);
  writer.optional(paused, ({ reason, sinceMs }) => writer.text(reason).timeMs(sinceMs));
  writer.optional(drainingSinceMs, (sinceMs) => writer.timeMs(sinceMs));
  records.set(queueControlKey(), writer.finish());
  known = control;
}

/**
 * Whether new attempts may start, of whatever kind: executions, readings of evidence, compensations. What is under way
 * goes on all the same: its answers are handled, and its leases end.
 */
export function mayStartAttempts(): boolean {
  const { paused, drainingSinceMs } = readQueueControl();
  return paused === undefined && drainingSinceMs === undefined;
}

/** The upgrade that the queue was drained for has happened. A pause is meant to outlast it. */
export function endDraining(): void {
  const { paused, drainingSinceMs } = readQueueControl();
  if (drainingSinceMs !== undefined) writeQueueControl(paused ? { paused } : {});
}
