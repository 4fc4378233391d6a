/**
 * What the rewriting pass knows of each instruction: its immediates, its weight, its complexity, and whether it
 * ends a basic block. Weights and complexities are the replica's (IC `instrumentation.rs` and `validation.rs`).
 */

/** How the bytes behind an opcode are laid out. */
export const immediates = {
  none: 0,
  oneLeb: 1,
  twoLebs: 2,
  memoryArgument: 3,
  fourBytes: 4,
  eightBytes: 5,
  labelVector: 6,
  typeVector: 7,
  prefixFc: 8,
  simd: 9,
  unsupported: 10,
} as const;

/** What follows an instruction. */
export const boundaries = { sameBlock: 0, newBlock: 1, newLoop: 2 } as const;

/** Inclusive range of opcodes, or one. */
type Opcodes = number | readonly [first: number, last: number];

function table(
  fallback: number,
  entries: readonly (readonly [value: number, ...opcodes: Opcodes[]])[],
): Uint8Array {
  const values = new Uint8Array(256).fill(fallback);
  for (const [value, ...opcodes] of entries) {
    for (const range of opcodes) {
      const [first, last] = typeof range === 'number' ? [range, range] : range;
      values.fill(value, first, last + 1);
    }
  }
  return values;
}

export const immediatesOf = table(immediates.unsupported, [
  [immediates.none, 0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, [0x45, 0xc4], 0xd1],
  // Block types, labels, function, local, global, table and memory indices, integer constants, heap types.
  [
    immediates.oneLeb,
    0x02,
    0x03,
    0x04,
    0x0c,
    0x0d,
    0x10,
    0x12,
    [0x20, 0x26],
    0x3f,
    0x40,
    0x41,
    0x42,
    0xd0,
    0xd2,
  ],
  [immediates.twoLebs, 0x11, 0x13],
  [immediates.memoryArgument, [0x28, 0x3e]],
  [immediates.fourBytes, 0x43],
  [immediates.eightBytes, 0x44],
  [immediates.labelVector, 0x0e],
  [immediates.typeVector, 0x1c],
  [immediates.prefixFc, 0xfc],
  [immediates.simd, 0xfd],
]);

export const boundaryOf = table(boundaries.sameBlock, [
  // if, else, end, br, br_if, br_table, return, return_call, return_call_indirect, unreachable
  [boundaries.newBlock, 0x00, 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x12, 0x13],
  [boundaries.newLoop, 0x03],
]);

/** Weights of the one-byte instructions on a 32-bit memory. */
export const weightOf = table(1, [
  [0, 0x02, 0x03, 0x05, 0x0b],
  // if, br, br_if, br_table; global.get, global.set
  [2, 0x04, 0x0c, 0x0d, 0x0e, 0x23, 0x24],
  // call, call_indirect, return_call, return_call_indirect
  [5, 0x10],
  [10, 0x11],
  [3, 0x12],
  [60, 0x13],
  // table.get, table.set, ref.is_null; ref.func
  [5, 0x25, 0x26, 0xd1],
  [130, 0xd2],
  // memory.size; memory.grow costs more than fits a byte: weightOfMemoryGrow
  [20, 0x3f],
  // float comparisons
  [3, [0x5b, 0x66]],
  // integer division and remainder
  [10, [0x6d, 0x70], [0x7f, 0x82]],
  // f32: ceil floor trunc nearest, sqrt, add sub mul, div, min max, copysign
  [2, [0x8d, 0x90], [0x92, 0x94], 0x98],
  [5, 0x91],
  [3, 0x95],
  [18, 0x96, 0x97],
  // f64: the same
  [2, [0x9b, 0x9e], [0xa0, 0xa2]],
  [8, 0x9f],
  [5, 0xa3],
  [18, 0xa4, 0xa5],
  [3, 0xa6],
  // float to integer
  [20, [0xa8, 0xab], [0xae, 0xb1]],
  // signed and unsigned integer to float
  [3, 0xb2, 0xb4, 0xb7, 0xb9],
  [16, 0xb3, 0xb5, 0xb8, 0xba],
]);

export const memoryGrowOpcode = 0x40;
export const weightOfMemoryGrow = 300;

/** An instruction behind the 0xFC prefix. */
interface PrefixedInstruction {
  readonly lebs: 0 | 1 | 2;
  readonly weight: number;
  readonly complexity: number;
  /** The topmost operand is a number of bytes or elements, each of which costs one instruction more. */
  readonly chargesPerElement: boolean;
  readonly changesTablesOrSegments: boolean;
}

