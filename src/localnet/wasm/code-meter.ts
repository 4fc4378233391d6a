import { findBasicBlocks } from './basic-blocks.ts';
import { type ByteWriter } from './byte-writer.ts';
import { localTypeOf, writeCanonicalNaN } from './canonical-nan.ts';
import { localsAt } from './frame-size.ts';
import { InjectionPoints } from './injection-points.ts';
import { skipLeb, u32At } from './leb.ts';
import { type ModuleLayout } from './module-layout.ts';
import { OperandStack } from './operand-stack.ts';
import { type StackIndices, StackMeter } from './stack-meter.ts';

/** Where the rewriting pass put what metering needs. */
export interface MeteringIndices extends StackIndices {
  /** `(mut i64)`: instructions left; below zero the limit is passed. */
  readonly counterGlobal: number;
  /** `(mut i32)`: {@link stopReasons}, once an execution was stopped for passing a limit. */
  readonly exhaustedGlobal: number;
  /** `(mut i32)`: 1 once a table was changed or a segment dropped. */
  readonly changedGlobal: number;
  /** `() -> ()`: sets `exhaustedGlobal` and traps. */
  readonly exhaustedFunction: number;
  /** `(i64) -> i64`: charges its parameter and returns it. */
  readonly chargeFunction: number;
}

/** Why an execution was stopped. */
export const stopReasons = { instructionLimit: 1, stackFull: 2 } as const;

/**
 * Copies function bodies, charging every basic block at its beginning, and frames while they are on the stack, and makes
 * NaNs canonical.
 */
export class CodeMeter {
  readonly #writer: ByteWriter;
  readonly #indices: MeteringIndices;
  readonly #points = new InjectionPoints();
  readonly #operands: OperandStack;
  readonly stackMeter: StackMeter;
  /** By the number of the shape, in the function being written. */
  readonly #nanLocals = new Map<number, number>();
  /** Instructions in all bodies so far, each `end` included. */
  instructionCount = 0;

  constructor(writer: ByteWriter, layout: ModuleLayout, indices: MeteringIndices) {
    this.#writer = writer;
    this.#indices = indices;
    this.#operands = new OperandStack(layout);
    this.stackMeter = new StackMeter(writer, layout, indices);
  }

  /**
   * Writes the body at `code[start..end)` with its metering, length-prefixed.
   *
   * @param index - of the function among those the module defines, for error texts
   * @throws InvalidModuleError for an instruction the IC has not got, or a function too complex
   */
  writeMetered(code: Uint8Array, start: number, end: number, index: number): void {
    const points = this.#points;
    const firstInstruction = skipLocals(code, start);
    this.instructionCount += findBasicBlocks(code, firstInstruction, end, points, this.#operands, index);
    const frameBytes = this.stackMeter.frameBytes(code, start, index, this.#operands);
    this.#writer.lengthPrefixed(() => {
      this.#writeLocals(code, start, firstInstruction, index);
      if (frameBytes !== undefined) this.stackMeter.beginFunction(index, frameBytes);
      let copied = firstInstruction;
      for (let point = 0; point < points.length; point += 1) {
        const kind = points.kind(point);
        if (kind === 'block' && points.weight(point) === 0) continue;
        const position = points.position(point);
        this.#writer.slice(code, copied, position);
        copied = position;
        if (kind !== 'leave') this.#inject(point);
        else if (frameBytes !== undefined) this.stackMeter.leave(frameBytes);
      }
      this.#writer.slice(code, copied, end);
      if (frameBytes !== undefined) this.stackMeter.endFunction(frameBytes);
    });
  }

  /** The function's locals, and behind them one for each kind of value with NaNs. */
  #writeLocals(code: Uint8Array, start: number, firstInstruction: number, index: number): void {
    const { floatShapes } = this.#operands;
    this.#nanLocals.clear();
    if (floatShapes.size === 0) {
      this.#writer.slice(code, start, firstInstruction);
      return;
    }
    this.#writer.u32(u32At(code, start) + floatShapes.size);
    this.#writer.slice(code, skipLeb(code, start), firstInstruction);
    let local = this.stackMeter.typeOf(index).parameters.length + localsAt(code, start).count;
    for (const shape of floatShapes) {
      this.#writer.byte(1).byte(localTypeOf(shape));
      this.#nanLocals.set(shape, local);
      local += 1;
    }
  }

  #inject(point: number): void {
    const writer = this.#writer;
    const { counterGlobal, changedGlobal, chargeFunction, exhaustedFunction } = this.#indices;
    const kind = this.#points.kind(point);
    if (kind === 'charge per element') {
      // i64.extend_i32_u, call, i32.wrap_i64: the charged operand stays on the stack.
      writer.byte(0xad).byte(0x10).u32(chargeFunction).byte(0xa7);
      return;
    }
    if (kind === 'note change') {
      // changed := 1
      writer.byte(0x41).byte(1).byte(0x24).u32(changedGlobal);
      return;
    }
    const weight = this.#points.weight(point);
    if (kind === 'canonical NaN') {
      writeCanonicalNaN(writer, weight, this.#nanLocals.get(weight) ?? 0);
      return;
    }
    if (weight > 0) {
      // counter := counter - weight
      writer.byte(0x23).u32(counterGlobal);
      writer.byte(0x42).nonNegativeSigned(weight).byte(0x7d);
      writer.byte(0x24).u32(counterGlobal);
    }
    if (kind === 'reentrant block') {
      // if counter < 0 then call exhausted
      writer.byte(0x23).u32(counterGlobal).byte(0x42).byte(0).byte(0x53);
      writer.byte(0x04).byte(0x40).byte(0x10).u32(exhaustedFunction).byte(0x0b);
    }
  }
}

/** Behind the local declarations: pairs of a count and a value type. */
function skipLocals(code: Uint8Array, start: number): number {
  let position = skipLeb(code, start);
  for (let groups = u32At(code, start); groups > 0; groups -= 1) position = skipLeb(code, position) + 1;
  return position;
}
