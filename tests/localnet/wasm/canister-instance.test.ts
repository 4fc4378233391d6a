import { describe, expect, it } from 'vitest';

import {
  CanisterInstance,
  prepareModule,
  type TrapKind,
  WasmTrap,
} from '../../../src/localnet/wasm/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { addToGlobal, end, functionOf, start, unlimited } from './support/started-instance.ts';
import { assemble, type AssembledModule, constant, i32, i64 } from './support/assemble.ts';

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
