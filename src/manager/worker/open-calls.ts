import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import { nowMs } from '../clock.ts';
import { unboundedCallLeaseMs } from '../provisioning/policies.ts';
import { openCallsKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';

const schemaVersion = 1;

/** Durable calls that were sent and not answered, as far as the Manager knows. */
interface OpenCalls {
  readonly count: number;
  readonly lastSentAtMs: number;
}

/** A durable call is being sent. */
export function noteCallSent(): void {
  writeOpenCalls({ count: countOpenCalls() + 1, lastSentAtMs: nowMs() });
}

/** The answer to a durable call was read. */
export function noteCallAnswered(): void {
  const { count, lastSentAtMs } = readOpenCalls();
  // Calls that an earlier version of the Manager sent were not counted.
  if (count > 0) writeOpenCalls({ count: count - 1, lastSentAtMs });
}

/**
 * Calls that a stop of the Manager would have to wait for. An answer whose handler trapped is never read, and its call
 * would count as open for ever: so when nothing has been sent for as long as any call may take, nothing is open.
 */
export function countOpenCalls(): number {
  const { count, lastSentAtMs } = readOpenCalls();
  return lastSentAtMs + unboundedCallLeaseMs > nowMs() ? count : 0;
}

function readOpenCalls(): OpenCalls {
  const bytes = records.get(openCallsKey());
  const reader = bytes && new BinaryReader(bytes);
  // No more than a count for people: what another version of the Manager wrote must not stop a call or an answer.
  if (reader?.u8() !== schemaVersion) return { count: 0, lastSentAtMs: 0 };
  return { count: reader.u32(), lastSentAtMs: reader.timeMs() };
}

function writeOpenCalls({ count, lastSentAtMs }: OpenCalls): void {
  records.set(openCallsKey(), new BinaryWriter().u8(schemaVersion).u32(count).timeMs(lastSentAtMs).finish());
}
