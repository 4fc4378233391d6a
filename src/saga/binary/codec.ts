/** Turns values into bytes and back. Every format starts with a version byte, so that old records stay readable. */
export interface Codec<T> {
  readonly encode: (value: T) => Uint8Array;
  /** @throws Error when the bytes are not of this format */
  readonly decode: (bytes: Uint8Array) => T;
}
