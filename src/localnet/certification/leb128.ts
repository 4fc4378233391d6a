const payloadBits = 7n;
const payloadMask = 0x7fn;
const continuation = 0x80;

/**
 * The shortest unsigned LEB128 encoding, as hash trees hold times and reject codes.
 *
 * @throws RangeError for a negative value
 */
export function encodeLeb128(value: bigint | number): Uint8Array {
  let rest = BigInt(value);
  if (rest < 0n) throw new RangeError('LEB128 here is unsigned: pass at least 0.');
  const bytes: number[] = [];
  do {
    const low = Number(rest & payloadMask);
    rest >>= payloadBits;
    bytes.push(rest === 0n ? low : low | continuation);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

/** @returns undefined when the bytes are not exactly one unsigned LEB128 number */
export function decodeLeb128(bytes: Uint8Array): bigint | undefined {
  let value = 0n;
  let shift = 0n;
  for (const [index, byte] of bytes.entries()) {
    value |= BigInt(byte & ~continuation) << shift;
    shift += payloadBits;
    if ((byte & continuation) === 0) return index === bytes.length - 1 ? value : undefined;
  }
  return undefined;
}
