import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CanisterInstance,
  type HeapImage,
  type PreparedModule,
  prepareModule,
} from '../../../src/localnet/wasm/index.ts';
import { assemble, type AssembledModule, constant, f64, i32, i64 } from './support/assemble.ts';
import { addToGlobal, end, functionOf, start, unlimited } from './support/started-instance.ts';

const scratchpad: AssembledModule = {
  functions: [{ code: [...constant(1), 0x40, 0, 0x1a, end] }, addToGlobal],
  exports: { grow: 0 },
  table: [1],
  globals: [i32, i64, f64],
  memoryPages: 20,
  data: [{ offset: constant(4094), bytes: [1, 2, 3, 4] }],
};

function scratchpadFrom(image?: HeapImage): { module: PreparedModule; instance: CanisterInstance } {
  const module = prepareModule(assemble(scratchpad));
  const instance = CanisterInstance.create(module, {}, image);
  instance.beginExecution(unlimited);
  return { module, instance };
}

describe('heap images', () => {
  it('hold the data segments of a fresh instance, and nothing for pages of zeros', () => {
    const { instance } = scratchpadFrom();
    const { image, dirtyPages } = instance.capture(undefined);
    expect(dirtyPages).toBe(2);
    expect(image.byteLength).toBe(20 * 65_536);
    expect(image.pages.filter((page) => page !== undefined)).toHaveLength(2);
    expect(image.pages[0]?.subarray(4094)).toEqual(Uint8Array.of(1, 2));
    expect(image.globals).toEqual([0, 0n, 0]);
  });

  it('share every page that did not change', () => {
    const { instance } = scratchpadFrom();
    const first = instance.capture(undefined).image;
    instance.memory[500_000] = 7;
    const { image: second, dirtyPages } = instance.capture(first);
    expect(dirtyPages).toBe(1);
    const changed = second.pages.flatMap((page, index) => (page === first.pages[index] ? [] : [index]));
    expect(changed).toEqual([Math.floor(500_000 / 4096)]);
    expect(instance.capture(second).image).toBe(second);
  });

  it('do not change when the canister goes on', () => {
    const { instance } = scratchpadFrom();
    instance.memory[100] = 1;
    const { image } = instance.capture(undefined);
    instance.memory[100] = 2;
    expect(image.pages[0]?.[100]).toBe(1);
  });

  it('forget a page that has become zero', () => {
    const { instance } = scratchpadFrom();
    const first = instance.capture(undefined).image;
    instance.memory.fill(0, 4094, 4098);
    const { image, dirtyPages } = instance.capture(first);
    expect(dirtyPages).toBe(2);
    expect(image.pages.every((page) => page === undefined)).toBe(true);
    const again = scratchpadFrom(image).instance;
    expect(again.memory.every((byte) => byte === 0)).toBe(true);
  });

  it('record globals even where no page changed', () => {
    const { instance } = scratchpadFrom();
    const first = instance.capture(undefined).image;
    instance.callTable(0, 5);
    const { image, dirtyPages } = instance.capture(first);
    expect(dirtyPages).toBe(0);
    expect(image.globals).toEqual([5, 0n, 0]);
  });

  it('bring instances to their state, by rewinding and by creation, whatever was written in between', () => {
    const anyWrites = fc.array(fc.tuple(fc.nat({ max: 20 * 65_536 - 1 }), fc.nat({ max: 255 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(anyWrites, anyWrites, fc.integer(), (committed, undone, increment) => {
        const { instance, module } = scratchpadFrom();
        for (const [address, byte] of committed) instance.memory[address] = byte;
        instance.callTable(0, increment);
        const { image } = instance.capture(undefined);
        const expected = Buffer.from(instance.memory);

        for (const [address, byte] of undone) instance.memory[address] = byte;
        instance.callTable(0, 1);
        expect(instance.rewind(image)).toBe(true);
        expect(Buffer.from(instance.memory).equals(expected)).toBe(true);
        expect(instance.capture(image).image).toBe(image);

        const created = CanisterInstance.create(module, {}, image);
        expect(Buffer.from(created.memory).equals(expected)).toBe(true);
        expect(created.capture(image).image).toBe(image);
      }),
      { numRuns: 40 },
    );
  });

  it('cannot be rewound to once the memory has grown, but created from', () => {
    const { instance } = scratchpadFrom();
    const small = instance.capture(undefined).image;
    instance.callExport('grow');
    expect(instance.memory.length).toBe(21 * 65_536);
    instance.memory[20 * 65_536 + 1] = 9;
    expect(instance.rewind(small)).toBe(false);
    const grown = instance.capture(small).image;
    expect(grown.byteLength).toBe(21 * 65_536);
    expect(scratchpadFrom(grown).instance.memory[20 * 65_536 + 1]).toBe(9);
    expect(scratchpadFrom(small).instance.memory.length).toBe(20 * 65_536);
  });

  it('smaller than the memory a module starts with leave the rest zero, data segments included', () => {
    const { globals } = scratchpadFrom().instance.capture(undefined).image;
    const page = new Uint8Array(4096).fill(5);
    const { instance } = scratchpadFrom({ pages: [page], byteLength: 65_536, globals });
    expect(instance.memory.length).toBe(20 * 65_536);
    expect(instance.memory.subarray(0, 4096).every((byte) => byte === 5)).toBe(true);
    expect(instance.memory.subarray(4096).every((byte) => byte === 0)).toBe(true);
  });

  it('of another canister with the same module can be taken over by a live instance', () => {
    const { instance } = scratchpadFrom();
    const other = scratchpadFrom().instance;
    other.memory[70_000] = 1;
    other.callTable(0, 11);
    const { image } = other.capture(undefined);
    expect(instance.rewind(image)).toBe(true);
    expect(instance.capture(image).image).toBe(image);
  });

  it('of another module are refused', () => {
    const { image } = start(functionOf([])).capture(undefined);
    expect(() => scratchpadFrom(image)).toThrow('another module');
  });

  const refNull = [0xd0, 0x70];
  const threeZeros = [...constant(0), ...constant(0), ...constant(0)];
  it.each([
    ['table.set', [...constant(0), ...refNull, 0x26, 0]],
    ['table.grow', [...refNull, ...constant(1), 0xfc, 15, 0, 0x1a]],
    ['table.fill', [...constant(0), ...refNull, ...constant(1), 0xfc, 17, 0]],
    ['table.copy', [...threeZeros, 0xfc, 14, 0, 0]],
    ['table.init', [...threeZeros, 0xfc, 12, 0, 0]],
    ['elem.drop', [0xfc, 13, 0]],
    ['data.drop', [0xfc, 9, 0]],
  ])('cannot undo %s: once it ran, the instance is not used again', (_, code) => {
    const instance = start(functionOf(code, { table: [0], passiveData: [[1]] }));
    const { image } = instance.capture(undefined);
    expect(instance.rewind(image)).toBe(true);
    instance.callExport('run');
    expect(instance.reusable).toBe(false);
    expect(instance.rewind(image)).toBe(false);
  });

  it('of a canister without memory hold its globals', () => {
    const instance = start({ functions: [addToGlobal], table: [0], globals: [i32] });
    const before = instance.capture(undefined).image;
    instance.callTable(0, 3);
    expect(instance.capture(before).image).toMatchObject({ byteLength: 0, pages: [], globals: [3] });
    expect(instance.rewind(before)).toBe(true);
    expect(instance.capture(before).image).toBe(before);
  });
});
