import { ellipsize } from './ellipsize.ts';

/**
 * Why a call got no reply.
 *
 * `message` is the text without its code: users see code and text apart, canisters see
 * `IC0503: <message>` (see {@link messageSeenByCanisters}).
 */
export interface Rejection {
  /** 1 SYS_FATAL, 2 SYS_TRANSIENT, 3 DESTINATION_INVALID, 4 CANISTER_REJECT, 5 CANISTER_ERROR, 6 SYS_UNKNOWN. */
  readonly rejectCode: RejectCode;
  /** The replica's error code, for example `IC0503`. */
  readonly errorCode: string;
  readonly message: string;
}

/** Reject codes of the IC interface spec, 'Reject codes'. */
export type RejectCode = 1 | 2 | 3 | 4 | 5 | 6;

/** A reply's bytes, or why there is none. */
export type CallResult =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  | { readonly kind: 'reject'; readonly rejection: Rejection };

/**
 * Builds a rejection from an error code; the reject code is its class (`IC0503` is class 5).
 *
 * @param errorCode for example `IC0503`.
 */
export function rejectionOf(errorCode: string, message: string): Rejection {
  const rejectCode = Math.floor(Number(errorCode.slice(2)) / 100);
  if (rejectCode < 1 || rejectCode > 6) {
    throw new RangeError(`${errorCode} has no reject code; use a code from IC0100 to IC0699.`);
  }
  return { rejectCode: rejectCode as RejectCode, errorCode, message };
}

/**
 * A rejection that has a reject code only, as those of HTTP outcalls: their texts come from outside, and canisters see
 * them as they are.
 */
export function rejectionByCode(rejectCode: RejectCode, message: string): Rejection {
  return { rejectCode, errorCode: `IC0${rejectCode}${noCode}`, message };
}

/** Ends the error code of a rejection that has none: the replica has no code that ends so. */
const noCode = '00';

/** Code and text in one line, for logs. */
export function describeRejection({ errorCode, message }: Pick<Rejection, 'errorCode' | 'message'>): string {
  return errorCode.endsWith(noCode)
    ? `reject code ${errorCode.charAt(3)}: ${message}`
    : `${errorCode}: ${message}`;
}

/** Texts a canister sees without the code in front: what `msg_reject` said, and what the system made up itself. */
const textsWithoutPrefix = new Set([
  'Request timed out.',
  'Call deadline has expired.',
  'Response was dropped.',
]);

/** Longest reject text, in bytes. Source: `MAX_REJECT_MESSAGE_LEN_BYTES`, `MAX_USER_ERROR_DESCRIPTION_LEN_BYTES`. */
const maximumTextBytes = 8_192;
/** How much of a text that is too long is its beginning. Source: dfinity/ic `RejectContext` and `UserError`. */
const prefixPercentage = { forCanisters: 75, forUsers: 50 } as const;

/** The reject text as `ic0.msg_reject_msg_copy` gives it to a calling canister. */
export function messageSeenByCanisters(rejection: Rejection): string {
  const { errorCode, message } = rejection;
  const hasNoPrefix = errorCode === 'IC0406' || errorCode.endsWith(noCode) || textsWithoutPrefix.has(message);
  const text = hasNoPrefix ? message : `${errorCode}: ${message}`;
  return ellipsize(text, maximumTextBytes, prefixPercentage.forCanisters);
}

/** The reject text as the status of a user's call shows it, and as every failure tells it. */
export function messageSeenByUsers(message: string): string {
  return ellipsize(message, maximumTextBytes, prefixPercentage.forUsers);
}

/** A call was refused or rejected. Carries the codes that the IC's HTTP interface shows to users. */
export class CallRejectedError extends Error {
  override readonly name = 'CallRejectedError';
  readonly rejectCode: RejectCode;
  readonly errorCode: string;
  readonly rejectMessage: string;

  constructor(rejection: Rejection) {
    super(
      `Call rejected (reject code ${rejection.rejectCode}, ${rejection.errorCode}): ${rejection.message}`,
    );
    this.rejectCode = rejection.rejectCode;
    this.errorCode = rejection.errorCode;
    this.rejectMessage = rejection.message;
  }
}
