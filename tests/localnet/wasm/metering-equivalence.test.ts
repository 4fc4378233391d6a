import binaryen from 'binaryen';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CanisterInstance, prepareModule, WasmTrap } from '../../../src/localnet/wasm/index.ts';
import { encodeProgram } from './support/encode-program.ts';
import { interpretProgram } from './support/interpret-program.ts';
import { anyProgram } from './support/random-program.ts';

interface Execution {
  readonly trapped: boolean;
  readonly memory: Buffer;
  readonly global: unknown;
}

function runUninstrumented(wasm: Uint8Array): Execution {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), {});
  let trapped = false;
  try {
    (exports['run'] as () => void)();
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    trapped = true;
  }
  const memory = Buffer.from((exports['memory'] as WebAssembly.Memory).buffer);
  return { trapped, memory, global: (exports['global0'] as WebAssembly.Global).value };
}

function runInstrumented(wasm: Uint8Array): Execution & { instructions: bigint } {
  const instance = CanisterInstance.create(prepareModule(wasm), {});
  instance.beginExecution(10_000_000_000n);
  let trapped = false;
  try {
    instance.callExport('run');
  } catch (error) {
    if (!(error instanceof WasmTrap)) throw error;
    trapped = true;
  }
  const global = instance.capture(undefined).image.globals[0];
  return { trapped, memory: Buffer.from(instance.memory), global, instructions: instance.instructionsUsed() };
}

function expectSame(actual: Execution, expected: Execution): void {
  expect(actual.trapped).toBe(expected.trapped);
  expect(actual.global).toBe(expected.global);
  expect(actual.memory.equals(expected.memory)).toBe(true);
}

/** The same program in another compiler's words. */
function optimize(wasm: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  module.optimize();
  const optimized = module.emitBinary();
  module.dispose();
  return optimized;
}

describe('a metered program', () => {
  it('counts exactly the instructions it executes, and computes what the program means', () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        const expected = interpretProgram(program);
        const actual = runInstrumented(encodeProgram(program));
        expectSame(actual, { ...expected, memory: Buffer.from(expected.memory) });
        // A block is charged at its beginning, so a trap leaves the rest of its block paid for.
        if (expected.trapped)
          expect(actual.instructions).toBeGreaterThanOrEqual(BigInt(expected.instructions));
        else expect(actual.instructions).toBe(BigInt(expected.instructions));
      }),
      { numRuns: 250 },
    );
  });

  it('leaves the memory, the globals and the trap the uninstrumented one leaves, however it was compiled', () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        const wasm = optimize(encodeProgram(program));
        expectSame(runInstrumented(wasm), runUninstrumented(wasm));
      }),
      { numRuns: 60 },
    );
  });
});
