import { describe, expect, it } from 'vitest';
import { CanisterInstance, prepareModule } from '../../../src/localnet/wasm/index.ts';
import { assemble, constant, f32, f64, i32, i64, leb } from './support/assemble.ts';

const nan32 = 0x7fc0_0000n;
const nan64 = 0x7ff8_0000_0000_0000n;
/** A NaN with another sign and another payload, which no arithmetic may pass on. */
const strange32 = [0x43, 0x34, 0x12, 0xf0, 0xff];
const strange64 = [0x44, 0x34, 0x12, 0, 0, 0, 0, 0xf8, 0xff];
const vectorOf = (lanes: readonly number[], count: number): number[] => [
  0xfd,
  0x0c,
  ...Array.from({ length: count }, () => lanes).flat(),
];
const strange32x4 = vectorOf(strange32.slice(1), 4);
const strange64x2 = vectorOf(strange64.slice(1), 2);

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const simd = (number: number): number[] => [0xfd, ...leb(number)];

/** The 16 bytes at address 0 after a value was stored there. */
function storedBy(value: readonly number[], store: readonly number[]): bigint[] {
  const code = [...constant(0), ...value, ...store, 0x0b];
  const module = prepareModule(
    assemble({ functions: [{ locals: [i32, i64, f32, f64], code }], exports: { run: 0 }, memoryPages: 1 }),
  );
  const instance = CanisterInstance.create(module, {});
  instance.beginExecution(1_000_000n);
  instance.callExport('run');
  const { buffer, byteOffset } = instance.memory;
  return [...new BigUint64Array(buffer.slice(byteOffset, byteOffset + 16))];
}

const store32 = [0x38, 2, 0];
const store64 = [0x39, 3, 0];
const storeVector = [0xfd, 0x0b, 4, 0];

describe('a NaN that arithmetic makes has the same bits as on the IC', () => {
  it.each([
    ...range(0x8d, 0x91).map((opcode) => [opcode, strange32] as const),
    ...range(0x92, 0x97).map((opcode) => [opcode, [...strange32, ...strange32]] as const),
    [0xb6, strange64],
  ] as [number, number[]][])('f32, by instruction %i', (opcode, operands) => {
    expect(storedBy([...operands, opcode], store32)).toEqual([nan32, 0n]);
  });

  it.each([
    ...range(0x9b, 0x9f).map((opcode) => [opcode, strange64] as const),
    ...range(0xa0, 0xa5).map((opcode) => [opcode, [...strange64, ...strange64]] as const),
    [0xbb, strange32],
  ] as [number, number[]][])('f64, by instruction %i', (opcode, operands) => {
    expect(storedBy([...operands, opcode], store64)).toEqual([nan64, 0n]);
  });

  const both32 = nan32 | (nan32 << 32n);

  it.each([
    ...[...range(103, 106), 227].map((number) => [number, strange32x4] as const),
    ...range(228, 233).map((number) => [number, [...strange32x4, ...strange32x4]] as const),
  ] as [number, number[]][])('f32x4, by SIMD instruction %i', (number, operands) => {
    expect(storedBy([...operands, ...simd(number)], storeVector)).toEqual([both32, both32]);
  });

  it.each([
    ...[116, 117, 122, 148, 239].map((number) => [number, strange64x2] as const),
    ...range(240, 245).map((number) => [number, [...strange64x2, ...strange64x2]] as const),
    [95, strange32x4],
  ] as [number, number[]][])('f64x2, by SIMD instruction %i', (number, operands) => {
    expect(storedBy([...operands, ...simd(number)], storeVector)).toEqual([nan64, nan64]);
  });

  it('f32x4, by demotion, whose other half is zero', () => {
    expect(storedBy([...strange64x2, ...simd(94)], storeVector)).toEqual([both32, 0n]);
  });

  it('also of zero by zero, where processors differ in the sign', () => {
    const zero = [0x44, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(storedBy([...zero, ...zero, 0xa3], store64)).toEqual([nan64, 0n]);
  });
});

describe('what is no NaN, or not made by arithmetic, keeps its bits', () => {
  it('negation changes the sign and nothing else', () => {
    expect(storedBy([...strange32, 0x8c], store32)).toEqual([0x7ff0_1234n, 0n]);
  });

  it('numbers, infinities and negative zero come out of arithmetic as they are', () => {
    const of = (value: number): number[] => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
    const bitsOf = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
    for (const value of [1.5, -0, Infinity, -Infinity, 5e-324]) {
      expect(storedBy([...of(value), ...of(1), 0xa2], store64)).toEqual([bitsOf(value), 0n]);
    }
  });

  it('and vectors lose only the lanes that are NaNs', () => {
    const lanes = Float32Array.of(1, NaN, -2, Infinity);
    const vector = [0xfd, 0x0c, ...new Uint8Array(lanes.buffer)];
    const zero = vectorOf([0, 0, 0, 0], 4);
    const expected = new BigUint64Array(lanes.buffer);
    expect(storedBy([...vector, ...zero, ...simd(228)], storeVector)).toEqual([...expected]);
  });
});

it('a function that has no room for the code that does it is refused with a text that says so', () => {
  const root = [0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x9f, 0x1a, 0x0b];
  const code = [1, ...leb(50_000), f64, ...root];
  const wasm = assemble({
    functions: [{ code: [0x0b] }],
    rawSections: { 10: [1, ...leb(code.length), ...code] },
  });
  expect(() => prepareModule(wasm)).toThrow(
    /Wasm module has a function that is too large for this network: /,
  );
});
