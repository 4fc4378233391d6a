import { skipLeb, u32At } from './leb.ts';
import type { FunctionType, ModuleLayout } from './module-layout.ts';
import type { OperandStack } from './operand-stack.ts';

const kibibyte = 1024;

/**
 * How much stack the functions of a canister may take, by {@link FrameSizes}, unless the network is told otherwise; the
 * call that would take more traps.
 *
 * V8 gives Wasm and the JavaScript around it 984 KiB in all. 216 KiB of them are left to what is below (the program
 * that runs the network) and above (a function that calls no other, a system call). The IC's limit is 5 MiB, of frames
 * of another compiler.
 */
export const defaultStackBytes = 768 * kibibyte;

/** What is above a canister's frames, and what is below them in a program that is not deep itself. */
export const hostStackBytes = 128 * kibibyte;

/** A function that calls no other is not counted up to this size: it can only be on top of all others. */
const uncountedFrameBytes = 16 * kibibyte;

/**
 * Return address, frame pointer, marker, instance, feedback vector, operands of the metering code. Less than 56 bytes
 * were measured (V8 11.3 and 13.6, x64); the rest is for processors on which frames must be aligned.
 */
const fixedFrameBytes = 80;
const slotBytes = 8;
const vectorSlotBytes = 16;
const v128 = 0x7b;

/**
 * Says how much stack a call of a function takes: never less than what V8's baseline compiler makes of it. That one
 * gives a place of its own in the frame to every local and every operand. The caller's frame has parameters and results
 * that find no register; they are added to the function that is called.
 */
export class FrameSizes {
  readonly #layout: ModuleLayout;
  readonly #hasVectors: boolean;

  constructor(layout: ModuleLayout) {
    this.#layout = layout;
    const signatures = layout.types.flatMap(({ parameters, results }) => [...parameters, ...results]);
    this.#hasVectors =
      signatures.includes(v128) || layout.globals.some(({ valueType }) => valueType === v128);
  }

  /**
   * @param code - with the body at `start`, which begins with its local declarations
   * @param index - of the function among those the module defines
   * @param stack - having seen all of its instructions
   * @returns bytes; undefined for a function that need not be counted
   */
  countedBytes(code: Uint8Array, start: number, index: number, stack: OperandStack): number | undefined {
    const { parameters, results } = this.typeOf(index);
    const locals = localsAt(code, start);
    const ownLocals = locals.count + stack.floatShapes.size;
    const slots = parameters.length * 2 + results.length + ownLocals + stack.highest;
    const hasVectors = this.#hasVectors || stack.hasVectors || locals.haveVectors;
    const bytes = fixedFrameBytes + slots * (hasVectors ? vectorSlotBytes : slotBytes);
    return stack.callsFunctions || bytes > uncountedFrameBytes ? bytes : undefined;
  }

  /** @param index - of a function among those the module defines */
  typeOf(index: number): FunctionType {
    return this.#layout.types[this.#layout.functions[index] ?? -1] ?? { parameters: [], results: [] };
  }
}

/** Local declarations: pairs of a count and a value type. */
export function localsAt(code: Uint8Array, start: number): { count: number; haveVectors: boolean } {
  let position = skipLeb(code, start);
  let count = 0;
  let haveVectors = false;
  for (let groups = u32At(code, start); groups > 0; groups -= 1) {
    count += u32At(code, position);
    position = skipLeb(code, position) + 1;
    if (code[position - 1] === v128) haveVectors = true;
  }
  return { count, haveVectors };
}
