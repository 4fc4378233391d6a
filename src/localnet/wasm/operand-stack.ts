import { operandsOfCanonicalNaN } from './canonical-nan.ts';
import { u32At } from './leb.ts';
import type { FunctionType, ModuleLayout } from './module-layout.ts';
import { prefixedStackEffectOf, simdStackEffectOf, stackEffectOf } from './stack-effects.ts';

const noValues: FunctionType = { parameters: [], results: [] };
const oneValue: FunctionType = { parameters: [], results: [0x7f] };
const emptyBlockType = 0x40;

/** All opcodes below this one, except `nop`, open or close blocks, branch, or call. */
const firstPlainOpcode = 0x14;
const nopOpcode = 0x01;

/** Follows the height of the operand stack through the instructions of a function, to learn how high it gets. */
export class OperandStack {
  readonly #types: readonly FunctionType[];
  readonly #functionTypes: readonly FunctionType[];
  readonly #importedFunctionCount: number;
  /** Of the open blocks, the function's own first: their types, and how high the stack was below their parameters. */
  readonly #blocks: { type: FunctionType; base: number }[] = [];
  #height = 0;
  #highest = 0;
  #hasVectors = false;
  #callsFunctions = false;
  readonly #floatShapes = new Set<number>();

  constructor(layout: ModuleLayout) {
    const imported = layout.imports.filter(({ kind }) => kind === 'function');
    const indices = [...imported.map(({ typeIndex }) => typeIndex), ...layout.functions];
    this.#types = layout.types;
    this.#functionTypes = indices.map((index) => layout.types[index] ?? noValues);
    this.#importedFunctionCount = layout.importedFunctionCount;
  }

  /** The most values on the stack at once since {@link beginFunction}. */
  get highest(): number {
    return this.#highest;
  }

  /** Whether the function has vector instructions, so that any of its operands may be a vector. */
  get hasVectors(): boolean {
    return this.#hasVectors;
  }

  /** Whether the function calls any other than imported ones. */
  get callsFunctions(): boolean {
    return this.#callsFunctions;
  }

  /** Of which values with NaNs there are any; see {@link canonicalNaN}. */
  get floatShapes(): ReadonlySet<number> {
    return this.#floatShapes;
  }

  beginFunction(): void {
    this.#blocks.length = 0;
    this.#blocks.push({ type: noValues, base: 0 });
    this.#height = 0;
    this.#highest = 0;
    this.#hasVectors = false;
    this.#callsFunctions = false;
    this.#floatShapes.clear();
  }

  /** Takes note of a one-byte instruction. @param immediateAt - position in `code` behind the opcode */
  instruction(opcode: number, code: Uint8Array, immediateAt: number): void {
    if (opcode >= firstPlainOpcode) this.#move(stackEffectOf[opcode] as number);
    else if (opcode !== nopOpcode) this.#structured(opcode, code, immediateAt);
  }

  /** Takes note of an instruction behind 0xFC. */
  prefixedInstruction(number: number): void {
    this.#move(prefixedStackEffectOf[number] as number);
  }

  /** Takes note of an instruction behind 0xFD. */
  vectorInstruction(number: number): void {
    this.#hasVectors = true;
    this.#move(simdStackEffectOf[number] as number);
  }

  /** Takes note of the code that replaces the topmost operand if it is a NaN. @param shape - number of its kind */
  canonicalNaN(shape: number): void {
    this.#floatShapes.add(shape);
    this.#move(operandsOfCanonicalNaN);
    this.#move(-operandsOfCanonicalNaN);
  }

  #structured(opcode: number, code: Uint8Array, immediateAt: number): void {
    switch (opcode) {
      case 0x02: // block
      case 0x03: // loop
        this.#open(this.#blockTypeAt(code, immediateAt));
        break;
      case 0x04: // if
        this.#move(-1);
        this.#open(this.#blockTypeAt(code, immediateAt));
        break;
      case 0x05: // else
        this.#otherwise();
        break;
      case 0x0b: // end
        this.#close();
        break;
      case 0x0d: // br_if
        this.#move(-1);
        break;
      case 0x10: {
        // call
        const callee = u32At(code, immediateAt);
        if (callee >= this.#importedFunctionCount) this.#callsFunctions = true;
        this.#call(this.#functionTypes[callee] ?? noValues);
        break;
      }
      case 0x11: // call_indirect
        this.#callsFunctions = true;
        this.#move(-1);
        this.#call(this.#types[u32At(code, immediateAt)] ?? noValues);
        break;
      default:
        // unreachable, br, br_table, return, return_call, return_call_indirect: what follows is never reached.
        if (opcode >= 0x12) this.#callsFunctions = true;
        this.#height = this.#blocks.at(-1)?.base ?? 0;
    }
  }

  #move(effect: number): void {
    this.#height += effect;
    if (this.#height > this.#highest) this.#highest = this.#height;
  }

  #call(type: FunctionType): void {
    this.#height -= type.parameters.length;
    this.#move(type.results.length);
  }

  #open(type: FunctionType): void {
    this.#blocks.push({ type, base: this.#height - type.parameters.length });
  }

  /** The stack is again what it was behind the `if`. */
  #otherwise(): void {
    const block = this.#blocks.at(-1);
    if (block !== undefined) this.#height = block.base + block.type.parameters.length;
  }

  /** Whatever happened inside, the block's results are on the stack. */
  #close(): void {
    const block = this.#blocks.pop();
    if (block === undefined) return;
    this.#height = block.base;
    this.#move(block.type.results.length);
  }

  /** Nothing, one value type, or the index of a function type. */
  #blockTypeAt(code: Uint8Array, position: number): FunctionType {
    const byte = code[position] as number;
    if (byte === emptyBlockType) return noValues;
    const isValueType = byte > emptyBlockType && byte < 0x80;
    return isValueType ? oneValue : (this.#types[u32At(code, position)] ?? noValues);
  }
}
