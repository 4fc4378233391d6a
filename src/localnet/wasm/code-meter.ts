import { type ByteWriter } from './byte-writer.ts';
import {
  boundaries,
  boundaryOf,
  complexityOf,
  immediates,
  immediatesOf,
  memoryGrowOpcode,
  prefixedInstructions,
  simdImmediates,
  simdInstructionCount,
  simdWeightOf,
  tableSetOpcode,
  weightOf,
  weightOfMemoryGrow,
} from './instruction-table.ts';
import { InvalidModuleError } from './invalid-module-error.ts';

/** Where the rewriting pass put what metering needs. */
export interface MeteringIndices {
  /** `(mut i64)`: instructions left; below zero the limit is passed. */
  readonly counterGlobal: number;
  /** `(mut i32)`: 1 once an execution was stopped for passing its limit. */
  readonly exhaustedGlobal: number;
  /** `() -> ()`: sets it and traps. */
  readonly exhaustedFunction: number;
  /** `(i64) -> i64`: charges its parameter and returns it. */
  readonly chargeFunction: number;
}

/** Limits of the replica for one function (IC `validation.rs`). */
const maximumInstructionsPerFunction = 1_000_000;
const maximumComplexityPerFunction = 1_000_000;

/** What a place in the code gets injected: the cost of the basic block starting there, or a charge per element. */
interface InjectionPoint {
  readonly position: number;
  readonly kind: 'block' | 'reentrant block' | 'charge per element';
  weight: number;
}

/**
 * Copies function bodies, charging every basic block at its beginning.
 *
 * Blocks are cut exactly as the replica cuts them, so that counts agree with it: at `if`, `else`, `end`, branches and
 * returns, and inside `loop`. The limit is tested where code can repeat, at function entry and loop start.
 */
export class CodeMeter {
  readonly #writer: ByteWriter;
  readonly #indices: MeteringIndices;
  /** Instructions in all bodies so far, each `end` included. */
  instructionCount = 0;
  /** Whether an instruction that changes a table or drops a segment was seen. */
  changesTablesOrSegments = false;

  constructor(writer: ByteWriter, indices: MeteringIndices) {
    this.#writer = writer;
    this.#indices = indices;
  }

  /**
   * Writes the body at `code[start..end)` with its metering, length-prefixed.
   *
   * @param index - of the function among those the module defines, for error texts
   * @throws InvalidModuleError for an instruction the IC has not got, or a function too large or too complex
   */
  writeMetered(code: Uint8Array, start: number, end: number, index: number): void {
    const bodyStart = skipLocals(code, start);
    const points = this.#scan(code, bodyStart, end, index);
    const writer = this.#writer;
    writer.lengthPrefixed(() => {
      let copied = start;
      for (const point of points) {
        if (point.kind === 'block' && point.weight === 0) continue;
        writer.slice(code, copied, point.position);
        copied = point.position;
        this.#inject(point);
      }
      writer.slice(code, copied, end);
    });
  }

