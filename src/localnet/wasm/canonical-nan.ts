import type { ByteWriter } from './byte-writer.ts';

/*
 * Which bits a NaN has that arithmetic makes differs from processor to processor, and canisters can look at them. On
 * the IC they are always the same: dfinity/ic `ensure_determinism` has Cranelift replace every such NaN
 * (`nan_canonicalization.rs`, whose list of instructions this is). So does the code that is written here.
 */

/** A value with NaNs: its type as a local, the NaN, the comparison, and what chooses between the two. */
interface FloatShape {
  readonly type: number;
  readonly canonicalNaN: readonly number[];
  readonly equal: readonly number[];
  readonly choose: readonly number[];
}

const nan32 = [0, 0, 0xc0, 0x7f];
const nan64 = [0, 0, 0, 0, 0, 0, 0xf8, 0x7f];
const bitselect = [0xfd, 0x52];

/** By number; 0 is for values without NaNs. */
const floatShapes: readonly FloatShape[] = [
  { type: 0x7d, canonicalNaN: [0x43, ...nan32], equal: [0x5b], choose: [0x1b] },
  { type: 0x7c, canonicalNaN: [0x44, ...nan64], equal: [0x61], choose: [0x1b] },
  {
    type: 0x7b,
    canonicalNaN: [0xfd, 0x0c, ...nan32, ...nan32, ...nan32, ...nan32],
    equal: [0xfd, 0x41],
    choose: bitselect,
  },
  { type: 0x7b, canonicalNaN: [0xfd, 0x0c, ...nan64, ...nan64], equal: [0xfd, 0x47], choose: bitselect },
];
const f32 = 1;
const f64 = 2;
const f32x4 = 3;
const f64x2 = 4;

function shapes(entries: readonly (readonly [shape: number, first: number, last: number])[]): Uint8Array {
  const values = new Uint8Array(256);
  for (const [shape, first, last] of entries) values.fill(shape, first, last + 1);
  return values;
}

/** What a one-byte instruction makes that can be a NaN nobody put there: the number of its shape, or 0. */
export const floatShapeOf = shapes([
  // ceil floor trunc nearest, sqrt, add sub mul div, min max; demote
  [f32, 0x8d, 0x97],
  [f32, 0xb6, 0xb6],
  // the same; promote
  [f64, 0x9b, 0xa5],
  [f64, 0xbb, 0xbb],
]);

/** The same of the SIMD instructions, by number. */
export const simdFloatShapeOf = shapes([
  // demote, ceil floor trunc nearest, sqrt add sub mul div min max
  [f32x4, 94, 94],
  [f32x4, 103, 106],
  [f32x4, 227, 233],
  // promote, ceil floor, trunc, nearest, sqrt add sub mul div min max
  [f64x2, 95, 95],
  [f64x2, 116, 117],
  [f64x2, 122, 122],
  [f64x2, 148, 148],
  [f64x2, 239, 245],
]);

/** How many operands {@link writeCanonicalNaN} puts on top of the value. */
export const operandsOfCanonicalNaN = 3;

/** Type of the local that a shape needs. */
export function localTypeOf(shape: number): number {
  return shapeOf(shape).type;
}

/** Writes code that replaces the value on the stack if it is a NaN. @param local - free, of the shape's type */
export function writeCanonicalNaN(writer: ByteWriter, shape: number, local: number): void {
  const { canonicalNaN, equal, choose } = shapeOf(shape);
  // Only a NaN differs from itself.
  writer.byte(0x22).u32(local).bytes(canonicalNaN);
  writer.byte(0x20).u32(local).byte(0x20).u32(local).bytes(equal).bytes(choose);
}

function shapeOf(shape: number): FloatShape {
  const found = floatShapes[shape - 1];
  if (found === undefined) throw new Error(`There is no shape ${shape} of values with NaNs.`);
  return found;
}
