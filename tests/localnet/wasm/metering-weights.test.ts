import { describe, expect, it } from 'vitest';

import { CanisterInstance, prepareModule } from '../../../src/localnet/wasm/index.ts';
import { assemble, constant, f32, f64, i32, i64 } from './support/assemble.ts';

/** Runs the instructions as a function and returns what the counter shows. */
function instructionsOf(code: readonly number[]): bigint {
  const functions = [
    { locals: [i32, i64, f32, f64], code: [...code, 0x0b] },
    { code: [0x0b] },
    { parameters: [i32], code: [0x0b] },
  ];
  const module = prepareModule(
    assemble({
      functions,
      exports: { run: 0 },
      memoryPages: 1,
      table: [1, 2],
      globals: [i32],
      passiveData: [[1, 2, 3]],
    }),
  );
  const instance = CanisterInstance.create(module, {});
  instance.beginExecution(1_000_000n);
  instance.callExport('run');
  return instance.instructionsUsed();
}

const drop = 0x1a;
const functionEntry = 1n;
const i32Const = constant(7);
const i64Const = [0x42, 7];
const f32Const = [0x43, 0, 0, 0x80, 0x3f];
const f64Const = [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
const operands: Readonly<Record<string, number[]>> = {
  i32: i32Const,
  i64: i64Const,
  f32: f32Const,
  f64: f64Const,
};

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** [opcodes, operand type, number of operands, weight]; the interface of each row is one the IC weighs alike. */
const numeric: [opcodes: number[], operand: string, operands: 1 | 2, weight: bigint][] = [
  [[0x45], 'i32', 1, 1n],
  [range(0x46, 0x4f), 'i32', 2, 1n],
  [[0x50], 'i64', 1, 1n],
  [range(0x51, 0x5a), 'i64', 2, 1n],
  [range(0x5b, 0x60), 'f32', 2, 3n],
  [range(0x61, 0x66), 'f64', 2, 3n],
  [range(0x67, 0x69), 'i32', 1, 1n],
  [range(0x6a, 0x6c), 'i32', 2, 1n],
  [range(0x6d, 0x70), 'i32', 2, 10n],
  [range(0x71, 0x78), 'i32', 2, 1n],
  [range(0x79, 0x7b), 'i64', 1, 1n],
  [range(0x7c, 0x7e), 'i64', 2, 1n],
  [range(0x7f, 0x82), 'i64', 2, 10n],
  [range(0x83, 0x8a), 'i64', 2, 1n],
  [[0x8b, 0x8c], 'f32', 1, 1n],
  [range(0x8d, 0x90), 'f32', 1, 2n],
  [[0x91], 'f32', 1, 5n],
  [range(0x92, 0x94), 'f32', 2, 2n],
  [[0x95], 'f32', 2, 3n],
  [[0x96, 0x97], 'f32', 2, 18n],
  [[0x98], 'f32', 2, 2n],
  [[0x99, 0x9a], 'f64', 1, 1n],
  [range(0x9b, 0x9e), 'f64', 1, 2n],
  [[0x9f], 'f64', 1, 8n],
  [range(0xa0, 0xa2), 'f64', 2, 2n],
  [[0xa3], 'f64', 2, 5n],
  [[0xa4, 0xa5], 'f64', 2, 18n],
  [[0xa6], 'f64', 2, 3n],
  [[0xa7], 'i64', 1, 1n],
  [[0xa8, 0xa9], 'f32', 1, 20n],
  [[0xaa, 0xab], 'f64', 1, 20n],
  [[0xac, 0xad], 'i32', 1, 1n],
  [[0xae, 0xaf], 'f32', 1, 20n],
  [[0xb0, 0xb1], 'f64', 1, 20n],
  [[0xb2], 'i32', 1, 3n],
  [[0xb3], 'i32', 1, 16n],
  [[0xb4], 'i64', 1, 3n],
  [[0xb5], 'i64', 1, 16n],
  [[0xb6], 'f64', 1, 1n],
  [[0xb7], 'i32', 1, 3n],
  [[0xb8], 'i32', 1, 16n],
  [[0xb9], 'i64', 1, 3n],
  [[0xba], 'i64', 1, 16n],
  [[0xbb, 0xbc], 'f32', 1, 1n],
  [[0xbd], 'f64', 1, 1n],
  [[0xbe], 'i32', 1, 1n],
  [[0xbf], 'i64', 1, 1n],
  [[0xc0, 0xc1], 'i32', 1, 1n],
  [range(0xc2, 0xc4), 'i64', 1, 1n],
];

const numericCases = numeric.flatMap(([opcodes, operand, count, weight]) =>
  opcodes.map((opcode) => ({ name: `0x${opcode.toString(16)}`, opcode, operand, count, weight })),
);

describe('weights of numeric instructions', () => {
  it.each(numericCases)('$name on $operand costs $weight', ({ opcode, operand, count, weight }) => {
    const pushes = Array.from({ length: count }, () => operands[operand] ?? []).flat();
    const pushesAndDrop = BigInt(count) + 1n;
    expect(instructionsOf([...pushes, opcode, drop])).toBe(functionEntry + pushesAndDrop + weight);
  });

  it.each(range(0, 7))('saturating truncation 0xfc %i costs 20', (number) => {
    const operand = number % 4 < 2 ? f32Const : f64Const;
    expect(instructionsOf([...operand, 0xfc, number, drop])).toBe(functionEntry + 2n + 20n);
  });
});

/** [what, instructions, cost of all of them] */
const others: [name: string, code: number[], cost: bigint][] = [
  ['an empty function', [], 0n],
  ['nop', [0x01], 1n],
  ['block and end', [0x02, 0x40, 0x0b], 0n],
  ['loop and end', [0x03, 0x40, 0x0b], 0n],
  ['if, taken, with an else', [...constant(1), 0x04, 0x40, 0x01, 0x05, 0x01, 0x01, 0x0b], 1n + 2n + 1n],
  ['if, not taken, with an else', [...constant(0), 0x04, 0x40, 0x01, 0x05, 0x01, 0x01, 0x0b], 1n + 2n + 2n],
  ['br', [0x02, 0x40, 0x0c, 0, 0x01, 0x0b], 2n],
  ['br_if, taken', [0x02, 0x40, ...constant(1), 0x0d, 0, 0x01, 0x0b], 1n + 2n],
  ['br_if, not taken', [0x02, 0x40, ...constant(0), 0x0d, 0, 0x01, 0x0b], 1n + 2n + 1n],
  [
    'br_table to a label of its vector',
    [0x02, 0x40, 0x02, 0x40, ...constant(0), 0x0e, 1, 0, 1, 0x0b, 0x01, 0x0b],
    1n + 2n + 1n,
  ],
  [
    'br_table to its default',
    [0x02, 0x40, 0x02, 0x40, ...constant(9), 0x0e, 1, 0, 1, 0x0b, 0x01, 0x0b],
    1n + 2n,
  ],
  ['return', [0x0f, 0x01], 1n],
  ['call of an empty function', [0x10, 1], 5n + 1n],
  ['call_indirect of an empty function', [...constant(0), 0x11, 1, 0], 1n + 10n + 1n],
  ['return_call of an empty function', [0x12, 1], 3n + 1n],
  ['return_call_indirect of an empty function', [...constant(0), 0x13, 1, 0], 1n + 60n + 1n],
  ['select', [...i32Const, ...i32Const, ...i32Const, 0x1b, drop], 3n + 1n + 1n],
  ['typed select', [...f32Const, ...f32Const, ...i32Const, 0x1c, 1, f32, drop], 3n + 1n + 1n],
  ['local.get', [0x20, 0, drop], 2n],
  ['local.set', [...i32Const, 0x21, 0], 2n],
  ['local.tee', [...i32Const, 0x22, 0, drop], 3n],
  ['global.get', [0x23, 0, drop], 3n],
  ['global.set', [...i32Const, 0x24, 0], 3n],
  ['table.get', [...constant(0), 0x25, 0, drop], 1n + 5n + 1n],
  ['table.set', [...constant(0), 0xd2, 1, 0x26, 0], 1n + 130n + 5n],
  ['memory.size', [0x3f, 0, drop], 21n],
  ['memory.grow', [...constant(0), 0x40, 0, drop], 1n + 300n + 1n],
  ['ref.null and ref.is_null', [0xd0, 0x70, 0xd1, drop], 1n + 5n + 1n],
  ['ref.func', [0xd2, 1, drop], 131n],
  ['memory.init of 3 bytes', [...constant(0), ...constant(0), ...constant(3), 0xfc, 8, 0, 0], 3n + 100n + 3n],
  ['data.drop', [0xfc, 9, 0], 300n],
  [
    'memory.copy of 20 bytes',
    [...constant(0), ...constant(100), ...constant(20), 0xfc, 10, 0, 0],
    3n + 100n + 20n,
  ],
  [
    'memory.fill of 1000 bytes',
    [...constant(0), ...constant(1), ...constant(1000), 0xfc, 11, 0],
    3n + 100n + 1000n,
  ],
  [
    'table.copy of 2 elements',
    [...constant(2), ...constant(0), ...constant(2), 0xfc, 14, 0, 0],
    3n + 100n + 2n,
  ],
  ['table.grow', [0xd0, 0x70, ...constant(1), 0xfc, 15, 0, drop], 2n + 300n + 1n],
  ['table.size', [0xfc, 16, 0, drop], 101n],
  ['table.fill of 4 elements', [...constant(0), 0xd0, 0x70, ...constant(4), 0xfc, 17, 0], 3n + 100n + 4n],
  ['table.init of 0 elements', [...constant(0), ...constant(0), ...constant(0), 0xfc, 12, 0, 0], 3n + 100n],
  ['elem.drop', [0xfc, 13, 0], 300n],
  ['v128.const', [0xfd, 12, ...new Array<number>(16).fill(0), drop], 2n],
  ['f64x2.sqrt', [0xfd, 12, ...new Array<number>(16).fill(0), 0xfd, 0xef, 0x01, drop], 1n + 14n + 1n],
  ['v128.load and i32x4.extract_lane', [...constant(0), 0xfd, 0, 4, 0, 0xfd, 27, 3, drop], 4n],
  [
    'v128.load8_lane',
    [...constant(0), 0xfd, 12, ...new Array<number>(16).fill(0), 0xfd, 84, 0, 0, 5, drop],
    4n,
  ],
];

describe('weights of other instructions', () => {
  it.each(others)('%s', (_, code, cost) => {
    expect(instructionsOf(code)).toBe(functionEntry + cost);
  });

  it.each(range(0x28, 0x35))('load 0x%s costs 1', (opcode) => {
    expect(instructionsOf([...constant(8), opcode, 0, 0, drop])).toBe(functionEntry + 3n);
  });

  it.each(range(0x36, 0x3e))('store 0x%s costs 1', (opcode) => {
    const values = {
      0x37: i64Const,
      0x38: f32Const,
      0x39: f64Const,
      0x3c: i64Const,
      0x3d: i64Const,
      0x3e: i64Const,
    };
    const value = values[opcode as keyof typeof values] as number[] | undefined;
    expect(instructionsOf([...constant(8), ...(value ?? i32Const), opcode, 0, 0])).toBe(functionEntry + 3n);
  });

  it('a loop costs its body once for every turn', () => {
    const turns = 1000;
    // local 0 += 1; br_if (local 0 < turns)
    const loop = [0x20, 0, ...constant(1), 0x6a, 0x22, 0, ...constant(turns), 0x49, 0x0d, 0];
    expect(instructionsOf([0x03, 0x40, ...loop, 0x0b])).toBe(functionEntry + BigInt(turns) * 8n);
  });

  it('numbers and offsets padded to five bytes are read whole', () => {
    const paddedSeven = [0x87, 0x80, 0x80, 0x80, 0x00];
    const code = [
      0x41,
      ...paddedSeven,
      0x28,
      0x80,
      0x80,
      0x80,
      0x80,
      0x00,
      ...paddedSeven,
      0x21,
      0x80,
      0x80,
      0x80,
      0x80,
      0x00,
    ];
    expect(instructionsOf(code)).toBe(functionEntry + 3n);
  });

  it('a large constant offset is read whole', () => {
    const farOffset = [0x80, 0xff, 0x03];
    expect(instructionsOf([...constant(0), 0x28, 2, ...farOffset, drop])).toBe(functionEntry + 3n);
  });
});
