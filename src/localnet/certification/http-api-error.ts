/** Why a request to the HTTP interface is refused; stable. The texts are the replica's where it has one. */
export type HttpApiErrorCode =
  | 'MALFORMED_REQUEST'
  | 'WRONG_REQUEST_TYPE'
  | 'INVALID_REQUEST_EXPIRY'
  | 'NONCE_TOO_BIG'
  | 'TOO_MANY_PATHS'
  | 'PATH_TOO_LONG'
  | 'MISSING_SIGNATURE'
  | 'ANONYMOUS_SIGNATURE'
  | 'USER_ID_DOES_NOT_MATCH'
  | 'INVALID_SIGNATURE'
  | 'INVALID_DELEGATION'
  | 'INVALID_DELEGATION_EXPIRY'
  | 'NOT_A_DELEGATION_TARGET'
  | 'INVALID_SENDER_INFO'
  | 'UNKNOWN_PATH'
  | 'WRONG_METHOD'
  | 'INVALID_EFFECTIVE_ID'
  | 'WRONG_EFFECTIVE_ID'
  | 'UNKNOWN_SUBNET'
  | 'UNKNOWN_CANISTER_RANGE'
  | 'INVALID_PATH'
  | 'INVALID_REQUEST_ID'
  | 'READ_STATE_FORBIDDEN'
  | 'BODY_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE';

/** A request the HTTP interface answers with a client error: its status and, as plain text, its body. */
export class HttpApiError extends Error {
  override readonly name = 'HttpApiError';
  readonly status: number;
  readonly code: HttpApiErrorCode;
  readonly text: string;

  constructor(code: HttpApiErrorCode, text: string, status = 400) {
    super(text);
    this.status = status;
    this.code = code;
    this.text = text;
  }
}
