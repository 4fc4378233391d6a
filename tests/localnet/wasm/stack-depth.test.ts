import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CanisterInstance,
  defaultStackBytes,
  EngineStackOverflow,
  engineStackHolds,
  type PreparedModule,
  prepareModule,
  WasmTrap,
} from '../../../src/localnet/wasm/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { assemble, type AssembledFunction, constant, i32, i64 } from './support/assemble.ts';
import {
  anyFrameShape,
  type FrameShape,
  manyValuesModule,
  recursiveModule,
} from './support/recursive-function.ts';

const unlimited = 1_000_000_000_000n;
/** Nearly all of the 984 KiB that V8 has, so that an estimate that is a little too small shows. */
const nearlyAllOfTheStack = 940 * 1024;
const smallest: FrameShape = {
  parameters: [],
  results: [],
  locals: [],
  operands: [],
  blocks: 0,
  isIndirect: false,
};

interface Overflow {
  readonly trap: WasmTrap;
  readonly instructions: bigint;
}

function overflow(instance: CanisterInstance, stackBytes?: number): Overflow {
  instance.beginExecution(unlimited, stackBytes);
  const trap = thrownBy(WasmTrap, () => {
    instance.callExport('run');
  });
  expect(trap).toMatchObject({
    kind: 'stack overflow',
    code: 'IC0502',
    message: 'Canister trapped: stack overflow',
  });
  return { trap, instructions: instance.instructionsUsed() };
}

const instanceOf = (module: PreparedModule): CanisterInstance => CanisterInstance.create(module, {});
const baselineOf = (module: PreparedModule): CanisterInstance =>
  CanisterInstance.create(module, {}, undefined, module.baseline());

describe('recursion without end', () => {
  it('is stopped before the stack of the engine is full, whatever is in the frames', () => {
    fc.assert(
      fc.property(anyFrameShape, (shape) => {
        const module = prepareModule(recursiveModule(shape));
        const { trap } = overflow(baselineOf(module), nearlyAllOfTheStack);
        expect(trap).not.toBeInstanceOf(EngineStackOverflow);
      }),
      { numRuns: 300, examples: [[smallest], [{ ...smallest, isIndirect: true }]] },
    );
  });

  it('is stopped at the same instruction from a shallow and from a deep stack of the host', () => {
    const instance = instanceOf(prepareModule(recursiveModule(smallest)));
    const fromBelow = (calls: number): Overflow => (calls === 0 ? overflow(instance) : fromBelow(calls - 1));
    const shallow = fromBelow(0);
    const deep = fromBelow(1_000);
    expect(deep.trap).not.toBeInstanceOf(EngineStackOverflow);
    expect(deep.instructions).toBe(shallow.instructions);
    expect(deep.instructions).toBeGreaterThan(10_000n);
  });

  it('fills the stack of the engine in optimised code that keeps many values, but not in baseline code', () => {
    const module = prepareModule(manyValuesModule());
    const baseline = overflow(baselineOf(module));
    expect(baseline.trap).not.toBeInstanceOf(EngineStackOverflow);
    // Functions are compiled when they are first called: without the baseline compiler, by the optimising one.
    setFlagsFromString('--no-liftoff');
    try {
      const optimised = overflow(instanceOf(module));
      expect(optimised.trap).toBeInstanceOf(EngineStackOverflow);
      expect(optimised.instructions).toBeLessThan(baseline.instructions);
    } finally {
      setFlagsFromString('--liftoff');
    }
  });

  it('leaves no trace: the next execution has the whole stack again', () => {
    const instance = instanceOf(prepareModule(recursiveModule(smallest)));
    const first = overflow(instance).instructions;
    expect(overflow(instance).instructions).toBe(first);
    expect(instance.capture(undefined).image.globals).toEqual([]);
  });

  it('is stopped at once in a function whose locals alone need more', () => {
    const locals = Array.from({ length: 40_000 }, () => 0x7b);
    const instance = instanceOf(
      prepareModule(assemble({ functions: [{ locals, code: [0x0b] }], exports: { run: 0 } })),
    );
    // Over the weight of the call nothing was executed.
    expect(overflow(instance, 512 * 1024).instructions).toBe(0n);
  });
});

