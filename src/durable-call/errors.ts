/** A durable call that could not be made; nothing was sent. `code` is stable; the message says what to do. */
export class DurableCallError extends Error {
  override readonly name = 'DurableCallError';

  constructor(
    readonly code:
      /** A parameter is outside its range: a defect of the calling code. */
      | 'durable-call.invalid-argument'
      /** This message has used up its call ids; make the rest of the calls in another message. */
      | 'durable-call.too-many-calls'
      /** The balance above the freezing limit does not cover the attached cycles and the call's fee. */
      | 'durable-call.insufficient-cycles'
      /** The system refused the call for now, for instance because a queue is full; try again later. */
      | 'durable-call.not-sent'
      /** Not inside the response handler, or the canister was built without the rewrite. */
      | 'durable-call.no-response',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
