const textEncoder = new TextEncoder();

/** Appends big-endian fixed-width numbers and length-prefixed bytes; big-endian so that byte order is number order. */
export class BinaryWriter {
  private buffer = new Uint8Array(256);
  private view = new DataView(this.buffer.buffer);
  private length = 0;

  u8(value: number): this {
    this.reserve(1);
    this.view.setUint8(this.length, value);
    this.length += 1;
    return this;
  }

  u32(value: number): this {
    this.reserve(4);
    this.view.setUint32(this.length, value);
    this.length += 4;
    return this;
  }

  u64(value: bigint): this {
    this.reserve(8);
    this.view.setBigUint64(this.length, value);
    this.length += 8;
    return this;
  }

  /** A time in whole milliseconds since 1970: 8 bytes, exact up to 2^53. */
  timeMs(value: number): this {
    this.reserve(8);
    this.view.setUint32(this.length, Math.floor(value / 0x1_0000_0000));
    this.view.setUint32(this.length + 4, value % 0x1_0000_0000);
    this.length += 8;
    return this;
  }

  /** An unsigned integer of any size, at most 255 bytes long. */
  natural(value: bigint): this {
    let hex = value.toString(16);
    if (hex.length % 2 === 1) hex = `0${hex}`;
    this.u8(hex.length / 2);
    for (let at = 0; at < hex.length; at += 2) this.u8(Number.parseInt(hex.slice(at, at + 2), 16));
    return this;
  }

  bytes(value: Uint8Array): this {
    this.u32(value.length);
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
    return this;
  }

  text(value: string): this {
    return this.bytes(textEncoder.encode(value));
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

  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.length + count));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
  }
}
