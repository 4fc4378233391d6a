/** An uploaded module that the IC would refuse to install. */
export class InvalidModuleError extends Error {
  /** The replica's error code, CanisterInvalidWasm. */
  readonly code = 'IC0505';

  /**
   * @param detail - the replica's text after `Canister's Wasm module is not valid: `
   */
  constructor(readonly detail: string) {
    super(`Canister's Wasm module is not valid: ${detail}`);
    this.name = 'InvalidModuleError';
  }
}
