/** Why the gateway has no response of a canister to pass on; stable. */
export type GatewayErrorCode =
  | 'CANISTER_ID_NOT_FOUND'
  | 'NOT_FOR_CANISTERS'
  | 'BODY_TOO_LARGE'
  | 'BODY_INCOMPLETE'
  | 'CLIENT_GONE'
  | 'CANISTER_NOT_FOUND'
  | 'CANISTER_REJECTED'
  | 'NO_ANSWER'
  | 'INVALID_RESPONSE'
  | 'RESPONSE_TOO_LARGE'
  | 'RESPONSE_VERIFICATION_FAILED'
  | 'NETWORK_DEFECT';

const statusOfCode: Readonly<Record<GatewayErrorCode, number>> = {
  CANISTER_ID_NOT_FOUND: 400,
  NOT_FOR_CANISTERS: 404,
  BODY_TOO_LARGE: 413,
  BODY_INCOMPLETE: 400,
  // Nobody reads it; the log shows what other servers log for it.
  CLIENT_GONE: 499,
  CANISTER_NOT_FOUND: 404,
  CANISTER_REJECTED: 502,
  NO_ANSWER: 503,
  INVALID_RESPONSE: 502,
  RESPONSE_TOO_LARGE: 502,
  RESPONSE_VERIFICATION_FAILED: 503,
  NETWORK_DEFECT: 503,
};

/** What the gateway answers in a canister's stead. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly status: number;

  constructor(
    readonly code: GatewayErrorCode,
    message: string,
  ) {
    super(message);
    this.status = statusOfCode[code];
  }

  /** A page for people, which programs can read too. */
  get page(): string {
    return [
      '<!doctype html>',
      '<meta charset="utf-8">',
      `<title>${this.status} ${this.code}</title>`,
      '<body style="font-family: sans-serif; max-width: 50em; margin: 3em auto; line-height: 1.4">',
      `<h1>${this.status} ${this.code}</h1>`,
      `<p style="white-space: pre-wrap">${escape(this.message)}</p>`,
      '<p><small>Answered by the HTTP gateway of the local network.</small></p>',
      '',
    ].join('\n');
  }
}

/** Messages can hold what a canister or a browser said. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
