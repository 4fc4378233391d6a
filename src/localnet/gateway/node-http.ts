import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '@dfinity/principal';
import { GatewayError } from './gateway-error.ts';
import { type GatewayRequest, type GatewayResponse, type Header, headerValue } from './http-message.ts';
import { maximumRequestBytes } from './limits.ts';

/** So that web pages from anywhere can use canisters. Source: dfinity/ic-gateway `middleware/cors.rs`. */
const corsHeaders: readonly Header[] = [
  ['access-control-allow-origin', '*'],
  ['access-control-allow-methods', 'HEAD, GET, POST, PUT, DELETE, PATCH, OPTIONS'],
  [
    'access-control-allow-headers',
    'user-agent, dnt, if-none-match, if-modified-since, cache-control, content-type, range, cookie, x-requested-with, x-ic-canister-id',
  ],
  ['access-control-expose-headers', 'accept-ranges, content-length, content-range, x-ic-canister-id'],
];
const preflightMaximumAgeSeconds = '600';

/** Of one connection, not of the message; and the length, which is that of the body that is really sent. */
const droppedHeaders = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @throws GatewayError BODY_TOO_LARGE, BODY_INCOMPLETE */
export async function readRequest(incoming: IncomingMessage): Promise<GatewayRequest> {
  const headers: Header[] = [];
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    const name = (incoming.rawHeaders[index] ?? '').toLowerCase();
    const value = incoming.rawHeaders[index + 1] ?? '';
    headers.push([name, name === 'accept-encoding' ? withIdentity(value) : value]);
  }
  return {
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    headers,
    body: await readBody(incoming),
  };
}

/** Asset canisters take an encoding that is not named for one that is refused. */
function withIdentity(value: string): string {
  const encodings = value.split(',').map((encoding) => encoding.trim());
  const hasIdentity = encodings.some((encoding) => encoding.toLowerCase() === 'identity');
  return (hasIdentity ? encodings : [...encodings, 'identity']).join(', ');
}

/** Reads all that comes, so that the client gets to read the answer, but keeps no more than a body may have. */
async function readBody(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= maximumRequestBytes) chunks.push(chunk);
      else chunks.length = 0;
    }
  } catch {
    throw new GatewayError('BODY_INCOMPLETE', 'The connection ended before the whole body had come.');
  }
  if (bytes > maximumRequestBytes) {
    throw new GatewayError('BODY_TOO_LARGE', `The body is larger than ${maximumRequestBytes} bytes.`);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** @throws GatewayError INVALID_RESPONSE when it cannot be said in HTTP */
export function sendResponse(
  outgoing: ServerResponse,
  response: GatewayResponse,
  canisterId: Principal,
): void {
  const { status, body } = response;
  if (status < 200 || status > 599) {
    throw new GatewayError('INVALID_RESPONSE', `The canister answered with the HTTP status ${status}.`);
  }
  const own = response.headers.filter(([name]) => !droppedHeaders.has(name));
  const headers: Header[] = [
    ...own,
    ...corsHeaders.filter(([name]) => headerValue(own, name) === undefined),
    ['x-ic-canister-id', canisterId.toText()],
    ['content-length', lengthOf(outgoing, response)],
  ];
  try {
    outgoing.writeHead(status, headers.flat());
  } catch (error) {
    throw new GatewayError(
      'INVALID_RESPONSE',
      `The canister answered with a header that HTTP does not allow: ${error instanceof Error ? error.message : ''}`,
    );
  }
  outgoing.end(body);
}

/** To HEAD a canister may answer without the body whose length it names. */
function lengthOf(outgoing: ServerResponse, { headers, body }: GatewayResponse): string {
  const named = outgoing.req.method === 'HEAD' ? headerValue(headers, 'content-length') : undefined;
  return named ?? String(body.length);
}

export function sendError(outgoing: ServerResponse, error: GatewayError): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(error.status, [
    ...corsHeaders.flat(),
    'content-type',
    'text/html; charset=utf-8',
    'x-ic-error',
    error.code,
  ]);
  outgoing.end(error.page);
}

/** A browser asks whether a page may send a request; it may. */
export function sendPreflight(outgoing: ServerResponse): void {
  outgoing.writeHead(204, [...corsHeaders.flat(), 'access-control-max-age', preflightMaximumAgeSeconds]);
  outgoing.end();
}
