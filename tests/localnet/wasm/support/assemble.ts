/** Value types of the binary format. */
export const i32 = 0x7f;
export const i64 = 0x7e;
export const f32 = 0x7d;
export const f64 = 0x7c;
export const funcref = 0x70;

/** A function: its type and its instructions, `end` included. */
export interface AssembledFunction {
  readonly parameters?: readonly number[];
  readonly results?: readonly number[];
  readonly locals?: readonly number[];
  readonly code: readonly number[];
}

/** The parts of a module; functions are numbered behind the imports. */
export interface AssembledModule {
  readonly imports?: readonly {
    readonly module?: string;
    readonly name: string;
    readonly parameters?: readonly number[];
    readonly results?: readonly number[];
  }[];
  readonly functions?: readonly AssembledFunction[];
  /** Function exports by name. */
  readonly exports?: Readonly<Record<string, number>>;
  /** Initial size in 64 KiB pages; absent: no memory. */
  readonly memoryPages?: number;
  /** Function indices in table 0, which is four elements larger; absent: no table. */
  readonly table?: readonly number[];
  /** Mutable globals, each initialised to zero. */
  readonly globals?: readonly number[];
  readonly start?: number;
  /** Export memory 0 as `memory` and the globals as `global0`, `global1` and so on. */
  readonly exportsState?: boolean;
  /** Active segments. */
  readonly data?: readonly { readonly offset: readonly number[]; readonly bytes: readonly number[] }[];
  readonly passiveData?: readonly (readonly number[])[];
  readonly customSections?: readonly { readonly name: string | Uint8Array; readonly content: Uint8Array }[];
  /** Sections written as they are, by id. */
  readonly rawSections?: Readonly<Record<number, readonly number[]>>;
}

/** Unsigned LEB128. */
export function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...leb(Math.floor(value / 0x80))];
}

/** Signed LEB128 of a 32-bit integer. */
function signedLeb(value: number): number[] {
  const byte = value & 0x7f;
  const rest = value >> 7;
  const isLast = (rest === 0 && byte < 0x40) || (rest === -1 && byte >= 0x40);
  return isLast ? [byte] : [byte | 0x80, ...signedLeb(rest)];
}

/** `i32.const` of a value. */
export const constant = (value: number): number[] => [0x41, ...signedLeb(value)];

/**
 * Encodes a module exactly as described, instruction for instruction; an optimising assembler would change what is
 * being counted.
 */
export function assemble(parts: AssembledModule): Uint8Array {
  const imports = parts.imports ?? [];
  const functions = parts.functions ?? [];
  const typed = [...imports, ...functions];
  const isPassiveData = parts.passiveData !== undefined;
  const segments = isPassiveData
    ? parts.passiveData.map((bytes) => [1, ...vectorOfBytes(bytes)])
    : (parts.data ?? []).map(({ offset, bytes }) => [0, ...offset, 0x0b, ...vectorOfBytes(bytes)]);
  const sections: [id: number, content: number[]][] = [
    [
      1,
      vector(
        typed.map(({ parameters = [], results = [] }) => [
          0x60,
          ...vectorOfBytes(parameters),
          ...vectorOfBytes(results),
        ]),
      ),
    ],
    [
      2,
      vector(
        imports.map(({ module = 'ic0', name }, index) => [...text(module), ...text(name), 0, ...leb(index)]),
      ),
    ],
    [3, vector(functions.map((_, index) => leb(imports.length + index)))],
    [4, parts.table === undefined ? [] : [1, funcref, 0, ...leb(parts.table.length + 4)]],
    [5, parts.memoryPages === undefined ? [] : [1, 0, ...leb(parts.memoryPages)]],
    [6, vector((parts.globals ?? []).map((type) => [type, 1, ...zeroOf(type), 0x0b]))],
    [7, vector(exported(parts))],
    [8, parts.start === undefined ? [] : leb(parts.start)],
    [9, parts.table === undefined ? [] : [1, 0, ...constant(0), 0x0b, ...vector(parts.table.map(leb))]],
    [12, isPassiveData ? leb(parts.passiveData.length) : []],
    [10, vector(functions.map(body))],
    [11, vector(segments)],
  ];
  const written = sections.flatMap(([id, content]) => {
    const actual = parts.rawSections?.[id] ?? content;
    return actual.length === 0 || (actual.length === 1 && actual[0] === 0 && id !== 8)
      ? []
      : [id, ...sized(actual)];
  });
  const custom = (parts.customSections ?? []).flatMap(({ name, content }) => {
    const nameBytes = typeof name === 'string' ? new TextEncoder().encode(name) : name;
    return [0, ...sized([...vectorOfBytes(nameBytes), ...content])];
  });
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...written, ...custom]);
}

function exported({
  exports = {},
  exportsState = false,
  memoryPages,
  globals = [],
}: AssembledModule): number[][] {
  const functions = Object.entries(exports).map(([name, index]) => [...text(name), 0, ...leb(index)]);
  if (!exportsState) return functions;
  const memory = memoryPages === undefined ? [] : [[...text('memory'), 2, 0]];
  return [
    ...functions,
    ...memory,
    ...globals.map((_, index) => [...text(`global${index}`), 3, ...leb(index)]),
  ];
}

function body({ locals = [], code }: AssembledFunction): number[] {
  return sized([...vector(locals.map((type) => [1, type])), ...code]);
}

function zeroOf(type: number): number[] {
  const zeros: Readonly<Record<number, number[]>> = {
    [i32]: [0x41, 0],
    [i64]: [0x42, 0],
    [f32]: [0x43, 0, 0, 0, 0],
    [f64]: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
    [funcref]: [0xd0, funcref],
  };
  return zeros[type] ?? [];
}

function sized(bytes: readonly number[]): number[] {
  return [...leb(bytes.length), ...bytes];
}

function vector(elements: readonly (readonly number[])[]): number[] {
  return [...leb(elements.length), ...elements.flat()];
}

function vectorOfBytes(bytes: readonly number[] | Uint8Array): number[] {
  return [...leb(bytes.length), ...bytes];
}

function text(value: string): number[] {
  return vectorOfBytes(new TextEncoder().encode(value));
}
