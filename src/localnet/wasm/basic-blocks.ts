import { floatShapeOf, simdFloatShapeOf } from './canonical-nan.ts';
import { type InjectionPoints } from './injection-points.ts';
import * as instructions from './instruction-table.ts';
import { InvalidModuleError } from './invalid-module-error.ts';
import { skipLeb, u32At } from './leb.ts';
import { type OperandStack } from './operand-stack.ts';

// Names of this module itself: loaders that turn imports into getters would call one for every byte of code.
const { weightOf, complexityOf, immediatesOf, boundaryOf, simdWeightOf, prefixedInstructions } = instructions;
const { newLoop, sameBlock } = instructions.boundaries;
const {
  none,
  oneLeb,
  twoLebs,
  memoryArgument,
  fourBytes,
  eightBytes,
  labelVector,
  typeVector,
  prefixFc,
  simd,
} = instructions.immediates;
const { memoryGrowOpcode, weightOfMemoryGrow, tableSetOpcode, leavesFunction } = instructions;

/**
 * The replica's limit for one function (IC `validation.rs`). Its limit of a million instructions never shows: each
 * instruction counts at least 1 here.
 */
const maximumComplexityPerFunction = 1_000_000;

/**
 * Cuts the instructions at `code[start..end)` into basic blocks and weighs them.
 *
 * Blocks are cut exactly where the replica cuts them, so that counts agree with it: behind `if`, `else`, `end`,
 * branches, returns and `unreachable`, and inside `loop`. A function entry and a loop are re-entrant: code can
 * run there again, so the limit must be tested.
 *
 * @param points - filled with the blocks, the instructions charged per element, those that change a table or drop a
 *   segment, those that leave the function before its end, and where a NaN may have been made
 * @param stack - told of every instruction; knows afterwards how high the operand stack gets
 * @param index - of the function among those the module defines, for error texts
 * @returns how many instructions there are, each `end` included
 * @throws InvalidModuleError for an instruction the IC has not got, or a function too complex
 */
export function findBasicBlocks(
  code: Uint8Array,
  start: number,
  end: number,
  points: InjectionPoints,
  stack: OperandStack,
  index: number,
): number {
  points.clear();
  stack.beginFunction();
  let block = points.add(start, 'reentrant block', 0);
  // The replica starts at 1: even an empty function costs something.
  let weight = 1;
  let instructionCount = 0;
  let complexity = 0;
  let position = start;
  const noteCanonicalNaN = (shape: number): void => {
    if (shape === 0) return;
    points.add(position, 'canonical NaN', shape);
    stack.canonicalNaN(shape);
  };
  while (position < end) {
    const opcodeAt = position;
    const opcode = code[position] as number;
    position += 1;
    instructionCount += 1;
    switch (immediatesOf[opcode]) {
      case none:
        break;
      case oneLeb:
        position = skipLeb(code, position);
        break;
      case twoLebs:
        position = skipLeb(code, skipLeb(code, position));
        break;
      case memoryArgument:
        position = skipMemoryArgument(code, position);
        break;
      case fourBytes:
        position += 4;
        break;
      case eightBytes:
        position += 8;
        break;
      case labelVector:
        // The default label stands behind the vector.
        position = skipLeb(code, skipLebVector(code, position));
        break;
      case typeVector:
        position = skipLebVector(code, position);
        break;
      case prefixFc: {
        const number = u32At(code, position);
        const instruction = prefixedInstructions[number];
        if (instruction === undefined) throw unsupported(index, `0xfc ${number}`);
        position = skipLeb(code, position);
        for (let leb = 0; leb < instruction.lebs; leb += 1) position = skipLeb(code, position);
        weight += instruction.weight;
        complexity += instruction.complexity;
        stack.prefixedInstruction(number);
        if (instruction.changesTablesOrSegments) points.add(opcodeAt, 'note change', 0);
        if (instruction.chargesPerElement) points.add(opcodeAt, 'charge per element', 0);
        continue;
      }
      case simd: {
        const number = u32At(code, position);
        if (number >= instructions.simdInstructionCount) throw unsupported(index, `0xfd ${number}`);
        position = skipSimdImmediates(code, skipLeb(code, position), number);
        weight += simdWeightOf[number] as number;
        complexity += 1;
        stack.vectorInstruction(number);
        noteCanonicalNaN(simdFloatShapeOf[number] as number);
        continue;
      }
      default:
        throw unsupported(index, `0x${opcode.toString(16)}`);
    }
    weight += opcode === memoryGrowOpcode ? weightOfMemoryGrow : (weightOf[opcode] as number);
    complexity += complexityOf[opcode] as number;
    stack.instruction(opcode, code, opcodeAt + 1);
    if (opcode === tableSetOpcode) points.add(opcodeAt, 'note change', 0);
    noteCanonicalNaN(floatShapeOf[opcode] as number);
    if (leavesFunction(opcode)) points.add(opcodeAt, 'leave', 0);
    const boundary = boundaryOf[opcode];
    if (boundary !== sameBlock) {
      points.setWeight(block, weight);
      weight = 0;
      block = points.add(position, boundary === newLoop ? 'reentrant block' : 'block', 0);
    }
  }
  // The last block is the empty one behind the final `end`, so its weight of 0 stands.
  checkComplexity(index, complexity);
  return instructionCount;
}

function checkComplexity(index: number, complexity: number): void {
  if (complexity > maximumComplexityPerFunction) {
    throw new InvalidModuleError(
      `Wasm module contains a function at index ${index} with complexity ${complexity} ` +
        `which exceeds the maximum complexity allowed ${maximumComplexityPerFunction}.`,
      {
        text: 'Try breaking large functions up into multiple smaller functions.',
        anchor: 'wasm-module-function-complexity-too-high',
      },
    );
  }
}

function unsupported(index: number, instruction: string): InvalidModuleError {
  return new InvalidModuleError(
    `Wasm module contains a function at index ${index} with unsupported instruction ${instruction}.`,
  );
}

/** Alignment and offset; bit 6 of the alignment announces a memory index between them. */
function skipMemoryArgument(code: Uint8Array, position: number): number {
  const afterAlignment = skipLeb(code, position);
  const hasMemoryIndex = ((code[position] as number) & 0x40) !== 0;
  return skipLeb(code, hasMemoryIndex ? skipLeb(code, afterAlignment) : afterAlignment);
}

/** Value types are single bytes, which read as LEB128 too. */
function skipLebVector(code: Uint8Array, position: number): number {
  let next = skipLeb(code, position);
  for (let left = u32At(code, position); left > 0; left -= 1) next = skipLeb(code, next);
  return next;
}

function skipSimdImmediates(code: Uint8Array, position: number, number: number): number {
  const { hasMemoryArgument, bytes } = instructions.simdImmediates(number);
  return (hasMemoryArgument ? skipMemoryArgument(code, position) : position) + bytes;
}
