import { execFileSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import type { Principal } from '@dfinity/principal';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LocalNetworkOptions } from '../../src/localnet/index.ts';
import {
  depthArgument,
  endless,
  type Recursion,
  recursions,
  recursiveCanister,
} from './support/recursive-canister.ts';
import { TestNetwork, user } from './support/test-network.ts';

const nothing = new Uint8Array();
const overflowing = recursions.filter((recursion) => recursion !== 'tailCalls');

let net: TestNetwork;
let canisterId: Principal;

beforeEach(() => {
  start(recursiveCanister());
});

function start(module: Uint8Array, options: LocalNetworkOptions = {}): void {
  net = new TestNetwork(options);
  canisterId = net.management.createCanister();
  net.management.installCode(canisterId, { module, arg: nothing });
}

function update(method: string, depth: number): number {
  return numberIn(net.network.update({ sender: user, canisterId, method, arg: depthArgument(depth) }));
}

function query(method: string, depth: number): number {
  return numberIn(net.network.query({ sender: user, canisterId, method, arg: depthArgument(depth) }));
}

function numberIn(reply: Uint8Array): number {
  return new DataView(reply.buffer, reply.byteOffset).getUint32(0, true);
}

function expectOverflow(attempt: () => unknown): void {
  const { rejectCode, errorCode, rejectMessage } = net.rejection(attempt);
  expect([rejectCode, errorCode]).toEqual([5, 'IC0502']);
  expect(rejectMessage).toContain(
    `Error from Canister ${canisterId.toText()}: Canister trapped: stack overflow.`,
  );
}

/** Instructions until endless recursion has trapped. @param method - an update, or a query called like one */
function instructionsOfOverflow(method: string): bigint {
  expectOverflow(() => update(method, endless));
  const step = net.events.findLast(({ event }) => event === 'step');
  if (step?.event !== 'step' || step.outcome !== 'trapped') throw new Error('Nothing has trapped.');
  return step.instructions;
}

/** Calls something on top of so many frames of JavaScript. */
function fromDeepStack<Result>(frames: number, act: () => Result): Result {
  return frames === 0 ? act() : fromDeepStack(frames - 1, act);
}

/** Lets functions be optimised where they are first called, which otherwise happens at some time when they are hot. */
function withOptimisedCode(act: () => void): void {
  setFlagsFromString('--no-liftoff');
  try {
    act();
  } finally {
    setFlagsFromString('--liftoff');
  }
}

describe('recursion without end', () => {
  test.each(overflowing)('traps at the same instruction whether code is cold or hot: %s', (recursion) => {
    const cold = instructionsOfOverflow(recursion);
    expect(cold).toBeGreaterThan(50_000n);
    const hot = Array.from({ length: 20 }, () => instructionsOfOverflow(recursion));
    expect(new Set(hot)).toEqual(new Set([cold]));
  });

  test.each(overflowing)(
    'traps at the same instruction in code optimised from the start: %s',
    (recursion) => {
      const cold = instructionsOfOverflow(recursion);
      start(recursiveCanister(`optimised ${recursion}`));
      withOptimisedCode(() => {
        expect(instructionsOfOverflow(recursion)).toBe(cold);
      });
    },
  );

  test.each(overflowing)('traps at the same instruction on top of a deep stack: %s', (recursion) => {
    const shallow = instructionsOfOverflow(recursion);
    expect(fromDeepStack(1_000, () => instructionsOfOverflow(recursion))).toBe(shallow);
  });

  test.each(overflowing)('traps in a query as in an update: %s', (recursion) => {
    expectOverflow(() => query(`${recursion}Query`, endless));
    expect(instructionsOfOverflow(`${recursion}Query`)).toBe(instructionsOfOverflow(recursion));
  });

  test.each(overflowing)('undoes what the message did, and the canister works on: %s', (recursion) => {
    expectOverflow(() => update(recursion, endless));
    expect(update('written', 0)).toBe(0);
    expect(update(recursion, 100)).toBe(100);
    expect(update('written', 0)).toBe(1);
  });

  test('traps in a callback: only what the callback did is undone', () => {
    const instructions = instructionsOfOverflow('callback');
    expect(update('written', 0)).toBe(0);
    expect(instructionsOfOverflow('callback')).toBe(instructions);
    expect(update('callback', 3_000)).toBe(3_000);
    expect(update('written', 0)).toBe(1);
  });

  test('traps in init: the same cycles are paid each time, and the canister can be installed after it', () => {
    const burned = [1, 2].map(() => {
      const before = net.network.canister(canisterId).cycles;
      expectOverflow(() => {
        net.management.installCode(canisterId, {
          mode: 'reinstall',
          module: recursiveCanister(),
          arg: depthArgument(endless),
        });
      });
      return before - net.network.canister(canisterId).cycles;
    });
    expect(burned[0]).toBeGreaterThan(0n);
    expect(burned[1]).toBe(burned[0]);
    net.management.installCode(canisterId, {
      mode: 'reinstall',
      module: recursiveCanister(),
      arg: depthArgument(3_000),
    });
    expect(update('direct', 10)).toBe(10);
  });
});

const legalDepths: readonly [Recursion, number][] = [
  ['direct', 5_000],
  ['mutual', 5_000],
  ['indirect', 5_000],
  ['manyLocals', 400],
  ['manyValues', 5_000],
  ['tailCalls', 1_000_000],
];

describe('recursion that ends', () => {
  test.each(legalDepths)('may be deep: %s %i calls', (recursion, depth) => {
    expect(update(recursion, depth)).toBe(depth);
    expect(query(`${recursion}Query`, depth)).toBe(depth);
  });

  test('may be deeper than the engine has stack for in optimised code', () => {
    start(recursiveCanister('deep and optimised'));
    withOptimisedCode(() => {
      expect(update('manyValues', 5_000)).toBe(5_000);
    });
    expect(update('written', 0)).toBe(1);
  });

  test('may be so in init, too', () => {
    withOptimisedCode(() => {
      net.management.installCode(canisterId, {
        mode: 'reinstall',
        module: recursiveCanister('deep init'),
        arg: depthArgument(5_000),
      });
    });
    expect(update('direct', 10)).toBe(10);
  });
});

describe('the stack that canisters have', () => {
  test.each(overflowing)('can be made smaller, to the same effect everywhere: %s', (recursion) => {
    const usual = instructionsOfOverflow(recursion);
    start(recursiveCanister(), { stackBytes: 256 * 1024 });
    const fewer = instructionsOfOverflow(recursion);
    // A third of the stack, a third of the calls, give and take the one that did not fit.
    expect(Number(fewer) / Number(usual)).toBeCloseTo(1 / 3, 2);
    expect(instructionsOfOverflow(recursion)).toBe(fewer);
  });

  test('cannot be larger than what the engine has', () => {
    expect(() => new TestNetwork({ stackBytes: 5 * 1024 * 1024 })).toThrow(/--stack-size/);
  });

  test('can be what the IC gives where the engine has more', () => {
    const script = 'tests/localnet/support/deepest-recursion.ts';
    const printed = execFileSync(process.execPath, ['--stack-size=5400', '--import', 'tsx', script]);
    expect(Number(printed.toString())).toBe(40_000);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31])('is no such number: %d', (stackBytes) => {
    expect(() => new TestNetwork({ stackBytes })).toThrow(RangeError);
  });
});
