/** A build that cannot produce a correct canister. `code` is stable; the message says what to do. */
export class BuildError extends Error {
  override readonly name = 'BuildError';

  constructor(
    readonly code:
      'build.azle-changed' | 'build.candid-differs' | 'build.no-such-canister' | 'build.invalid-wasm',
    message: string,
  ) {
    super(message);
  }
}
