import { ByteReader } from './byte-reader.ts';
import { InvalidModuleError } from './invalid-module-error.ts';

/** Section ids of the binary format ("Binary Format, Modules"). */
export const sectionIds = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;

export interface FunctionType {
  /** Value type bytes: 0x7f i32, 0x7e i64, 0x7d f32, 0x7c f64, 0x7b v128, 0x70 funcref, 0x6f externref. */
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

export interface ModuleImport {
  readonly module: string;
  readonly name: string;
  readonly kind: 'function' | 'table' | 'memory' | 'global' | 'tag';
  /** Of a function import. */
  readonly typeIndex: number;
}

export interface ModuleExport {
  readonly name: string;
  readonly kind: ModuleImport['kind'];
  readonly index: number;
}

/** Sizes of a memory, in 64 KiB pages. */
export interface Limits {
  readonly minimumPages: number;
  readonly is64Bit: boolean;
}

export interface ModuleGlobal {
  readonly valueType: number;
  readonly isMutable: boolean;
  /** First byte of the initialiser. */
  readonly initialiserOpcode: number;
}

/** A module cut into sections, with everything but the code decoded. */
export interface ModuleLayout {
  /** Contents of the known sections by id, without id and length. */
  readonly sections: ReadonlyMap<number, Uint8Array>;
  readonly customSections: readonly { readonly name: string; readonly content: Uint8Array }[];
  readonly types: readonly FunctionType[];
  readonly imports: readonly ModuleImport[];
  /** Type indices of the functions the module defines. */
  readonly functions: readonly number[];
  readonly tableCount: number;
  readonly memories: readonly Limits[];
  readonly globals: readonly ModuleGlobal[];
  readonly exports: readonly ModuleExport[];
  readonly startFunction: number | undefined;
  readonly importedFunctionCount: number;
}

const externalKinds = ['function', 'table', 'memory', 'global', 'tag'] as const;

/**
 * Decodes a module that the engine has already found valid.
 *
 * @throws InvalidModuleError where it uses a proposal the IC has not got
 */
export function readLayout(wasm: Uint8Array): ModuleLayout {
  const { sections, customSections } = splitSections(wasm);
  const readVector = <Element>(id: number, element: (reader: ByteReader) => Element): Element[] => {
    const content = sections.get(id);
    if (content === undefined) return [];
    const reader = new ByteReader(content);
    return reader.vector(() => element(reader));
  };
  const imports = readVector(sectionIds.import, readImport);
  const start = sections.get(sectionIds.start);
  return {
    sections,
    customSections,
    types: readVector(sectionIds.type, readFunctionType),
    imports,
    functions: readVector(sectionIds.function, (reader) => reader.u32()),
    tableCount: readVectorLength(sections.get(sectionIds.table)),
    memories: readVector(sectionIds.memory, readLimits),
    globals: readVector(sectionIds.global, readGlobal),
    exports: readVector(sectionIds.export, (reader) => ({
      name: reader.name(),
      kind: readExternalKind(reader),
      index: reader.u32(),
    })),
    startFunction: start === undefined ? undefined : new ByteReader(start).u32(),
    importedFunctionCount: imports.filter(({ kind }) => kind === 'function').length,
  };
}

/** Type of a function by its index among imported and defined ones. */
export function typeOfFunction(layout: ModuleLayout, index: number): FunctionType {
  const imported = layout.imports.filter(({ kind }) => kind === 'function');
  const typeIndex = imported[index]?.typeIndex ?? layout.functions[index - imported.length];
  const type = typeIndex === undefined ? undefined : layout.types[typeIndex];
  if (type === undefined) throw new InvalidModuleError(`Failed to decode wasm module: no function ${index}`);
  return type;
}

/** The sections in file order, for whoever must know where each one lies. */
function splitSections(wasm: Uint8Array): Pick<ModuleLayout, 'sections' | 'customSections'> {
  const reader = new ByteReader(wasm, 8);
  const sections = new Map<number, Uint8Array>();
  const customSections: { name: string; content: Uint8Array }[] = [];
  while (!reader.atEnd) {
    const id = reader.byte();
    const content = reader.view(reader.u32());
    if (id === sectionIds.custom) {
      const custom = new ByteReader(content);
      customSections.push({ name: custom.name(), content: content.subarray(custom.position) });
    } else if (id > sectionIds.dataCount) {
      throw new InvalidModuleError(`Failed to decode wasm module: section ${id} is not supported`);
    } else {
      sections.set(id, content);
    }
  }
  return { sections, customSections };
}

function readVectorLength(content: Uint8Array | undefined): number {
  return content === undefined ? 0 : new ByteReader(content).u32();
}

function readFunctionType(reader: ByteReader): FunctionType {
  const form = reader.byte();
  if (form !== 0x60) {
    throw new InvalidModuleError(
      `Failed to decode wasm module: type form 0x${form.toString(16)} is not supported`,
    );
  }
  return {
    parameters: reader.vector(() => readValueType(reader)),
    results: reader.vector(() => readValueType(reader)),
  };
}

/** Typed references take more than one byte and belong to proposals the IC has not got. */
function readValueType(reader: ByteReader): number {
  const type = reader.byte();
  if ((type >= 0x7b && type <= 0x7f) || type === 0x70 || type === 0x6f) return type;
  throw new InvalidModuleError(
    `Failed to decode wasm module: value type 0x${type.toString(16)} is not supported`,
  );
}

function readExternalKind(reader: ByteReader): ModuleImport['kind'] {
  return externalKinds[reader.byte()] ?? 'tag';
}

function readImport(reader: ByteReader): ModuleImport {
  const module = reader.name();
  const name = reader.name();
  const kind = readExternalKind(reader);
  let typeIndex = 0;
  if (kind === 'function') typeIndex = reader.u32();
  else if (kind === 'memory') readLimits(reader);
  else if (kind === 'table') {
    readValueType(reader);
    readLimits(reader);
  } else if (kind === 'global') {
    readValueType(reader);
    reader.byte();
  } else {
    reader.byte();
    reader.u32();
  }
  return { module, name, kind, typeIndex };
}

function readLimits(reader: ByteReader): Limits {
  const flags = reader.byte();
  const minimumPages = reader.u32();
  if ((flags & 0x01) !== 0) reader.skipLeb();
  return { minimumPages, is64Bit: (flags & 0x04) !== 0 };
}

function readGlobal(reader: ByteReader): ModuleGlobal {
  const valueType = readValueType(reader);
  const isMutable = reader.byte() === 1;
  const initialiserOpcode = reader.byte();
  skipRestOfInitialiser(reader, initialiserOpcode);
  return { valueType, isMutable, initialiserOpcode };
}

/** Skips an initialiser of one constant instruction and its `end`; the IC allows no longer ones. */
function skipRestOfInitialiser(reader: ByteReader, opcode: number): void {
  const fixedLengths: Readonly<Record<number, number>> = { 0x43: 4, 0x44: 8, 0xd0: 1, 0xfd: 17 };
  const fixed = fixedLengths[opcode];
  if (fixed === undefined) reader.skipLeb();
  else reader.view(fixed);
  if (reader.byte() !== 0x0b) {
    throw new InvalidModuleError(
      'Wasm module has an invalid global section. Initialisers must be a single constant instruction.',
    );
  }
}
