import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  CanisterInstance,
  type HeapImage,
  type PreparedModule,
  prepareModule,
  type SystemApiImports,
  type TrapKind,
  WasmTrap,
} from '../../../src/localnet/wasm/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { assemble, type AssembledModule, constant, f64, i32, i64 } from './support/assemble.ts';

const end = 0x0b;
const unlimited = 10n ** 12n;

function start(parts: AssembledModule, imports: SystemApiImports = {}): CanisterInstance {
  const instance = CanisterInstance.create(prepareModule(assemble(parts)), imports);
  instance.beginExecution(unlimited);
  return instance;
}

/** A module whose only function has these instructions. */
function functionOf(code: readonly number[], more: AssembledModule = {}): AssembledModule {
  return {
    functions: [{ locals: [i32], code: [...code, end] }],
    exports: { run: 0 },
    memoryPages: 1,
    ...more,
  };
}

const trapOf = (attempt: () => void): WasmTrap => thrownBy(WasmTrap, attempt);

const endlessLoop = [0x03, 0x40, 0x0c, 0, end];

describe('the instruction limit', () => {
  it('stops an endless loop, and says how many instructions were allowed', () => {
    const instance = start(functionOf(endlessLoop));
    instance.beginExecution(100_000n);
    const trap = trapOf(() => {
      instance.callExport('run');
    });
    expect(trap).toMatchObject({ kind: 'instruction limit', code: 'IC0522' });
    expect(trap.message).toBe(
      'Canister exceeded the limit of 100000 instructions for single message execution.',
    );
    // One turn of the loop is a br, which costs 2.
    expect(instance.instructionsUsed() - 100_000n).toBeLessThanOrEqual(2n);
  });

  it('stops endless recursion before the stack is exhausted', () => {
    const instance = start(functionOf([0x10, 0]));
    instance.beginExecution(1_000n);
    expect(
      trapOf(() => {
        instance.callExport('run');
      }).kind,
    ).toBe('instruction limit');
  });

  it('stops an endless loop of system calls that are charged by the host', () => {
    const parts: AssembledModule = {
      imports: [{ name: 'msg_reply' }],
      functions: [{ code: [0x03, 0x40, 0x10, 0, 0x0c, 0, end, end] }],
      exports: { run: 1 },
    };
    const charged: { by: CanisterInstance | undefined } = { by: undefined };
    let calls = 0;
    const instance = start(parts, {
      msg_reply: () => {
        calls += 1;
        charged.by?.charge(500);
      },
    });
    charged.by = instance;
    instance.beginExecution(100_000_000n);
    expect(
      trapOf(() => {
        instance.callExport('run');
      }).kind,
    ).toBe('instruction limit');
    expect(instance.instructionsUsed()).toBeGreaterThan(100_000_000n);
    expect(calls).toBeLessThan(100_000_000 / 500 + 10_000);
  });

  it('stops a bulk operation that costs more than is left before it does anything', () => {
    const fill = [...constant(0), ...constant(7), ...constant(60_000), 0xfc, 11, 0];
    const instance = start(functionOf(fill));
    instance.beginExecution(10_000n);
    expect(
      trapOf(() => {
        instance.callExport('run');
      }).kind,
    ).toBe('instruction limit');
    expect(instance.memory.every((byte) => byte === 0)).toBe(true);
  });

  it('also fails a message whose last charge passed it', () => {
    const instance = start(functionOf([0x01]));
    instance.beginExecution(100n);
    instance.charge(99);
    expect(
      trapOf(() => {
        instance.callExport('run');
      }).kind,
    ).toBe('instruction limit');
  });

  it('leaves a canister that traps by itself its own trap', () => {
    const instance = start(functionOf([0x00]));
    expect(
      trapOf(() => {
        instance.callExport('run');
      }).kind,
    ).toBe('unreachable');
    instance.beginExecution(unlimited);
    expect(
      trapOf(() => {
        instance.callExport('run');
      }).kind,
    ).toBe('unreachable');
  });

  it('is counted anew for every execution, host charges included', () => {
    const instance = start(functionOf([0x01]));
    instance.charge(1_500_000);
    instance.callExport('run');
    instance.charge(3);
    expect(instance.instructionsUsed()).toBe(1_500_000n + 3n + 2n);
    instance.beginExecution(unlimited);
    expect(instance.instructionsUsed()).toBe(0n);
  });
});

