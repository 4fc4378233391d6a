import type { Principal } from '@dfinity/principal';
import type { RejectCode } from './rejection.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

export interface HttpHeader {
  readonly name: string;
  readonly value: string;
}

/** An HTTP request of a canister that waits for its answer. Plain data, never changed in place. */
export interface HttpOutcall {
  readonly id: number;
  /** The canister that made it. */
  readonly caller: Principal;
  readonly method: HttpMethod;
  /** Of any scheme: whoever performs it decides which it allows. */
  readonly url: string;
  readonly headers: readonly HttpHeader[];
  /** Empty when the canister gave none. */
  readonly body: Uint8Array;
  /** What headers and body of the response may take, in bytes; absent: 2,000,000. */
  readonly maximumResponseBytes: number | undefined;
  /** The caller's query method that the response passes through, and what that method gets besides it. */
  readonly transform: { readonly method: string; readonly context: Uint8Array } | undefined;
  /** Whether every node of a subnet would make the request, not only one. */
  readonly isReplicated: boolean;
  /** 1: all is paid in advance; 2: a base fee is, and the rest as it is used. */
  readonly pricingVersion: 1 | 2;
  readonly startedAtNanos: bigint;
}

/** What became of an HTTP request: the server's response, or why there is none. */
export type HttpOutcallAnswer =
  | {
      readonly kind: 'response';
      /** For example 200. */
      readonly status: number;
      readonly headers: readonly HttpHeader[];
      readonly body: Uint8Array;
    }
  | { readonly kind: 'reject'; readonly rejectCode: RejectCode; readonly message: string };

/** Somebody answered an HTTP outcall that nobody waits for: answered before, timed out, or never made. */
export class HttpOutcallNotPendingError extends Error {
  override readonly name = 'HttpOutcallNotPendingError';
  readonly code = 'HTTP_OUTCALL_NOT_PENDING';

  constructor(id: number) {
    super(`No HTTP outcall ${id} waits for an answer: use an id that pendingHttpOutcalls() lists.`);
  }
}
