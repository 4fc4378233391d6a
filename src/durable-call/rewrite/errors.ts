/** The durable-call rewrite could not be applied, or did not take. `code` is stable; the message says what to do. */
export class DurableCallBuildError extends Error {
  override readonly name = 'DurableCallBuildError';

  constructor(
    readonly code:
      | 'durable-call.missing-import'
      | 'durable-call.missing-export'
      | 'durable-call.table'
      | 'durable-call.invalid-wasm'
      | 'durable-call.not-rewritten',
    message: string,
  ) {
    super(message);
  }
}
