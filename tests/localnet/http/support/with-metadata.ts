const customSectionId = 0;

/** Appends a custom section. @param name for example `icp:public candid:service` */
export function withCustomSection(
  module: Uint8Array,
  name: string | Uint8Array,
  content: string,
): Uint8Array {
  const nameBytes = typeof name === 'string' ? new TextEncoder().encode(name) : name;
  const contentBytes = new TextEncoder().encode(content);
  const section = [...leb128(nameBytes.length), ...nameBytes, ...contentBytes];
  return Uint8Array.from([...module, customSectionId, ...leb128(section.length), ...section]);
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >> 7)];
}
