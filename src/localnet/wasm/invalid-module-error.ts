/** What the replica advises with a module it refuses. */
export interface ModuleAdvice {
  readonly text: string;
  /** Of the section in the documentation of execution errors. */
  readonly anchor: string;
}

/** An uploaded module that the IC would refuse to install. */
export class InvalidModuleError extends Error {
  /** The replica's error code, CanisterInvalidWasm. */
  readonly code = 'IC0505';

  /**
   * @param detail - the replica's text after `Canister's Wasm module is not valid: `
   * @param advice - what its author can do; absent where only a compiler can have made the mistake
   */
  constructor(
    readonly detail: string,
    readonly advice?: ModuleAdvice,
  ) {
    super(`Canister's Wasm module is not valid: ${detail}`);
    this.name = 'InvalidModuleError';
  }
}
