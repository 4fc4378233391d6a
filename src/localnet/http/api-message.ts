import { type CborValue, encodeCbor } from '../certification/index.ts';

/** A request to the HTTP interface, however it arrived. */
export interface ApiRequest {
  /** For example `POST`. */
  readonly method: string;
  /** Of the URL, without the query. */
  readonly path: string;
  /** The header; undefined when there is none. */
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

export interface ApiResponse {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/** Content type of all requests and of all answers that are no error. Source: IC interface spec, 'HTTPS Interface'. */
export const cborType = 'application/cbor';

export function cborResponse(value: CborValue): ApiResponse {
  return { status: 200, contentType: cborType, body: encodeCbor(value) };
}

export function textResponse(status: number, text: string): ApiResponse {
  return { status, contentType: 'text/plain; charset=utf-8', body: new TextEncoder().encode(text) };
}

export function emptyResponse(status: number): ApiResponse {
  return { status, contentType: undefined, body: new Uint8Array(0) };
}
