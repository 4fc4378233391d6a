import fc from 'fast-check';

/** Numbers the program computes with. Locals 0 to 2 are its variables; each depth of loops has a counter behind them. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'local'; readonly index: number }
  | { readonly kind: 'global' }
  | { readonly kind: 'tee'; readonly index: number; readonly value: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'load'; readonly address: Expression }
  | {
      readonly kind: 'choose';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly kind: 'callHelper'; readonly argument: Expression };

export type Statement =
  | { readonly kind: 'setLocal'; readonly index: number; readonly value: Expression }
  | { readonly kind: 'setGlobal'; readonly value: Expression }
  | { readonly kind: 'store'; readonly address: Expression; readonly value: Expression }
  | { readonly kind: 'fill'; readonly address: Expression; readonly length: number }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly yes: Block;
      readonly no: Block | undefined;
    }
  | { readonly kind: 'skip'; readonly before: Block; readonly condition: Expression; readonly after: Block }
  | { readonly kind: 'switch'; readonly selector: Expression; readonly first: Block; readonly second: Block }
  | { readonly kind: 'repeat'; readonly turns: number; readonly body: Block }
  | { readonly kind: 'return' };

export type Block = readonly Statement[];

/** A function without parameters that changes memory and a global, and the helper `i32 -> i32` it may call. */
export interface Program {
  readonly main: Block;
  readonly helper: Expression;
}

export const operators = {
  add: { opcode: 0x6a, weight: 1, apply: (left: number, right: number) => (left + right) | 0 },
  subtract: { opcode: 0x6b, weight: 1, apply: (left: number, right: number) => (left - right) | 0 },
  multiply: { opcode: 0x6c, weight: 1, apply: (left: number, right: number) => Math.imul(left, right) },
  /** Traps on zero. */
  divide: {
    opcode: 0x6e,
    weight: 10,
    apply: (left: number, right: number) => ((left >>> 0) / (right >>> 0)) | 0,
  },
  xor: { opcode: 0x73, weight: 1, apply: (left: number, right: number) => left ^ right },
  shiftLeft: { opcode: 0x74, weight: 1, apply: (left: number, right: number) => left << right },
  less: {
    opcode: 0x49,
    weight: 1,
    apply: (left: number, right: number) => (left >>> 0 < right >>> 0 ? 1 : 0),
  },
} as const;

export type Operator = keyof typeof operators;

export const addressMask = 0xfff8;
export const variableCount = 3;
const loopDepth = 4;

const often = <Value>(arbitrary: fc.Arbitrary<Value>) => ({ weight: 4, arbitrary });

const parts = fc.letrec<{
  expression: Expression;
  statement: Statement;
  block: Block;
}>((tie) => {
  const expression = tie('expression');
  const block = tie('block');
  const index = fc.nat({ max: variableCount - 1 });
  const leaf = fc.oneof(
    fc.record({
      kind: fc.constant('constant' as const),
      value: fc.oneof(fc.integer(), fc.integer({ min: 0, max: 3 })),
    }),
    fc.record({ kind: fc.constant('local' as const), index }),
    fc.record({ kind: fc.constant('global' as const) }),
  );
  const operator = fc.constantFrom(...(Object.keys(operators) as Operator[]));
  return {
    expression: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'expression' },
      leaf,
      fc.record({ kind: fc.constant('tee' as const), index, value: expression }),
      fc.record({ kind: fc.constant('binary' as const), operator, left: expression, right: expression }),
      fc.record({ kind: fc.constant('load' as const), address: expression }),
      fc.record({
        kind: fc.constant('choose' as const),
        condition: expression,
        yes: expression,
        no: expression,
      }),
      fc.record({ kind: fc.constant('callHelper' as const), argument: expression }),
    ),
    statement: fc.oneof(
      { maxDepth: loopDepth, depthIdentifier: 'statement' },
      often(fc.record({ kind: fc.constant('setLocal' as const), index, value: expression })),
      often(fc.record({ kind: fc.constant('setGlobal' as const), value: expression })),
      often(fc.record({ kind: fc.constant('store' as const), address: expression, value: expression })),
      often(
        fc.record({ kind: fc.constant('fill' as const), address: expression, length: fc.nat({ max: 200 }) }),
      ),
      often(
        fc.record({
          kind: fc.constant('if' as const),
          condition: expression,
          yes: block,
          no: fc.option(block, { nil: undefined }),
        }),
      ),
      often(
        fc.record({ kind: fc.constant('skip' as const), before: block, condition: expression, after: block }),
      ),
      often(
        fc.record({
          kind: fc.constant('switch' as const),
          selector: expression,
          first: block,
          second: block,
        }),
      ),
      often(
        fc.record({
          kind: fc.constant('repeat' as const),
          turns: fc.integer({ min: 1, max: 4 }),
          body: block,
        }),
      ),
      // Seldom, for what follows it never runs.
      fc.record({ kind: fc.constant('return' as const) }),
    ),
    block: fc.array(tie('statement'), { maxLength: 4, depthIdentifier: 'statement' }),
  };
});

/** Any program of a bounded size; it always ends. */
export const anyProgram: fc.Arbitrary<Program> = fc.record({
  main: fc.array(parts.statement, { minLength: 3, maxLength: 8 }),
  helper: parts.expression,
});
