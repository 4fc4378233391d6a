import { Principal } from '@dfinity/principal';
import { utf8Of } from '../saga/index.ts';

export function bytesEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function principalText(bytes: Uint8Array): string {
  return Principal.fromUint8Array(bytes).toText();
}

export function utf8Bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Length in UTF-8, the unit of every text limit. */
export function utf8Length(text: string): number {
  return utf8Of(text).length;
}
