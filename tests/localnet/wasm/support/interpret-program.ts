import { fillByte } from './encode-program.ts';
import {
  addressMask,
  type Block,
  type Expression,
  operators,
  type Program,
  type Statement,
  variableCount,
} from './random-program.ts';

/** What a program did, with the cost of the instructions it executed. */
export interface Interpretation {
  readonly trapped: boolean;
  readonly instructions: number;
  readonly memory: Uint8Array;
  readonly global: number;
}

class Trap extends Error {}

/** Executes a program by its meaning, counting one instruction after the other by the IC's weights. */
export function interpretProgram(program: Program): Interpretation {
  const machine = new Machine(program);
  let trapped = false;
  try {
    machine.run();
  } catch (error) {
    if (!(error instanceof Trap)) throw error;
    trapped = true;
  }
  return { trapped, instructions: machine.instructions, memory: machine.memory, global: machine.global };
}

class Machine {
  instructions = 0;
  global = 0;
  readonly memory = new Uint8Array(65_536);
  readonly #view = new DataView(this.memory.buffer);
  readonly #program: Program;
  #variables = new Int32Array(variableCount);
  #insideHelper = false;

  constructor(program: Program) {
    this.#program = program;
  }

  run(): void {
    this.instructions += 1;
    this.#block(this.#program.main);
  }

  /** @returns whether the function returned */
  #block(block: Block): boolean {
    return block.some((statement) => this.#statement(statement));
  }

  #statement(statement: Statement): boolean {
    switch (statement.kind) {
      case 'setLocal':
        this.#variables[statement.index] = this.#expression(statement.value);
        this.instructions += 1;
        return false;
      case 'setGlobal':
        this.global = this.#expression(statement.value);
        this.instructions += 2;
        return false;
      case 'store': {
        const address = this.#address(statement.address);
        this.#view.setInt32(address, this.#expression(statement.value), true);
        this.instructions += 1;
        return false;
      }
      case 'fill': {
        const address = this.#address(statement.address);
        this.instructions += 2 + 100 + statement.length;
        if (address + statement.length > this.memory.length) throw new Trap();
        this.memory.fill(fillByte, address, address + statement.length);
        return false;
      }
      case 'if': {
        const condition = this.#expression(statement.condition);
        this.instructions += 2;
        return this.#block(condition === 0 ? (statement.no ?? []) : statement.yes);
      }
      case 'skip': {
        if (this.#block(statement.before)) return true;
        const condition = this.#expression(statement.condition);
        this.instructions += 2;
        return condition === 0 && this.#block(statement.after);
      }
      case 'switch': {
        const selector = this.#expression(statement.selector);
        this.instructions += 2;
        return (selector === 0 && this.#block(statement.first)) || this.#block(statement.second);
      }
      case 'repeat':
        this.instructions += 2;
        for (let turn = 0; turn < statement.turns; turn += 1) {
          if (this.#block(statement.body)) return true;
          this.instructions += 8;
        }
        return false;
      case 'return':
        this.instructions += 1;
        return true;
    }
  }

  #expression(expression: Expression): number {
    switch (expression.kind) {
      case 'constant':
        this.instructions += 1;
        return expression.value;
      case 'local':
        this.instructions += 1;
        return this.#variables[expression.index] ?? 0;
      case 'global':
        this.instructions += 2;
        return this.global;
      case 'tee': {
        const value = this.#expression(expression.value);
        this.#variables[expression.index] = value;
        this.instructions += 1;
        return value;
      }
      case 'binary': {
        const left = this.#expression(expression.left);
        const right = this.#expression(expression.right);
        const { weight, apply } = operators[expression.operator];
        this.instructions += weight;
        if (expression.operator === 'divide' && right === 0) throw new Trap();
        return apply(left, right);
      }
      case 'load': {
        const address = this.#address(expression.address);
        this.instructions += 1;
        return this.#view.getInt32(address, true);
      }
      case 'choose': {
        const condition = this.#expression(expression.condition);
        this.instructions += 2;
        return this.#expression(condition === 0 ? expression.no : expression.yes);
      }
      case 'callHelper':
        return this.#callHelper(this.#expression(expression.argument));
    }
  }

  #callHelper(argument: number): number {
    if (this.#insideHelper) return argument;
    const callerVariables = this.#variables;
    this.#variables = new Int32Array(variableCount);
    this.#variables[0] = argument;
    this.#insideHelper = true;
    this.instructions += 5 + 1;
    const result = this.#expression(this.#program.helper);
    this.#insideHelper = false;
    this.#variables = callerVariables;
    return result;
  }

  #address(expression: Expression): number {
    const address = this.#expression(expression) & addressMask;
    this.instructions += 2;
    return address;
  }
}
