/**
 * A request that cannot be served. `message` begins with the name of the variant of `PocketIcError` that the original
 * server shows, so that texts which clients look for are the same.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  /**
   * @param code variant name, for example `CanisterNotFound`
   * @param detail what is wrong and what to do
   * @param status HTTP status; default 400
   */
  constructor(
    readonly code: string,
    detail: string,
    readonly status = 400,
  ) {
    super(`${code}(${detail})`);
  }
}

/** The request has a shape that the protocol does not know. */
export function badRequest(detail: string): ProtocolError {
  return new ProtocolError('BadRequest', detail);
}

/** The protocol knows it, this server does not do it. */
export function notSupported(detail: string): ProtocolError {
  return new ProtocolError('NotSupported', detail);
}
