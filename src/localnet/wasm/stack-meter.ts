import type { ByteWriter } from './byte-writer.ts';
import { FrameSizes } from './frame-size.ts';
import type { FunctionType, ModuleLayout } from './module-layout.ts';
import type { OperandStack } from './operand-stack.ts';

const emptyBlockType = 0x40;

/** Where the rewriting pass put what the stack meter needs. */
export interface StackIndices {
  /** `(mut i32)`: bytes of stack left; below zero the stack is full. */
  readonly stackLeftGlobal: number;
  /** `() -> ()`: notes that the stack is full, and traps. */
  readonly stackFullFunction: number;
  /** Index of the first of {@link StackMeter.blockTypes}. */
  readonly firstBlockType: number;
}

/**
 * Writes the code that takes a function's frame off the stack left, and gives it back on every way out.
 *
 * The canister is charged nothing for it: on the IC the processor's stack pointer does the same.
 */
export class StackMeter {
  /** Types without parameters, for the results of functions that have several: a block needs one of these by index. */
  readonly blockTypes: readonly (readonly number[])[];
  readonly #writer: ByteWriter;
  readonly #indices: StackIndices;
  readonly #frames: FrameSizes;

  constructor(writer: ByteWriter, layout: ModuleLayout, indices: StackIndices) {
    this.#writer = writer;
    this.#indices = indices;
    this.#frames = new FrameSizes(layout);
    const several = layout.types.map(({ results }) => results).filter(({ length }) => length > 1);
    this.blockTypes = [...new Map(several.map((results) => [results.join(), results])).values()];
  }

  /** Bytes to take for a call of a function, or undefined. See {@link FrameSizes.countedBytes}. */
  frameBytes(code: Uint8Array, start: number, index: number, stack: OperandStack): number | undefined {
    return this.#frames.countedBytes(code, start, index, stack);
  }

  /** @param index - of a function among those the module defines */
  typeOf(index: number): FunctionType {
    return this.#frames.typeOf(index);
  }

  /**
   * Begins a function that is counted. Its body becomes a block, so that also branches out of it come by
   * {@link endFunction}.
   */
  beginFunction(index: number, frameBytes: number): void {
    const { stackLeftGlobal, stackFullFunction } = this.#indices;
    // left := left - frame; if left < 0 then call full
    this.#change(frameBytes, 0x6b);
    this.#writer.byte(0x23).u32(stackLeftGlobal).bytes([0x41, 0, 0x48]);
    this.#writer.bytes([0x04, emptyBlockType, 0x10]).u32(stackFullFunction).byte(0x0b);
    this.#writer.byte(0x02);
    this.#writeBlockType(this.#frames.typeOf(index).results);
  }

  /** Before an instruction that returns; also before a tail call, which takes the frame's place. */
  leave(frameBytes: number): void {
    this.#change(frameBytes, 0x6a);
  }

  /** Behind the body, whose own `end` has closed the block. */
  endFunction(frameBytes: number): void {
    this.leave(frameBytes);
    this.#writer.byte(0x0b);
  }

  /** left := left (operator) frame */
  #change(frameBytes: number, operator: number): void {
    const { stackLeftGlobal } = this.#indices;
    this.#writer.byte(0x23).u32(stackLeftGlobal).byte(0x41).nonNegativeSigned(frameBytes).byte(operator);
    this.#writer.byte(0x24).u32(stackLeftGlobal);
  }

  #writeBlockType(results: readonly number[]): void {
    const [first = emptyBlockType] = results;
    if (results.length < 2) {
      this.#writer.byte(first);
      return;
    }
    const wanted = results.join();
    const type = this.blockTypes.findIndex((known) => known.join() === wanted);
    this.#writer.nonNegativeSigned(this.#indices.firstBlockType + type);
  }
}
