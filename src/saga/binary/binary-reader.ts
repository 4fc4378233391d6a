import { textOf } from './utf8.ts';

/** The longest natural number that is read as one machine word, in bytes. */
const wordBytes = 8;

/** Reads what {@link BinaryWriter} wrote, in the same order; a read past the end throws. */
export class BinaryReader {
  private readonly view: DataView;
  private offset = 0;

  constructor(private readonly source: Uint8Array) {
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u32(): number {
    return this.view.getUint32(this.take(4));
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8));
  }

  timeMs(): number {
    const at = this.take(8);
    return this.view.getUint32(at) * 0x1_0000_0000 + this.view.getUint32(at + 4);
  }

  natural(): bigint {
    const length = this.u8();
    const end = this.take(length) + length;
    // The word that ends with it, without what was before it: one machine word where a loop would take one step per byte.
    if (length <= wordBytes && end >= wordBytes) {
      return BigInt.asUintN(8 * length, this.view.getBigUint64(end - wordBytes));
    }
    let value = 0n;
    for (let at = end - length; at < end; at += 1) value = (value << 8n) | BigInt(this.view.getUint8(at));
    return value;
  }

  bytes(): Uint8Array {
    const length = this.u32();
    const at = this.take(length);
    return this.source.slice(at, at + length);
  }

  text(): string {
    return textOf(this.bytes());
  }

  bool(): boolean {
    return this.view.getUint8(this.take(1)) === 1;
  }

  optional<T>(read: () => T): T | undefined {
    return this.bool() ? read() : undefined;
  }

  /** One of a fixed list of words, stored as its index. */
  word<T>(words: readonly T[]): T {
    const index = this.u8();
    const word = words[index];
    if (word === undefined)
      throw new Error(`binary record: no word number ${index} in a list of ${words.length}`);
    return word;
  }

  /** @throws Error if bytes are left: a record longer than its format is not of this format */
  finish(): void {
    if (this.offset !== this.source.length) {
      throw new Error(`binary record: ${this.source.length - this.offset} bytes too long`);
    }
  }

  private take(count: number): number {
    const at = this.offset;
    if (at + count > this.source.length) {
      throw new Error(`binary record: ends at byte ${this.source.length}, ${count} more expected at ${at}`);
    }
    this.offset += count;
    return at;
  }
}
