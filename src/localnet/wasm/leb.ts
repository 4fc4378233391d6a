/** Position behind the LEB128 number at `position`, whatever its width or padding. */
export function skipLeb(code: Uint8Array, position: number): number {
  let next = position;
  while ((code[next] as number) >= 0x80) next += 1;
  return next + 1;
}

/** The unsigned LEB128 number of up to 32 bits at `position`; {@link skipLeb} tells where it ends. */
export function u32At(code: Uint8Array, position: number): number {
  let value = 0;
  let scale = 1;
  for (let next = position; ; next += 1) {
    const byte = code[next] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 0x80;
  }
}
