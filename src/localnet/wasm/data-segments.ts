import { ByteReader } from './byte-reader.ts';
import { InvalidModuleError } from './invalid-module-error.ts';
import { type ModuleLayout, sectionIds } from './module-layout.ts';

const wasmPageBytes = 65_536;
const passive = 1;
const i32Const = 0x41;
const end = 0x0b;

/**
 * Checks the active data segments: each must begin at a constant and fit into the memory as it starts.
 *
 * The replica reads the segments without running the module, hence the first rule.
 *
 * @returns how far into the memory the segments write
 * @throws InvalidModuleError
 */
export function checkDataSegments(layout: ModuleLayout): number {
  const content = layout.sections.get(sectionIds.data);
  if (content === undefined) return 0;
  let initialisedBytes = 0;
  const memoryBytes = (layout.memories[0]?.minimumPages ?? 0) * wasmPageBytes;
  const reader = new ByteReader(content);
  for (let left = reader.u32(); left > 0; left -= 1) {
    const mode = reader.u32();
    if (mode > passive) reader.u32();
    const offset = mode === passive ? 0 : readConstantOffset(reader);
    const length = reader.u32();
    reader.view(length);
    if (mode === passive) continue;
    if (offset + length > memoryBytes) {
      throw new InvalidModuleError(`Wasm module has invalid data segment of ${length} bytes at ${offset}`);
    }
    initialisedBytes = Math.max(initialisedBytes, offset + length);
  }
  return initialisedBytes;
}

function readConstantOffset(reader: ByteReader): number {
  const opcode = reader.byte();
  const offset = opcode === i32Const ? reader.s32() >>> 0 : 0;
  if (opcode !== i32Const || reader.byte() !== end) {
    throw new InvalidModuleError(
      'Wasm module has an invalid data section. Invalid offset expression in data segment: ' +
        'it must be a single i32.const',
    );
  }
  return offset;
}
