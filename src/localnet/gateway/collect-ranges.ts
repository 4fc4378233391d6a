import { GatewayError } from './gateway-error.ts';
import { type GatewayRequest, type GatewayResponse, headerValue } from './http-message.ts';
import { maximumResponseBytes, maximumResponseParts } from './limits.ts';

/**
 * Whether a canister answered with a part although the whole was asked for: asset canisters give large files so, for
 * the gateway to ask for the other parts.
 *
 * Source: dfinity/http-gateway `protocol/handler.rs`.
 */
export function isUnaskedPart(request: GatewayRequest, { status }: GatewayResponse): boolean {
  const asksForPart = request.headers.some(([name]) => name === 'range' || name === 'if-range');
  return status === 206 && !asksForPart;
}

/**
 * Asks for the parts behind the first one, and puts the whole together.
 *
 * @param ask for a part, by the value of the `Range` header
 * @throws GatewayError when the parts do not follow each other, or are too many
 */
export async function collectRanges(
  first: GatewayResponse,
  ask: (range: string) => Promise<GatewayResponse>,
): Promise<GatewayResponse> {
  const bodies: Uint8Array[] = [];
  const total = rangeOf(first).total;
  let length = 0;
  for (let part = first; ; part = await ask(`bytes=${length}-`)) {
    const range = rangeOf(part);
    if (range.begin !== length || range.total !== total || part.body.length === 0) {
      throw invalid('the parts of the body do not follow each other');
    }
    if (bodies.length === maximumResponseParts || total > maximumResponseBytes) {
      throw new GatewayError(
        'RESPONSE_TOO_LARGE',
        `The body is longer than ${maximumResponseParts} parts or ${maximumResponseBytes} bytes.`,
      );
    }
    bodies.push(part.body);
    length += part.body.length;
    if (length >= total) break;
    // Every part is a query that blocks; others get their turn between two.
    await new Promise(setImmediate);
  }
  const headers = first.headers.filter(([name]) => name !== 'content-range');
  return { status: 200, headers, body: new Uint8Array(Buffer.concat(bodies)) };
}

function rangeOf({ headers }: GatewayResponse): { begin: number; total: number } {
  const range = headerValue(headers, 'content-range') ?? '';
  const [, begin, total] = /^bytes\s+(\d+)-\d+\/(\d+)$/.exec(range) ?? [];
  if (begin === undefined || total === undefined) {
    throw invalid('a response with status 206 needs a certified Content-Range header');
  }
  return { begin: Number(begin), total: Number(total) };
}

function invalid(detail: string): GatewayError {
  return new GatewayError('INVALID_RESPONSE', `The canister's answer is not valid: ${detail}.`);
}
