/**
 * Reads a Candid argument list that is one `text`, and nothing else.
 *
 * The general decoder does work the sender chooses: twelve bytes announcing a million surplus values cost it
 * billions of instructions and memory that never comes back. Anyone may call a Greeter, and its owner pays. Every
 * Candid library writes a text argument in the one form accepted here (Candid specification, "Binary format").
 */

/** `DIDL`, no type definitions, one value, of type text. */
const header = Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0x00, 0x01, 0x71);

/** @returns the text, or `undefined` when the bytes are anything else. */
export function readTextArgument(argument: Uint8Array): string | undefined {
  if (!header.every((byte, index) => argument[index] === byte)) return undefined;
  const length = readLength(argument, header.length);
  if (length === undefined || length.next + length.value !== argument.length) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(argument.subarray(length.next));
  } catch {
    return undefined;
  }
}

/** An unsigned LEB128 number below 2^28; no message is longer. */
function readLength(bytes: Uint8Array, start: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let count = 0; count < 4; count++) {
    const byte = bytes[start + count];
    if (byte === undefined) return undefined;
    value |= (byte & 0x7f) << (7 * count);
    if (byte < 0x80) return { value, next: start + count + 1 };
  }
  return undefined;
}
