import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import type { CallAnswer } from '../provisioning/call-answer.ts';
import { inbox } from '../storage/memory.ts';

const schemaVersion = 1;

/** An answer as it came, with the id of the call it answers. */
export interface StoredAnswer {
  readonly callId: number;
  readonly answer: CallAnswer;
}

/** Keeps the raw answer. The response handler's whole work: what traps there is lost, for the IC delivers once. */
export function storeAnswer({ callId, answer }: StoredAnswer): void {
  const writer = new BinaryWriter().u8(schemaVersion).natural(answer.cyclesRefunded);
  if (answer.kind === 'reply') writer.u8(0).bytes(answer.bytes);
  else writer.u8(answer.code).text(answer.message);
  inbox.set(inboxKey(callId), writer.finish());
}

/** The answers that came first by call id, at most `limit`. */
export function storedAnswers(limit: number): StoredAnswer[] {
  return inbox
    .first(limit)
    .map(([key, value]) => ({ callId: new BinaryReader(key).u32(), answer: decode(value) }));
}

export function removeAnswer(callId: number): void {
  inbox.delete(inboxKey(callId));
}

export function hasAnswers(): boolean {
  return inbox.size() > 0;
}

function inboxKey(callId: number): Uint8Array {
  return new BinaryWriter().u32(callId).finish();
}

function decode(bytes: Uint8Array): CallAnswer {
  const reader = new BinaryReader(bytes);
  const version = reader.u8();
  if (version !== schemaVersion) throw new Error(`stored answer: unknown schema version ${version}`);
  const cyclesRefunded = reader.natural();
  const code = reader.u8();
  return code === 0
    ? { kind: 'reply', bytes: reader.bytes(), cyclesRefunded }
    : { kind: 'reject', code, message: reader.text(), cyclesRefunded };
}
