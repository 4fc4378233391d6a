import { utf8Of } from '../../saga/index.ts';

const initialBytes = 4096;

/** Appends what Candid's values are made of (Candid specification, "Binary Format"). */
export class CandidWriter {
  private bytes = new Uint8Array(initialBytes);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  byte(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  /** Unsigned LEB128 of a whole number that is exact as a double. */
  natural(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) + 0x80);
    this.byte(rest);
  }

  /** Unsigned LEB128 of any whole number. */
  bigNatural(value: bigint): void {
    let rest = value;
    for (; rest > BigInt(Number.MAX_SAFE_INTEGER); rest >>= 7n) this.byte(Number(rest & 0x7fn) + 0x80);
    this.natural(Number(rest));
  }

  /** A number of 8 bytes, the lowest first. */
  word(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigUint64(at, value, true);
  }

  /** A number of 4 bytes, the lowest first. */
  halfWord(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }

  /** Bytes as they are. */
  raw(value: Uint8Array): void {
    const at = this.reserve(value.length);
    this.bytes.set(value, at);
  }

  /** How many bytes there are, and the bytes. */
  blob(value: Uint8Array): void {
    this.natural(value.length);
    this.raw(value);
  }

  text(value: string): void {
    this.blob(utf8Of(value));
  }

  /** What was written since the last time, in a buffer of its own; the writer begins anew. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  /** Forgets what was written since the last time. */
  reset(): void {
    this.length = 0;
  }

  /** @returns where the next `count` bytes belong */
  private reserve(count: number): number {
    const at = this.length;
    this.length = at + count;
    if (this.length <= this.bytes.length) return at;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length));
    grown.set(this.bytes.subarray(0, at));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
    return at;
  }
}
