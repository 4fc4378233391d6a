import { BinaryWriter } from '../../saga/index.ts';
import type { AttemptTicket } from '../../saga/index.ts';
import type { Finding, Reading } from '../provisioning/birth-search.ts';
import { searchTallyKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** Stored by place: append only. */
const findings = ['awaited', 'ours', 'other', 'missing', 'unread', 'older'] as const;

/** One number of a stretch: what was found, or that its answer has not come yet. */
export interface TallyEntry {
  readonly number: bigint;
  readonly finding: Finding | 'awaited';
}

/** One stretch of a search for a birth, while its answers come in one by one. */
export interface SearchTally {
  /** The attempt that reads the stretch; answers for another one are too late. */
  readonly ticket: AttemptTicket;
  /** The Manager's version when the creation was sent whose child is looked for. */
  readonly hostVersion: bigint;
  /** When it was sent. */
  readonly sentAtMs: number;
  /** In the order of the search, without gaps. */
  readonly entries: readonly TallyEntry[];
}

export function writeSearchTally(
  sagaId: bigint,
  { ticket, hostVersion, sentAtMs, entries }: SearchTally,
): void {
  const writer = new BinaryWriter().u8(schemaVersion).u32(ticket.serial).u32(ticket.epoch).u64(hostVersion);
  writer.timeMs(sentAtMs).u32(entries.length);
  for (const { number, finding } of entries) writer.u64(number).u8(findings.indexOf(finding));
  records.set(searchTallyKey(sagaId), writer.finish());
}

export function readSearchTally(sagaId: bigint): SearchTally | undefined {
  const bytes = records.get(searchTallyKey(sagaId));
  if (!bytes) return undefined;
  const reader = versionedReader('search tally', bytes, schemaVersion);
  const ticket = { serial: reader.u32(), epoch: reader.u32() };
  const hostVersion = reader.u64();
  const sentAtMs = reader.timeMs();
  const count = reader.u32();
  const entries = Array.from({ length: count }, () => ({
    number: reader.u64(),
    finding: reader.word(findings),
  }));
  reader.finish();
  return { ticket, hostVersion, sentAtMs, entries };
}

export function deleteSearchTally(sagaId: bigint): void {
  records.delete(searchTallyKey(sagaId));
}

/** The whole stretch, once every answer is there. */
export function completeReadings(entries: readonly TallyEntry[]): Reading[] | undefined {
  const readings = entries.flatMap(({ number, finding }) =>
    finding === 'awaited' ? [] : [{ number, finding }],
  );
  return readings.length === entries.length ? readings : undefined;
}
