import fc from 'fast-check';
import { assemble, type AssembledFunction, constant, f32, f64, i32, i64, leb } from './assemble.ts';

const v128 = 0x7b;

/** What a frame has to hold while the function calls itself. */
export interface FrameShape {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
  readonly locals: readonly number[];
  /** Types of operands that lie on the stack during the call. */
  readonly operands: readonly number[];
  /** How many blocks the call stands in; each has one of the operands below it. */
  readonly blocks: number;
  readonly isIndirect: boolean;
}

const zeros: Readonly<Record<number, readonly number[]>> = {
  [i32]: [0x41, 0],
  [i64]: [0x42, 0],
  [f32]: [0x43, 0, 0, 0, 0],
  [f64]: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
  [v128]: [0xfd, 12, ...Array.from({ length: 16 }, () => 0)],
};
const zero = (type: number): readonly number[] => zeros[type] ?? [];

/** A function that calls itself without end. It is function 0, its type is type 0, and it is element 0 of the table. */
function recursiveFunction(shape: FrameShape): AssembledFunction {
  const { parameters, results, locals, operands, blocks, isIndirect } = shape;
  const opened = Math.min(blocks, operands.length);
  // Every local is used behind the call, so that its value must be kept.
  const used = locals.flatMap((_, index) => [0x20, ...leb(parameters.length + index), 0x1a]);
  const call = isIndirect ? [0x41, 0, 0x11, 0, 0] : [0x10, 0];
  const code = [
    ...operands.slice(opened).flatMap(zero),
    ...operands.slice(0, opened).flatMap((type) => [...zero(type), 0x02, 0x40]),
    ...parameters.flatMap((_, index) => [0x20, ...leb(index)]),
    ...call,
    ...results.map(() => 0x1a),
    ...operands.slice(0, opened).flatMap(() => [0x0b, 0x1a]),
    ...operands.slice(opened).map(() => 0x1a),
    ...used,
    ...results.flatMap(zero),
    0x0b,
  ];
  return { parameters, results, locals, code };
}

const anyType = fc.constantFrom(i32, i64, f32, f64, v128);
const anyTypes = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.oneof(
    fc.array(anyType, { maxLength: 6 }),
    fc.array(anyType, { maxLength, size: 'max' }),
    // Without vectors, which make every slot count twice.
    fc.array(fc.constantFrom(i32, i64, f32, f64), { maxLength, size: 'max' }),
  );

/** Any frame: nearly empty ones, and some that take a large part of the stack. */
export const anyFrameShape: fc.Arbitrary<FrameShape> = fc.record({
  parameters: anyTypes(40),
  results: anyTypes(12),
  locals: anyTypes(2_000),
  operands: anyTypes(300),
  blocks: fc.nat({ max: 20 }),
  isIndirect: fc.boolean(),
});

/** A module whose export `run` calls {@link recursiveFunction}. */
export function recursiveModule(shape: FrameShape): Uint8Array {
  const code = [...shape.parameters.flatMap(zero), 0x10, 0, ...shape.results.map(() => 0x1a), 0x0b];
  return assemble({ functions: [recursiveFunction(shape), { code }], exports: { run: 1 }, table: [0] });
}

/**
 * Recursion in which a hundred products are needed before and behind the call. The optimising compiler works them out
 * once and keeps them in the frame; the baseline compiler has room only for locals and operands.
 */
export function manyValuesModule(): Uint8Array {
  const products = Array.from({ length: 100 }, (_, index) => [
    ...[0x20, 0, ...constant(2 * index + 3), 0x6c, ...constant(index + 1), 0x73],
    ...[0x20, 1, 0x6a, 0x21, 1],
  ]).flat();
  const again = [0x20, 0, ...constant(1), 0x6b, 0x10, 0, 0x20, 1, 0x6a, 0x21, 1];
  const code = [...products, ...again, ...products, 0x20, 1, 0x0b];
  const run = { code: [...constant(-1), 0x10, 0, 0x1a, 0x0b] };
  const functions = [{ parameters: [i32], results: [i32], locals: [i32], code }, run];
  return assemble({ functions, exports: { run: 1 } });
}