const getZero = [0x20, 0];
/** Ways out of a function of one parameter, which it returns; all functions have the same signature. */
const waysOut: readonly [name: string, code: readonly number[]][] = [
  ['its end', getZero],
  ['return', [...getZero, 0x0f]],
  ['return with operands left over', [...constant(1), ...getZero, 0x0f]],
  ['return inside of blocks', [0x02, 0x40, 0x03, 0x40, ...getZero, 0x0f, 0x0b, 0x0b, 0x00]],
  ['br to the function', [0x02, 0x40, ...getZero, 0x0c, 1, 0x0b, 0x00]],
  ['br_if to the function', [...getZero, ...constant(1), 0x0d, 0]],
  ['br_table to the function', [0x02, 0x40, ...getZero, ...constant(0), 0x0e, 1, 1, 1, 0x0b, 0x00]],
  ['an if that returns', [...getZero, 0x04, 0x40, ...getZero, 0x0f, 0x0b, ...getZero]],
  ['return_call', [...getZero, 0x12, 2]],
  ['return_call of an uncounted function', [...getZero, 0x12, 3]],
  ['return_call_indirect', [...getZero, ...constant(0), 0x13, 0, 0]],
];

/** Calls function 0 a million times, from which 2 is reached by tail calls; 3 calls nothing. */
function callingInALoop(code: readonly number[]): Uint8Array {
  const takesAndReturns = { parameters: [i32], results: [i32] };
  // A call that is never made lets the function be counted.
  const neverCalls = [...constant(0), 0x04, 0x40, ...constant(0), 0x10, 0, 0x1a, 0x0b];
  const loop = [
    ...[0x03, 0x40, 0x20, 0, 0x10, 0, 0x1a],
    ...[0x20, 0, ...constant(1), 0x6a, 0x22, 0, ...constant(1_000_000), 0x49, 0x0d, 0, 0x0b, 0x0b],
  ];
  const functions: AssembledFunction[] = [
    { ...takesAndReturns, code: [...neverCalls, ...code, 0x0b] },
    { locals: [i32], code: loop },
    { ...takesAndReturns, code: [...neverCalls, ...getZero, 0x0b] },
    { ...takesAndReturns, code: [...getZero, 0x0b] },
  ];
  return assemble({ functions, exports: { run: 1 }, table: [2] });
}

describe('a function gives its part of the stack back', () => {
  it.each(waysOut)('when it is left by %s', (_, code) => {
    const instance = instanceOf(prepareModule(callingInALoop(code)));
    instance.beginExecution(unlimited);
    expect(() => {
      instance.callExport('run');
    }).not.toThrow();
  });

  it('when it returns several values', () => {
    const pair: AssembledFunction = {
      results: [i32, i64],
      code: [0x41, 0, 0x04, 0x40, 0x10, 0, 0x1a, 0x1a, 0x0b, ...constant(7), 0x42, 8, 0x0b],
    };
    const loop = [0x03, 0x40, 0x10, 0, 0x1a, 0x1a, 0x20, 0, ...constant(1), 0x6a, 0x22, 0];
    const run = {
      locals: [i32],
      code: [...loop, ...constant(100_000), 0x49, 0x0d, 0, 0x0b, 0x0b],
    };
    const instance = instanceOf(prepareModule(assemble({ functions: [pair, run], exports: { run: 1 } })));
    instance.beginExecution(unlimited);
    expect(() => {
      instance.callExport('run');
    }).not.toThrow();
  });

  it('before a tail call, so that a loop of tail calls never ends for want of stack', () => {
    const again: AssembledFunction = {
      parameters: [i32],
      code: [0x20, 0, 0x45, 0x04, 0x40, 0x0f, 0x0b, 0x20, 0, ...constant(1), 0x6b, 0x12, 0, 0x0b],
    };
    const run = { code: [...constant(1_000_000), 0x10, 0, 0x0b] };
    const instance = instanceOf(prepareModule(assemble({ functions: [again, run], exports: { run: 1 } })));
    instance.beginExecution(unlimited);
    expect(() => {
      instance.callExport('run');
    }).not.toThrow();
  });
});

describe('legal recursion', () => {
  it('may be thousands of calls deep', () => {
    const sum: AssembledFunction = {
      parameters: [i32],
      results: [i32],
      // sum(n) = n = 0 ? 0 : n + sum(n - 1)
      code: [
        ...[0x20, 0, 0x45, 0x04, 0x40, ...constant(0), 0x0f, 0x0b],
        ...[0x20, 0, 0x20, 0, ...constant(1), 0x6b, 0x10, 0, 0x6a, 0x0b],
      ],
    };
    const run = { code: [...constant(5_000), 0x10, 0, 0x24, 0, 0x0b] };
    const instance = instanceOf(
      prepareModule(assemble({ functions: [sum, run], exports: { run: 1 }, globals: [i32] })),
    );
    instance.beginExecution(unlimited);
    instance.callExport('run');
    expect(instance.capture(undefined).image.globals).toEqual([(5_000 * 5_001) / 2]);
  });
});

describe('the stack of the engine', () => {
  it('is found out to hold what canisters have by default, but not much more', () => {
    expect(engineStackHolds(defaultStackBytes)).toBe(true);
    expect(engineStackHolds(defaultStackBytes + 128 * 1024)).toBe(false);
  });
});
