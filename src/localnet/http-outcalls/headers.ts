import type { ClientRequest, IncomingMessage } from 'node:http';
import type { HttpHeader, HttpOutcall } from '../http-outcall.ts';
import { OutcallFailedError } from './outcall-failed-error.ts';

/** What the IC's adapter sends when a canister does not say who asks. */
const fallbackUserAgent = 'ic/1.0';

/**
 * Gives a request the headers of the outcall, several of one name as several lines.
 *
 * @throws OutcallFailedError for what is no header
 */
export function setHeaders(request: ClientRequest, { headers, body }: HttpOutcall): void {
  const values = new Map<string, string[]>();
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  if (!values.has('user-agent')) values.set('user-agent', [fallbackUserAgent]);
  // Node frames the body of a GET only when it is told how long it is. Nothing else may be said of its length.
  values.delete('transfer-encoding');
  values.delete('content-length');
  if (body.length > 0) values.set('content-length', [String(body.length)]);
  for (const [name, list] of values) {
    try {
      request.setHeader(name, list.length === 1 ? (list[0] ?? '') : list);
    } catch (error) {
      throw new OutcallFailedError(1, textOf(error));
    }
  }
}

function textOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code === 'ERR_INVALID_HTTP_TOKEN'
    ? 'Failed to parse header name invalid HTTP header name'
    : 'Failed to parse header value failed to parse header value';
}

/**
 * The headers of a response as they came, with names in lower case.
 *
 * @throws OutcallFailedError for values that are no text
 */
export function headersOf({ rawHeaders }: IncomingMessage): HttpHeader[] {
  const headers: HttpHeader[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const value = rawHeaders[index + 1] ?? '';
    if (!/^[\t\x20-\x7e]*$/.test(value)) {
      throw new OutcallFailedError(2, 'Failed to parse headers: failed to convert header to a str');
    }
    headers.push({ name: (rawHeaders[index] ?? '').toLowerCase(), value });
  }
  return headers;
}
