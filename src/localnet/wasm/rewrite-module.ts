import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { CodeMeter, type MeteringIndices, stopReasons } from './code-meter.ts';
import { type ModuleLayout, sectionIds } from './module-layout.ts';
import { exportNames } from './reserved-exports.ts';

const i32 = 0x7f;
const i64 = 0x7e;
const exportKind = { function: 0, table: 1, memory: 2, global: 3 } as const;

/** Order in which the format wants the known sections; the start section is missing because it becomes an export. */
const sectionOrder = [
  sectionIds.type,
  sectionIds.import,
  sectionIds.function,
  sectionIds.table,
  sectionIds.memory,
  sectionIds.global,
  sectionIds.export,
  sectionIds.element,
  sectionIds.dataCount,
  sectionIds.code,
  sectionIds.data,
];

/** A module the host can meter, roll back and start by hand. */
export interface RewrittenModule {
  readonly wasm: Uint8Array;
  /** Indices of the mutable globals, all exported as `exportNames.mutableGlobal(index)`. */
  readonly mutableGlobals: readonly number[];
  /** Instructions in the code section. */
  readonly instructionCount: number;
}

/**
 * Adds to a module what the host needs and changes nothing it computes: exports of memory, table 0 and every mutable
 * global, the start function as an export, instruction metering by the IC's weights, and a meter of the stack.
 *
 * Everything new is appended behind the module's own types, functions and globals, so no index changes and
 * the name section stays true.
 */
export function rewriteModule(layout: ModuleLayout): RewrittenModule {
  const functionCount = layout.importedFunctionCount + layout.functions.length;
  const metering: MeteringIndices = {
    counterGlobal: layout.globals.length,
    exhaustedGlobal: layout.globals.length + 1,
    changedGlobal: layout.globals.length + 2,
    stackLeftGlobal: layout.globals.length + 3,
    exhaustedFunction: functionCount,
    chargeFunction: functionCount + 1,
    stackFullFunction: functionCount + 2,
    firstBlockType: layout.types.length + 2,
  };
  const mutableGlobals = layout.globals.flatMap(({ isMutable }, index) => (isMutable ? [index] : []));
  const sizes = [...layout.sections.values()].reduce((sum, { length }) => sum + length, 0);
  const output = new ByteWriter(sizes * 2 + 4096);
  const meter = new CodeMeter(output, layout, metering);

  const contents = new Map<number, (writer: ByteWriter) => void>(
    [...layout.sections].map(([id, content]) => [id, (writer: ByteWriter) => void writer.bytes(content)]),
  );
  contents.set(sectionIds.type, (writer) => {
    const { blockTypes } = meter.stackMeter;
    appendTo(writer, layout.sections.get(sectionIds.type), 2 + blockTypes.length);
    writer.bytes([0x60, 0, 0]).bytes([0x60, 1, i64, 1, i64]);
    for (const results of blockTypes) writer.bytes([0x60, 0]).u32(results.length).bytes(results);
  });
  contents.set(sectionIds.function, (writer) => {
    appendTo(writer, layout.sections.get(sectionIds.function), 3);
    writer
      .u32(layout.types.length)
      .u32(layout.types.length + 1)
      .u32(layout.types.length);
  });
  contents.set(sectionIds.global, (writer) => {
    appendTo(writer, layout.sections.get(sectionIds.global), 4);
    const i32Zero = [i32, 1, 0x41, 0, 0x0b];
    writer.bytes([i64, 1, 0x42, 0, 0x0b]).bytes(i32Zero).bytes(i32Zero).bytes(i32Zero);
  });
  contents.set(sectionIds.export, (writer) => {
    writeExports(writer, layout, metering, mutableGlobals);
  });
  contents.set(sectionIds.code, (writer) => {
    writeCode(writer, layout, metering, meter);
  });

  output.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  for (const id of sectionOrder) {
    const write = contents.get(id);
    if (write === undefined) continue;
    output.byte(id).lengthPrefixed(() => {
      write(output);
    });
  }
  writeNameSection(output, layout);
  return { wasm: output.written, mutableGlobals, instructionCount: meter.instructionCount };
}

