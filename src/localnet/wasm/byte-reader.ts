import { InvalidModuleError } from './invalid-module-error.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the primitive encodings of the Wasm binary format. Reading past the end is an invalid module. */
export class ByteReader {
  /**
   * @param bytes - the module
   * @param position - where to read next
   * @param end - first byte not to read
   */
  constructor(
    readonly bytes: Uint8Array,
    public position = 0,
    readonly end = bytes.length,
  ) {}

  get atEnd(): boolean {
    return this.position >= this.end;
  }

  byte(): number {
    const value = this.position < this.end ? this.bytes[this.position] : undefined;
    if (value === undefined) throw new InvalidModuleError('Failed to decode wasm module: unexpected end');
    this.position += 1;
    return value;
  }

  /** Unsigned LEB128 of up to 32 bits; encodings padded to five bytes are ordinary. */
  u32(): number {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return result;
    }
  }

  /** Signed LEB128 of 32 bits. */
  s32(): number {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      result |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      const bits = shift + 7;
      return bits < 32 ? (result << (32 - bits)) >> (32 - bits) : result;
    }
  }

  skipLeb(): void {
    while (this.byte() >= 0x80);
  }

  /** The next `length` bytes, as a view. */
  view(length: number): Uint8Array {
    const start = this.position;
    if (start + length > this.end)
      throw new InvalidModuleError('Failed to decode wasm module: unexpected end');
    this.position += length;
    return this.bytes.subarray(start, this.position);
  }

  /** A length-prefixed UTF-8 name. */
  name(): string {
    const encoded = this.view(this.u32());
    try {
      return utf8.decode(encoded);
    } catch {
      throw new InvalidModuleError('Failed to decode wasm module: a name is not valid UTF-8');
    }
  }

  /** Reads a vector: its length, then each element with `element`. */
  vector<Element>(element: () => Element): Element[] {
    return Array.from({ length: this.u32() }, element);
  }
}
