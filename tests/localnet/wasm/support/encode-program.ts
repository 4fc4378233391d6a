import { assemble, constant, i32 } from './assemble.ts';
import {
  addressMask,
  type Block,
  type Expression,
  operators,
  type Program,
  type Statement,
  variableCount,
} from './random-program.ts';

const empty = 0x40;
const end = 0x0b;
const helperFunction = 1;
export const fillByte = 0xab;

/** The program as a module that exports `run`, its memory and its global. */
export function encodeProgram(program: Program): Uint8Array {
  const encoder = new Encoder();
  const main = encoder.block(program.main, 0);
  const locals = new Array<number>(variableCount + encoder.deepestLoop).fill(i32);
  const helperEncoder = new Encoder(false);
  return assemble({
    functions: [
      { locals, code: [...main, end] },
      {
        parameters: [i32],
        results: [i32],
        locals: new Array<number>(variableCount - 1).fill(i32),
        code: [...helperEncoder.expression(program.helper), end],
      },
    ],
    exports: { run: 0 },
    memoryPages: 1,
    globals: [i32],
    exportsState: true,
  });
}

class Encoder {
  deepestLoop = 0;

  /** @param mayCallHelper - false inside the helper, where a call is its argument alone: it must not recurse */
  constructor(private readonly mayCallHelper = true) {}

  block(block: Block, loopDepth: number): number[] {
    return block.flatMap((statement) => this.statement(statement, loopDepth));
  }

  statement(statement: Statement, loopDepth: number): number[] {
    switch (statement.kind) {
      case 'setLocal':
        return [...this.expression(statement.value), 0x21, statement.index];
      case 'setGlobal':
        return [...this.expression(statement.value), 0x24, 0];
      case 'store':
        return [...this.address(statement.address), ...this.expression(statement.value), 0x36, 2, 0];
      case 'fill':
        return [
          ...this.address(statement.address),
          ...constant(fillByte),
          ...constant(statement.length),
          0xfc,
          11,
          0,
        ];
      case 'if': {
        const no = statement.no === undefined ? [] : [0x05, ...this.block(statement.no, loopDepth)];
        return [
          ...this.expression(statement.condition),
          0x04,
          empty,
          ...this.block(statement.yes, loopDepth),
          ...no,
          end,
        ];
      }
      case 'skip': {
        const before = this.block(statement.before, loopDepth);
        const after = this.block(statement.after, loopDepth);
        return [0x02, empty, ...before, ...this.expression(statement.condition), 0x0d, 0, ...after, end];
      }
      case 'switch': {
        const selector = [...this.expression(statement.selector), 0x0e, 1, 0, 1];
        const first = this.block(statement.first, loopDepth);
        return [
          0x02,
          empty,
          0x02,
          empty,
          ...selector,
          end,
          ...first,
          end,
          ...this.block(statement.second, loopDepth),
        ];
      }
      case 'repeat': {
        this.deepestLoop = Math.max(this.deepestLoop, loopDepth + 1);
        const counter = variableCount + loopDepth;
        const next = [
          0x20,
          counter,
          ...constant(1),
          0x6a,
          0x22,
          counter,
          ...constant(statement.turns),
          0x49,
          0x0d,
          0,
        ];
        return [
          ...constant(0),
          0x21,
          counter,
          0x03,
          empty,
          ...this.block(statement.body, loopDepth + 1),
          ...next,
          end,
        ];
      }
      case 'return':
        return [0x0f];
    }
  }

  expression(expression: Expression): number[] {
    switch (expression.kind) {
      case 'constant':
        return constant(expression.value);
      case 'local':
        return [0x20, expression.index];
      case 'global':
        return [0x23, 0];
      case 'tee':
        return [...this.expression(expression.value), 0x22, expression.index];
      case 'binary': {
        const { opcode } = operators[expression.operator];
        return [...this.expression(expression.left), ...this.expression(expression.right), opcode];
      }
      case 'load':
        return [...this.address(expression.address), 0x28, 2, 0];
      case 'choose': {
        const arms = [...this.expression(expression.yes), 0x05, ...this.expression(expression.no)];
        return [...this.expression(expression.condition), 0x04, i32, ...arms, end];
      }
      case 'callHelper':
        return [
          ...this.expression(expression.argument),
          ...(this.mayCallHelper ? [0x10, helperFunction] : []),
        ];
    }
  }

  /** Masked into the memory and aligned. */
  private address(expression: Expression): number[] {
    return [...this.expression(expression), ...constant(addressMask), 0x71];
  }
}
