import { BinaryWriter } from '../../saga/index.ts';
import { orphanKey, orphanScanKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** Stored by place: append only. */
const findings = ['awaited', 'orphan', 'other', 'missing', 'unread'] as const;
export type OrphanFinding = (typeof findings)[number];

export interface OrphanEntry {
  readonly number: bigint;
  readonly finding: OrphanFinding;
}

/** A scan over the canister ids among which the Manager's canisters are, for those that nobody accounts for. */
export interface OrphanScan {
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** Why it ended before it was through. */
  readonly failure?: string;
  /** The first number, the next one, and the highest known of a canister the Manager created; it goes on beyond that. */
  readonly from: bigint;
  readonly next: bigint;
  readonly highest: bigint;
  /** Numbers at the end of what was read that are not given out. */
  readonly missingInRow: number;
  /** Stretches in a row in which nothing could be read. */
  readonly failures: number;
  /** Rows of orphans, and how many of them were asked for their cycles. */
  readonly found: number;
  readonly asked: number;
  /** The next stretch must not be sent before, unless the present one is answered. */
  readonly notBeforeMs: number;
  /** The stretch whose answers are awaited. */
  readonly stretch: readonly OrphanEntry[];
}

/** A canister that the Manager controls and has no account of. */
export interface Orphan {
  readonly canisterId: Uint8Array;
  readonly foundAtMs: number;
  readonly moduleHash?: Uint8Array;
  /** Absent until it was asked for. */
  readonly cycles?: bigint;
}

export function writeOrphanScan(scan: OrphanScan): void {
  const writer = new BinaryWriter().u8(schemaVersion).text(scan.requestId).timeMs(scan.startedAtMs);
  writer.optional(scan.endedAtMs, (atMs) => writer.timeMs(atMs));
  writer.optional(scan.failure, (failure) => writer.text(failure));
  writer.u64(scan.from).u64(scan.next).u64(scan.highest).u32(scan.missingInRow).u32(scan.failures);
  writer.u32(scan.found).u32(scan.asked).timeMs(scan.notBeforeMs).u32(scan.stretch.length);
  for (const { number, finding } of scan.stretch) writer.u64(number).u8(findings.indexOf(finding));
  records.set(orphanScanKey(), writer.finish());
}

export function readOrphanScan(): OrphanScan | undefined {
  const bytes = records.get(orphanScanKey());
  if (!bytes) return undefined;
  const reader = versionedReader('orphan scan', bytes, schemaVersion);
  const head = { requestId: reader.text(), startedAtMs: reader.timeMs() };
  const endedAtMs = reader.optional(() => reader.timeMs());
  const failure = reader.optional(() => reader.text());
  const range = { from: reader.u64(), next: reader.u64(), highest: reader.u64() };
  const counts = { missingInRow: reader.u32(), failures: reader.u32() };
  const rows = { found: reader.u32(), asked: reader.u32(), notBeforeMs: reader.timeMs() };
  const count = reader.u32();
  const stretch = Array.from({ length: count }, () => ({
    number: reader.u64(),
    finding: reader.word(findings),
  }));
  reader.finish();
  return {
    ...head,
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    ...(failure === undefined ? {} : { failure }),
    ...range,
    ...counts,
    ...rows,
    stretch,
  };
}

export function writeOrphan(index: number, { canisterId, foundAtMs, moduleHash, cycles }: Orphan): void {
  const writer = new BinaryWriter().u8(schemaVersion).bytes(canisterId).timeMs(foundAtMs);
  writer.optional(moduleHash, (hash) => writer.bytes(hash));
  writer.optional(cycles, (amount) => writer.natural(amount));
  records.set(orphanKey(index), writer.finish());
}

export function readOrphan(index: number): Orphan | undefined {
  const bytes = records.get(orphanKey(index));
  if (!bytes) return undefined;
  const reader = versionedReader('orphan', bytes, schemaVersion);
  const head = { canisterId: reader.bytes(), foundAtMs: reader.timeMs() };
  const moduleHash = reader.optional(() => reader.bytes());
  const cycles = reader.optional(() => reader.natural());
  reader.finish();
  return {
    ...head,
    ...(moduleHash === undefined ? {} : { moduleHash }),
    ...(cycles === undefined ? {} : { cycles }),
  };
}
