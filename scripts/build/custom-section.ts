/**
 * Appends a custom section to a Wasm module. The Internet Computer shows sections named `icp:public …` to anyone
 * (IC interface spec, "Canister module format").
 */
export function appendCustomSection(wasm: Uint8Array, name: string, content: string): Uint8Array {
  const nameBytes = Buffer.from(name);
  const body = Buffer.concat([unsignedLeb128(nameBytes.length), nameBytes, Buffer.from(content)]);
  const customSectionId = Buffer.of(0);
  return Buffer.concat([wasm, customSectionId, unsignedLeb128(body.length), body]);
}

function unsignedLeb128(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
