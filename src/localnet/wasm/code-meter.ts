import { findBasicBlocks } from './basic-blocks.ts';
import { type ByteWriter } from './byte-writer.ts';
import { InjectionPoints } from './injection-points.ts';
import { skipLeb, u32At } from './leb.ts';

/** Where the rewriting pass put what metering needs. */
export interface MeteringIndices {
  /** `(mut i64)`: instructions left; below zero the limit is passed. */
  readonly counterGlobal: number;
  /** `(mut i32)`: 1 once an execution was stopped for passing its limit. */
  readonly exhaustedGlobal: number;
  /** `(mut i32)`: 1 once a table was changed or a segment dropped. */
  readonly changedGlobal: number;
  /** `() -> ()`: sets `exhaustedGlobal` and traps. */
  readonly exhaustedFunction: number;
  /** `(i64) -> i64`: charges its parameter and returns it. */
  readonly chargeFunction: number;
}

/** Copies function bodies, charging every basic block at its beginning. */
export class CodeMeter {
  readonly #writer: ByteWriter;
  readonly #indices: MeteringIndices;
  readonly #points = new InjectionPoints();
  /** Instructions in all bodies so far, each `end` included. */
  instructionCount = 0;

  constructor(writer: ByteWriter, indices: MeteringIndices) {
    this.#writer = writer;
    this.#indices = indices;
  }

  /**
   * Writes the body at `code[start..end)` with its metering, length-prefixed.
   *
   * @param index - of the function among those the module defines, for error texts
   * @throws InvalidModuleError for an instruction the IC has not got, or a function too complex
   */
  writeMetered(code: Uint8Array, start: number, end: number, index: number): void {
    const points = this.#points;
    this.instructionCount += findBasicBlocks(code, skipLocals(code, start), end, points, index);
    this.#writer.lengthPrefixed(() => {
      let copied = start;
      for (let point = 0; point < points.length; point += 1) {
        if (points.kind(point) === 'block' && points.weight(point) === 0) continue;
        const position = points.position(point);
        this.#writer.slice(code, copied, position);
        copied = position;
        this.#inject(point);
      }
      this.#writer.slice(code, copied, end);
    });
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
