/** Why Wasm execution stopped; the texts are the replica's (IC `TrapCode`), except the two outcomes with texts of their own. */
export type TrapKind =
  | 'unreachable'
  | 'heap out of bounds'
  | 'stable memory out of bounds'
  | '32 bit stable memory api used on a memory larger than 4GB'
  | 'integer division by 0'
  | 'stack overflow'
  | 'table out of bounds'
  | 'cycles amount exceeds 64-bit representation'
  | 'unknown'
  | 'instruction limit'
  | 'function not found'
  | 'contract violation';

const codesOfKinds: Partial<Record<TrapKind, WasmTrap['code']>> = {
  'instruction limit': 'IC0522',
  'function not found': 'IC0513',
  'contract violation': 'IC0504',
};

/**
 * A trap of the Wasm machine itself: everything the execution changed must be undone.
 *
 * `message` is the replica's text without its `Error from Canister <id>: ` prefix; `code` is the error code the
 * replica reports with it.
 */
export class WasmTrap extends Error {
  readonly code: 'IC0502' | 'IC0504' | 'IC0513' | 'IC0522';

  /**
   * @param kind - what happened
   * @param message - the replica's text, where `kind` alone does not make it
   */
  constructor(
    readonly kind: TrapKind,
    message = `Canister trapped: ${kind}`,
  ) {
    super(message);
    this.name = 'WasmTrap';
    this.code = codesOfKinds[kind] ?? 'IC0502';
  }
}

/**
 * V8's own stack was full before the canister had used what this network allows: frames of optimised code can be larger
 * than those that are counted. Where that happens depends on the engine and on how hot the code is, so the execution
 * should be repeated on baseline code.
 */
export class EngineStackOverflow extends WasmTrap {
  constructor() {
    super('stack overflow');
  }
}

/** V8's texts of Wasm runtime errors, each with the trap it is. Anything else V8 reports is 'unknown', as on the replica. */
const trapOfRuntimeError: readonly (readonly [RegExp, TrapKind])[] = [
  [/^unreachable$/, 'unreachable'],
  [/^divide by zero$|^remainder by zero$/, 'integer division by 0'],
  [/^memory access out of bounds$|data segment.*out of bounds/, 'heap out of bounds'],
  [/table.*out of bounds|element segment.*out of bounds/, 'table out of bounds'],
];

/**
 * Reads an error that left a Wasm call as a trap.
 *
 * @returns the trap, or undefined when the error came from a host import and is not the engine's own
 */
export function trapOfEngineError(error: unknown): WasmTrap | undefined {
  if (error instanceof WebAssembly.RuntimeError) {
    const kind = trapOfRuntimeError.find(([text]) => text.test(error.message))?.[1] ?? 'unknown';
    const trap = new WasmTrap(kind);
    trap.cause = error;
    return trap;
  }
  // V8 reports an exhausted stack as a RangeError; host code throws RangeErrors of its own, hence the text.
  if (error instanceof RangeError && error.message === 'Maximum call stack size exceeded') {
    return new EngineStackOverflow();
  }
  return undefined;
}
