import type { HttpHeader } from './http-outcall.ts';
import { nanosPerSecond } from './limits.ts';

/*
 * Limits of HTTP outcalls with the replica's texts. Source: IC interface spec, 'IC method http_request'; dfinity/ic
 * `rs/types/types/src/canister_http.rs`, `rs/https_outcalls/{adapter,client}`.
 */

/** An outcall that is not answered after this time is rejected. */
export const httpOutcallTimeoutNanos = 60n * nanosPerSecond;
/** Outcalls of all canisters that may wait at the same time. */
export const maximumPendingHttpOutcalls = 3_000;
export const maximumUrlBytes = 8_192;
export const maximumHeaders = 64;
const maximumHeaderPartBytes = 8_192;
export const maximumHeadersBytes = 49_152;
/** Of headers and body together: of a request, and of a response at most. */
export const maximumHttpMessageBytes = 2_000_000;

/** Bytes of names and values, as UTF-8. */
export function headersBytes(headers: readonly HttpHeader[]): number {
  return headers.reduce((sum, { name, value }) => sum + bytesOf(name) + bytesOf(value), 0);
}

/** Why a request or a response is refused for its headers or its size; undefined when it is not. */
export function headersOrBodyError(headers: readonly HttpHeader[], body: Uint8Array): string | undefined {
  if (headers.length > maximumHeaders) {
    return `number of all http headers ${headers.length} exceeds ${maximumHeaders}`;
  }
  const name = Math.max(0, ...headers.map((header) => bytesOf(header.name)));
  if (name > maximumHeaderPartBytes) {
    return `number of bytes to represent some http header name ${name} exceeds ${maximumHeaderPartBytes}`;
  }
  const value = Math.max(0, ...headers.map((header) => bytesOf(header.value)));
  if (value > maximumHeaderPartBytes) {
    return `number of bytes to represent some http header value ${value} exceeds ${maximumHeaderPartBytes}`;
  }
  const allHeaders = headersBytes(headers);
  if (allHeaders > maximumHeadersBytes) {
    return `total number of bytes to represent all http header names and values ${allHeaders} exceeds ${maximumHeadersBytes}`;
  }
  const total = allHeaders + body.length;
  if (total <= maximumHttpMessageBytes) return undefined;
  return (
    'total number of bytes to represent all http header names and values and http body ' +
    `${total} exceeds ${maximumHttpMessageBytes}`
  );
}

/** Why a response is too large for what the canister allowed; undefined when it is not. */
export function responseSizeError(
  headers: readonly HttpHeader[],
  bodyBytes: number,
  limitBytes: number,
): string | undefined {
  const left = limitBytes - headersBytes(headers);
  if (left < 0) return `Header size exceeds specified response size limit ${limitBytes}`;
  return bodyBytes > left ? `Http body exceeds size limit of ${limitBytes} bytes.` : undefined;
}

export function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
