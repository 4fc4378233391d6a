import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import { auditCountKey, auditRequestKey, auditRowKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** Who did what to what, why, and what came of it. Kept for ever: rows are appended and never changed later. */
export interface AuditRow {
  /** Counted from 1 without gaps. */
  readonly sequence: number;
  readonly atMs: number;
  readonly actor: Uint8Array;
  /** The method's name. */
  readonly verb: string;
  /** What it was done to: `job 7`, a principal, `queue` … */
  readonly target: string;
  /** What else was asked for, so that a repeated request can be told from another one. May be empty. */
  readonly details: string;
  /** Empty where the method takes none. */
  readonly requestId: string;
  readonly reason: string;
  readonly outcome: string;
}

/** How many rows there are. */
export function auditCount(): number {
  const bytes = records.get(auditCountKey());
  return bytes ? new BinaryReader(bytes).u32() : 0;
}

/** Appends a row, and remembers it as what this actor's request id stands for. */
export function appendAuditRow(row: Omit<AuditRow, 'sequence'>): AuditRow {
  const sequence = auditCount() + 1;
  records.set(auditCountKey(), new BinaryWriter().u32(sequence).finish());
  if (row.requestId !== '') {
    records.set(auditRequestKey(row.actor, row.requestId), new BinaryWriter().u32(sequence).finish());
  }
  const appended = { sequence, ...row };
  writeAuditRow(appended);
  return appended;
}

/** Writes a row in its place. Only to complete, within the same message, the row that was appended in it. */
export function writeAuditRow(row: AuditRow): void {
  const writer = new BinaryWriter().u8(schemaVersion).timeMs(row.atMs).bytes(row.actor);
  for (const text of [row.verb, row.target, row.details, row.requestId, row.reason, row.outcome])
    writer.text(text);
  records.set(auditRowKey(row.sequence), writer.finish());
}

/** @throws Error when there is no such row: sequences have no gaps */
export function auditRow(sequence: number): AuditRow {
  const bytes = records.get(auditRowKey(sequence));
  if (!bytes) throw new Error(`audit: row ${sequence} is missing`);
  const reader = versionedReader('audit row', bytes, schemaVersion);
  return {
    sequence,
    atMs: reader.timeMs(),
    actor: reader.bytes(),
    verb: reader.text(),
    target: reader.text(),
    details: reader.text(),
    requestId: reader.text(),
    reason: reader.text(),
    outcome: reader.text(),
  };
}

/** The row that an actor's request id stands for, if it was used before. */
export function auditRowOfRequest(actor: Uint8Array, requestId: string): AuditRow | undefined {
  const bytes = records.get(auditRequestKey(actor, requestId));
  return bytes && auditRow(new BinaryReader(bytes).u32());
}