  #inject({ kind, weight }: InjectionPoint): void {
    const writer = this.#writer;
    const { counterGlobal, chargeFunction, exhaustedFunction } = this.#indices;
    if (kind === 'charge per element') {
      // i64.extend_i32_u, call, i32.wrap_i64: the charged operand stays on the stack.
      writer.byte(0xad).byte(0x10).u32(chargeFunction).byte(0xa7);
      return;
    }
    if (weight > 0) {
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

  #scan(code: Uint8Array, start: number, end: number, index: number): InjectionPoint[] {
    // The replica starts at 1: even an empty function costs something.
    let block: InjectionPoint = { position: start, kind: 'reentrant block', weight: 1 };
    const points = [block];
    let instructions = 0;
    let complexity = 0;
    let position = start;
    while (position < end) {
      const opcodeAt = position;
      const opcode = code[position] as number;
      position += 1;
      instructions += 1;
      switch (immediatesOf[opcode]) {
        case immediates.none:
          break;
        case immediates.oneLeb:
          position = skipLeb(code, position);
          break;
        case immediates.twoLebs:
          position = skipLeb(code, skipLeb(code, position));
          break;
        case immediates.memoryArgument:
          position = skipMemoryArgument(code, position);
          break;
        case immediates.fourBytes:
          position += 4;
          break;
        case immediates.eightBytes:
          position += 8;
          break;
        case immediates.labelVector:
        case immediates.typeVector: {
          const [length, after] = readU32(code, position);
          // br_table has one label more than its vector, the default.
          const count = opcode === 0x0e ? length + 1 : length;
          position = after;
          for (let item = 0; item < count; item += 1) position = skipLeb(code, position);
          break;
        }
        case immediates.prefixFc: {
          const [number, after] = readU32(code, position);
          const instruction = prefixedInstructions[number];
          if (instruction === undefined) throw unsupported(index, `0xfc ${number}`);
          position = after;
          for (let leb = 0; leb < instruction.lebs; leb += 1) position = skipLeb(code, position);
          block.weight += instruction.weight;
          complexity += instruction.complexity;
          if (instruction.chargesPerElement) {
            points.push({ position: opcodeAt, kind: 'charge per element', weight: 0 });
          }
          if (instruction.changesTablesOrSegments) this.changesTablesOrSegments = true;
          continue;
        }
        case immediates.simd: {
          const [number, after] = readU32(code, position);
          if (number >= simdInstructionCount) throw unsupported(index, `0xfd ${number}`);
          const { memoryArgument, bytes } = simdImmediates(number);
          position = (memoryArgument ? skipMemoryArgument(code, after) : after) + bytes;
          block.weight += simdWeightOf[number] as number;
          complexity += 1;
          continue;
        }
        default:
          throw unsupported(index, `0x${opcode.toString(16)}`);
      }
      block.weight += opcode === memoryGrowOpcode ? weightOfMemoryGrow : (weightOf[opcode] as number);
      complexity += complexityOf[opcode] as number;
      if (opcode === tableSetOpcode) this.changesTablesOrSegments = true;
      const boundary = boundaryOf[opcode];
      if (boundary !== boundaries.sameBlock) {
        block = { position, kind: boundary === boundaries.newLoop ? 'reentrant block' : 'block', weight: 0 };
        points.push(block);
      }
    }
    checkSize(index, instructions, complexity);
    this.instructionCount += instructions;
    return points;
  }
}

function checkSize(index: number, instructions: number, complexity: number): void {
  if (complexity > maximumComplexityPerFunction) {
    throw new InvalidModuleError(
      `Wasm module contains a function at index ${index} with complexity ${complexity} ` +
        `which exceeds the maximum complexity allowed ${maximumComplexityPerFunction}`,
    );
  }
  if (instructions > maximumInstructionsPerFunction) {
    throw new InvalidModuleError(
      `Wasm module contains a function at index ${index} of size ${instructions} ` +
        `that exceeds the maximum allowed size of ${maximumInstructionsPerFunction}`,
    );
  }
}

function unsupported(index: number, instruction: string): InvalidModuleError {
  return new InvalidModuleError(
    `Wasm module contains a function at index ${index} with unsupported instruction ${instruction}`,
  );
}

function skipLeb(code: Uint8Array, position: number): number {
  let next = position;
  while ((code[next] as number) >= 0x80) next += 1;
  return next + 1;
}

/** Alignment and offset; bit 6 of the alignment announces a memory index between them. */
function skipMemoryArgument(code: Uint8Array, position: number): number {
  const afterAlignment = skipLeb(code, position);
  const hasMemoryIndex = ((code[position] as number) & 0x40) !== 0;
  return skipLeb(code, hasMemoryIndex ? skipLeb(code, afterAlignment) : afterAlignment);
}

function readU32(code: Uint8Array, position: number): [value: number, after: number] {
  let value = 0;
  let next = position;
  for (let shift = 0; ; shift += 7) {
    const byte = code[next] as number;
    next += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, next];
  }
}

/** Behind the local declarations: pairs of a count and a value type. */
function skipLocals(code: Uint8Array, start: number): number {
  const [groups, first] = readU32(code, start);
  let position = first;
  for (let group = 0; group < groups; group += 1) position = skipLeb(code, position) + 1;
  return position;
}