const prefixed = (
  lebs: PrefixedInstruction['lebs'],
  weight: number,
  complexity: number,
  flags: { perElement?: boolean; changes?: boolean } = {},
): PrefixedInstruction => ({
  lebs,
  weight,
  complexity,
  chargesPerElement: flags.perElement ?? false,
  changesTablesOrSegments: flags.changes ?? false,
});

/** The instructions behind 0xFC by number: saturating truncations, bulk memory, tables. */
export const prefixedInstructions: readonly PrefixedInstruction[] = [
  ...Array.from({ length: 8 }, () => prefixed(0, 20, 3)),
  prefixed(2, 100, 1, { perElement: true }), // memory.init
  prefixed(1, 300, 1, { changes: true }), // data.drop
  prefixed(2, 100, 4, { perElement: true }), // memory.copy
  prefixed(1, 100, 3, { perElement: true }), // memory.fill
  prefixed(2, 100, 4, { perElement: true, changes: true }), // table.init
  prefixed(1, 300, 1, { changes: true }), // elem.drop
  prefixed(2, 100, 4, { perElement: true, changes: true }), // table.copy
  prefixed(1, 300, 50, { changes: true }), // table.grow
  prefixed(1, 100, 1), // table.size
  prefixed(1, 100, 5, { perElement: true, changes: true }), // table.fill
];

/** return, return_call, return_call_indirect: the function's frame is gone behind them. */
export const leavesFunction = (opcode: number): boolean =>
  opcode === 0x0f || opcode === 0x12 || opcode === 0x13;

/** table.set, the only one-byte instruction that changes a table. */
export const tableSetOpcode = 0x26;

/** Complexities of the one-byte instructions; a function may sum up to a million. */
export const complexityOf = table(1, [
  [50, 0x02, 0x03, 0x04, 0x0c, 0x0d, 0x0e, 0x10, 0x11, 0x40],
  [14, 0x25],
  [8, 0xd2],
  [7, 0x26],
  [6, 0xd1],
  [5, [0xa8, 0xab], 0xac, 0xad, [0xae, 0xb6], [0xb7, 0xba]],
  [4, 0x8b, 0x8c, 0x99, 0x9a, 0x98, 0xa6, 0x61],
  [3, [0x6d, 0x70], [0x7f, 0x82], [0x28, 0x35], 0x23],
  [2, 0x69, 0x7b, 0x1b, 0x3f, [0x36, 0x3e]],
  [2, [0x45, 0x60], [0x62, 0x66], [0x8d, 0x8f], 0x91, [0x9b, 0x9d], 0x9f, 0xa7, 0xbb, [0xbc, 0xc4]],
]);

/** Weights of the SIMD instructions (behind 0xFD) by number. */
export const simdWeightOf = table(1, [
  [2, 38, 40, 48, 50, 58, 60],
  [3, 13, 98, 107, 108, 204, 127],
  [2, 109, 125, [139, 141], 157, 159, [171, 173], 181, [188, 191], 203, 205],
  [4, 213],
  [2, [103, 106], 116, 117, 122, 148],
  [2, 224, 225, [228, 230], 236, 237, [240, 242]],
  [5, 227, 245],
  [14, 239],
  [10, 231],
  [12, 243],
  [4, 232, 233, 244, 249, 251],
  [2, 248, 252],
  [3, 253],
]);

/** SIMD instructions below this number exist; those above are relaxed SIMD, which the IC refuses. */
export const simdInstructionCount = 256;

/**
 * Immediates of a SIMD instruction.
 *
 * @param instruction - number behind 0xFD
 * @returns whether it has a memory argument, and how many bytes follow
 */
export function simdImmediates(instruction: number): { hasMemoryArgument: boolean; bytes: number } {
  const isLoadOrStore = instruction <= 11 || instruction === 92 || instruction === 93;
  const isLaneAccess = instruction >= 84 && instruction <= 91;
  const hasLane = isLaneAccess || (instruction >= 21 && instruction <= 34);
  // v128.const and i8x16.shuffle
  const hasVector = instruction === 12 || instruction === 13;
  return { hasMemoryArgument: isLoadOrStore || isLaneAccess, bytes: hasVector ? 16 : hasLane ? 1 : 0 };
}
