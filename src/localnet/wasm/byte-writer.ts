const paddedLebBytes = 5;

/** Writes the Wasm binary format into a buffer that grows. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** @param capacity - bytes to expect; more are possible */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** What was written so far, as a view. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
    return this;
  }

  bytes(source: Uint8Array | readonly number[]): this {
    this.#reserve(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
    return this;
  }

  /** Copies `source[start..end)`; runs of a few bytes are the common case, where a view would cost more than the copy. */
  slice(source: Uint8Array, start: number, end: number): this {
    if (end - start > 64) return this.bytes(source.subarray(start, end));
    this.#reserve(end - start);
    const target = this.#bytes;
    let to = this.#length;
    for (let from = start; from < end; from += 1, to += 1) target[to] = source[from] as number;
    this.#length = to;
    return this;
  }

  u32(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.byte(rest);
  }

  /** Signed LEB128 of a non-negative integer below 2^53. */
  nonNegativeSigned(value: number): this {
    let rest = value;
    // 0x40 is the sign bit of the last byte, so it must stay clear.
    while (rest >= 0x40) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.byte(rest);
  }

  name(value: string): this {
    const encoded = Buffer.from(value, 'utf8');
    return this.u32(encoded.length).bytes(encoded);
  }

  /** Writes `body` behind its length in bytes, without copying it: the length is a five-byte LEB patched in afterwards. */
  lengthPrefixed(body: () => void): this {
    this.#reserve(paddedLebBytes);
    const lengthAt = this.#length;
    this.#length += paddedLebBytes;
    body();
    let rest = this.#length - lengthAt - paddedLebBytes;
    for (let index = 0; index < paddedLebBytes; index += 1) {
      this.#bytes[lengthAt + index] = (rest & 0x7f) | (index < paddedLebBytes - 1 ? 0x80 : 0);
      rest >>>= 7;
    }
    return this;
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.written);
    this.#bytes = larger;
  }
}
