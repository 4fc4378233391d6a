import { BinaryWriter } from '../binary/binary-writer.ts';

/** First bytes of the engine's keys in the map it shares with its host. The host uses bytes from 0x40. */
const prefixes = {
  record: 0x01,
  journal: 0x02,
  journalBase: 0x03,
  statusCounts: 0x04,
  journalCheckpoint: 0x05,
} as const;

export function recordKey(id: bigint): Uint8Array {
  return new BinaryWriter().u8(prefixes.record).u64(id).finish();
}

export function journalKey(id: bigint, sequence: number): Uint8Array {
  return new BinaryWriter().u8(prefixes.journal).u64(id).u32(sequence).finish();
}

export function journalBaseKey(id: bigint): Uint8Array {
  return new BinaryWriter().u8(prefixes.journalBase).u64(id).finish();
}

export function journalCheckpointKey(id: bigint): Uint8Array {
  return new BinaryWriter().u8(prefixes.journalCheckpoint).u64(id).finish();
}

const statusCountsKeyBytes = new BinaryWriter().u8(prefixes.statusCounts).finish();

/** Always the same bytes: there is one such row, and it is read whenever a status changes. */
export function statusCountsKey(): Uint8Array {
  return statusCountsKeyBytes;
}

/** Due keys order by time, then by age, so that nobody starves behind younger sagas. */
export function dueKey(atMs: number, id: bigint): Uint8Array {
  return new BinaryWriter().timeMs(atMs).u64(id).finish();
}
