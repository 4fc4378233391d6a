import { utf8Of } from './utf8.ts';

/** A buffer that is written to, with the view that writes numbers. */
interface Scratch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

const initialBytes = 512;

/** The longest natural number that is written as one machine word, in bytes. */
const wordBytes = 8;

/**
 * Scratch buffers that no writer uses at present. Making one costs more than writing a key into it, and a host where every
 * instruction is paid for makes hundreds of keys and rows in a row.
 */
const spares: Scratch[] = [];

/**
 * Appends big-endian fixed-width numbers and length-prefixed bytes; big-endian so that byte order is number order. Not to
 * be used any more after {@link finish}.
 */
export class BinaryWriter {
  private scratch = spares.pop() ?? newScratch(initialBytes);
  private length = 0;

  u8(value: number): this {
    const at = this.length;
    if (at + 1 > this.scratch.bytes.length) this.grow(1);
    this.scratch.bytes[at] = value;
    this.length = at + 1;
    return this;
  }

  u32(value: number): this {
    const at = this.length;
    if (at + 4 > this.scratch.bytes.length) this.grow(4);
    this.scratch.view.setUint32(at, value);
    this.length = at + 4;
    return this;
  }

  u64(value: bigint): this {
    const at = this.length;
    if (at + 8 > this.scratch.bytes.length) this.grow(8);
    this.scratch.view.setBigUint64(at, value);
    this.length = at + 8;
    return this;
  }

  /** A time in whole milliseconds since 1970: 8 bytes, exact up to 2^53. */
  timeMs(value: number): this {
    const at = this.length;
    if (at + 8 > this.scratch.bytes.length) this.grow(8);
    const { view } = this.scratch;
    view.setUint32(at, value / 0x1_0000_0000);
    view.setUint32(at + 4, value % 0x1_0000_0000);
    this.length = at + 8;
    return this;
  }

  /** An unsigned integer of any size, at most 255 bytes long: its length in bytes, then as many bytes as it needs. */
  natural(value: bigint): this {
    return value < 0x1_0000_0000_0000_0000n ? this.word(value) : this.longNatural(value);
  }

  bytes(value: Uint8Array): this {
    this.u32(value.length);
    const at = this.length;
    if (at + value.length > this.scratch.bytes.length) this.grow(value.length);
    this.scratch.bytes.set(value, at);
    this.length = at + value.length;
    return this;
  }

  text(value: string): this {
    return this.bytes(utf8Of(value));
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  /** A presence byte, then the value if there is one. */
  optional<T>(value: T | undefined, write: (value: T) => void): this {
    this.bool(value !== undefined);
    if (value !== undefined) write(value);
    return this;
  }

  /**
   * What was written, in a buffer of its own.
   *
   * @throws Error when it was called before
   */
  finish(): Uint8Array {
    if (this.length === Number.POSITIVE_INFINITY) throw new Error('binary writer: it was finished before');
    const written = this.scratch.bytes.slice(0, this.length);
    spares.push(this.scratch);
    // The next writer has the buffer now: a write that came all the same must fail, and not end up in that one's bytes.
    this.length = Number.POSITIVE_INFINITY;
    return written;
  }

  /** Written as a whole word behind the length, and then moved together over its leading zeros. */
  private word(value: bigint): this {
    const at = this.length;
    if (at + 1 + wordBytes > this.scratch.bytes.length) this.grow(1 + wordBytes);
    const { bytes, view } = this.scratch;
    const first = at + 1;
    view.setBigUint64(first, value);
    const high = view.getUint32(first);
    const zeros = high === 0 ? 4 + leadingZeroBytes(view.getUint32(first + 4)) : leadingZeroBytes(high);
    // Zero takes one byte, not none.
    const count = zeros === wordBytes ? 1 : wordBytes - zeros;
    bytes[at] = count;
    bytes.copyWithin(first, first + wordBytes - count, first + wordBytes);
    this.length = first + count;
    return this;
  }

  private longNatural(value: bigint): this {
    let hex = value.toString(16);
    if (hex.length % 2 === 1) hex = `0${hex}`;
    this.u8(hex.length / 2);
    for (let at = 0; at < hex.length; at += 2) this.u8(Number.parseInt(hex.slice(at, at + 2), 16));
    return this;
  }

  private grow(count: number): void {
    const grown = newScratch(Math.max(this.scratch.bytes.length * 2, this.length + count));
    grown.bytes.set(this.scratch.bytes.subarray(0, this.length));
    this.scratch = grown;
  }
}

function newScratch(count: number): Scratch {
  const bytes = new Uint8Array(count);
  return { bytes, view: new DataView(bytes.buffer) };
}

function leadingZeroBytes(word: number): number {
  return Math.clz32(word) >> 3;
}
