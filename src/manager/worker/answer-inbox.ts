import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import type { CallAnswer } from '../provisioning/call-answer.ts';
import { inbox } from '../storage/memory.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** Call ids have 31 bits. With the 32nd set an answer is set aside, and sorts behind all that are still to be read. */
const setAsideBit = 0x8000_0000;

/** An answer as it was stored, with the id of the call it answers. */
export interface StoredAnswer {
  readonly callId: number;
  readonly bytes: Uint8Array;
}

/** Keeps the raw answer. The response handler's whole work: what traps there is lost, for the IC delivers once. */
export function storeAnswer(callId: number, answer: CallAnswer): void {
  const writer = new BinaryWriter().u8(schemaVersion).natural(answer.cyclesRefunded);
  if (answer.kind === 'reply') writer.u8(0).bytes(answer.bytes);
  else writer.u8(answer.code).text(answer.message);
  inbox.set(inboxKey(callId), writer.finish());
}

/** The unread answers that come first by call id, at most `limit`. */
export function unreadAnswers(limit: number): StoredAnswer[] {
  return storedAnswers(limit).filter(({ callId }) => callId < setAsideBit);
}

export function hasUnreadAnswers(): boolean {
  return unreadAnswers(1).length > 0;
}

/** Unread answers and those set aside. */
export function countAnswers(): number {
  return inbox.size();
}

export function removeAnswer(callId: number): void {
  inbox.delete(inboxKey(callId));
}

/** An answer nobody can make sense of gives way to the others; it stays, because what it tells may be told only once. */
export function setAnswerAside({ callId, bytes }: StoredAnswer): void {
  removeAnswer(callId);
  inbox.set(inboxKey(callId + setAsideBit), bytes);
}

/** Answers set aside are unread again: a new version of the Manager may understand what the old one could not. */
export function bringBackAnswers(): void {
  for (const { callId, bytes } of storedAnswers(inbox.size())) {
    if (callId < setAsideBit) continue;
    removeAnswer(callId);
    inbox.set(inboxKey(callId - setAsideBit), bytes);
  }
}

/** @throws Error when the bytes are not a stored answer */
export function decodeAnswer(bytes: Uint8Array): CallAnswer {
  const reader = versionedReader('stored answer', bytes, schemaVersion);
  const cyclesRefunded = reader.natural();
  const code = reader.u8();
  return code === 0
    ? { kind: 'reply', bytes: reader.bytes(), cyclesRefunded }
    : { kind: 'reject', code, message: reader.text(), cyclesRefunded };
}

function storedAnswers(limit: number): StoredAnswer[] {
  return inbox.first(limit).map(([key, bytes]) => ({ callId: new BinaryReader(key).u32(), bytes }));
}

function inboxKey(callId: number): Uint8Array {
  return new BinaryWriter().u32(callId).finish();
}