const traps: [kind: TrapKind, code: number[]][] = [
  ['unreachable', [0x00]],
  ['heap out of bounds', [...constant(65_536), 0x28, 2, 0, 0x1a]],
  ['heap out of bounds', [...constant(65_530), ...constant(0), ...constant(7), 0xfc, 11, 0]],
  ['integer division by 0', [...constant(1), ...constant(0), 0x6d, 0x1a]],
  ['integer division by 0', [...constant(1), ...constant(0), 0x70, 0x1a]],
  ['stack overflow', [0x10, 0]],
  ['table out of bounds', [...constant(50), 0x11, 0, 0]],
  ['table out of bounds', [...constant(50), 0x25, 0, 0x1a]],
  ['unknown', [...constant(-2147483648), ...constant(-1), 0x6d, 0x1a]],
  ['unknown', [...constant(3), 0x11, 0, 0]],
];

describe('traps', () => {
  it.each(traps)("are told apart: '%s'", (kind, code) => {
    const instance = start(functionOf(code, { table: [0] }));
    const trap = trapOf(() => {
      instance.callExport('run');
    });
    expect(trap).toMatchObject({ kind, code: 'IC0502', message: `Canister trapped: ${kind}` });
  });

  it('thrown by host imports come out as they are', () => {
    const failure = new Error('from the host');
    const parts: AssembledModule = { imports: [{ name: 'msg_reply' }], exports: { run: 0 } };
    const instance = start(parts, {
      msg_reply: () => {
        throw failure;
      },
    });
    expect(() => {
      instance.callExport('run');
    }).toThrow(failure);
  });

  it('of a missing system call name what is missing', () => {
    const module = prepareModule(assemble({ imports: [{ name: 'msg_reply' }] }));
    expect(() => CanisterInstance.create(module, {})).toThrow('msg_reply');
  });
});

/** Adds its parameter to global 0. */
const addToGlobal = { parameters: [i32], code: [0x23, 0, 0x20, 0, 0x6a, 0x24, 0, end] };

describe('callbacks', () => {
  const parts: AssembledModule = {
    functions: [addToGlobal, { code: [end] }, { parameters: [i64], code: [end] }],
    table: [0, 1, 2],
    globals: [i32],
  };

  it('are called through the table with their environment', () => {
    const instance = start(parts);
    instance.callTable(0, 40);
    instance.callTable(0, 2);
    expect(instance.capture(undefined).image.globals).toEqual([42]);
  });

  it('take an environment above 2^31, as the IC has it unsigned', () => {
    const instance = start(parts);
    instance.callTable(0, 0xffffffff);
    expect(instance.capture(undefined).image.globals).toEqual([-1]);
  });

  it.each([
    ['beyond the table', 1000],
    ['at the unsigned maximum', 0xffffffff],
  ])('%s are reported as not existing', (_, index) => {
    const instance = start(parts);
    const trap = trapOf(() => {
      instance.callTable(index, 0);
    });
    expect(trap).toMatchObject({ kind: 'function not found', code: 'IC0513' });
    expect(trap.message).toContain(String(index));
  });

  it.each([
    ['at an empty element', 4, 'unexpected null function reference'],
    ['of a function without parameter', 1, 'function invocation does not match its signature'],
    ['of a function whose parameter is an i64', 2, 'function invocation does not match its signature'],
  ])('%s violate the contract', (_, index, message) => {
    const instance = start(parts);
    const trap = trapOf(() => {
      instance.callTable(index, 0);
    });
    expect(trap).toMatchObject({ kind: 'contract violation', code: 'IC0504', message });
  });
});

describe('the start function', () => {
  const parts: AssembledModule = {
    functions: [{ code: [...constant(8), ...constant(99), 0x36, 2, 0, end] }],
    memoryPages: 1,
    start: 0,
  };

  it('runs when it is called, not when the module is instantiated, and is metered', () => {
    const instance = start(parts);
    expect(instance.memory[8]).toBe(0);
    instance.runStart();
    expect(instance.memory[8]).toBe(99);
    expect(instance.instructionsUsed()).toBe(4n);
  });

  it('may be missing', () => {
    const instance = start(functionOf([]));
    expect(() => {
      instance.runStart();
    }).not.toThrow();
  });
});

/** A canister that stores, sets a global and grows at the host's command. */
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