/** Copies a vector section (absent: an empty one), announcing `added` elements the caller writes next. */
function appendTo(writer: ByteWriter, content: Uint8Array | undefined, added: number): void {
  const reader = new ByteReader(content ?? Uint8Array.of(0));
  writer.u32(reader.u32() + added);
  writer.bytes(reader.bytes.subarray(reader.position));
}

/** The canister's function exports and the host's; other exports of the canister are of no use to anybody here. */
function writeExports(
  writer: ByteWriter,
  layout: ModuleLayout,
  metering: MeteringIndices,
  mutableGlobals: readonly number[],
): void {
  const exported: [name: string, kind: number, index: number][] = layout.exports
    .filter(({ kind }) => kind === 'function')
    .map(({ name, index }) => [name, exportKind.function, index]);
  if (layout.memories.length > 0) exported.push([exportNames.memory, exportKind.memory, 0]);
  if (layout.tableCount > 0) exported.push([exportNames.table, exportKind.table, 0]);
  if (layout.startFunction !== undefined)
    exported.push([exportNames.start, exportKind.function, layout.startFunction]);
  exported.push([exportNames.counter, exportKind.global, metering.counterGlobal]);
  exported.push([exportNames.exhausted, exportKind.global, metering.exhaustedGlobal]);
  exported.push([exportNames.changed, exportKind.global, metering.changedGlobal]);
  exported.push([exportNames.stackLeft, exportKind.global, metering.stackLeftGlobal]);
  for (const index of mutableGlobals)
    exported.push([exportNames.mutableGlobal(index), exportKind.global, index]);
  writer.u32(exported.length);
  for (const [name, kind, index] of exported) writer.name(name).byte(kind).u32(index);
}

function writeCode(
  writer: ByteWriter,
  layout: ModuleLayout,
  metering: MeteringIndices,
  meter: CodeMeter,
): void {
  const content = layout.sections.get(sectionIds.code);
  writer.u32(layout.functions.length + 3);
  if (content !== undefined) {
    const reader = new ByteReader(content);
    const count = reader.u32();
    for (let index = 0; index < count; index += 1) {
      const length = reader.u32();
      const start = reader.position;
      reader.position += length;
      meter.writeMetered(content, start, reader.position, index);
    }
  }
  writer.lengthPrefixed(() => {
    writeStopFunction(writer, metering, stopReasons.instructionLimit);
  });
  writer.lengthPrefixed(() => {
    writeChargeFunction(writer, metering);
  });
  writer.lengthPrefixed(() => {
    writeStopFunction(writer, metering, stopReasons.stackFull);
  });
}

/** `() -> ()`: notes which limit was passed, so that the trap can be told from the canister's own, and traps. */
function writeStopFunction(writer: ByteWriter, metering: MeteringIndices, reason: number): void {
  writer.byte(0);
  writer.bytes([0x41, reason]).byte(0x24).u32(metering.exhaustedGlobal);
  writer.bytes([0x00, 0x0b]);
}

/** `(amount: i64) -> i64`: takes an amount known only at run time off the counter and returns it unchanged. */
function writeChargeFunction(writer: ByteWriter, metering: MeteringIndices): void {
  writer.byte(0);
  writer.byte(0x23).u32(metering.counterGlobal).bytes([0x20, 0, 0x7d]).byte(0x24).u32(metering.counterGlobal);
  writer.byte(0x23).u32(metering.counterGlobal).bytes([0x42, 0, 0x53]);
  writer.bytes([0x04, 0x40, 0x10]).u32(metering.exhaustedFunction).byte(0x0b);
  writer.bytes([0x20, 0, 0x0b]);
}

/** Keeps function names, which make stack traces readable; other custom sections stay with the caller. */
function writeNameSection(output: ByteWriter, layout: ModuleLayout): void {
  const names = layout.customSections.find(({ name }) => name === 'name');
  if (names === undefined) return;
  output.byte(sectionIds.custom).lengthPrefixed(() => {
    output.name('name').bytes(names.content);
  });
}
