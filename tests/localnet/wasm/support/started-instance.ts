import {
  CanisterInstance,
  prepareModule,
  type SystemApiImports,
} from '../../../../src/localnet/wasm/index.ts';
import { assemble, type AssembledModule, i32 } from './assemble.ts';

/** The opcode that closes a block or a function. */
export const end = 0x0b;
/** Instructions. */
export const unlimited = 10n ** 12n;

/** An instance of the module that may execute. */
export function start(parts: AssembledModule, imports: SystemApiImports = {}): CanisterInstance {
  const instance = CanisterInstance.create(prepareModule(assemble(parts)), imports);
  instance.beginExecution(unlimited);
  return instance;
}

/** A module whose only function has these instructions. */
export function functionOf(code: readonly number[], more: AssembledModule = {}): AssembledModule {
  return {
    functions: [{ locals: [i32], code: [...code, end] }],
    exports: { run: 0 },
    memoryPages: 1,
    ...more,
  };
}

/** A function that adds its parameter to the first global. */
export const addToGlobal = { parameters: [i32], code: [0x23, 0, 0x20, 0, 0x6a, 0x24, 0, end] };
