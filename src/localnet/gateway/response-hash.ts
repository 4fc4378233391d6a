import { encodeLeb128 } from '../certification/index.ts';
import { sha256 } from '../certification/index.ts';
import type { CertificateExpression } from './certificate-expression.ts';
import type { GatewayRequest, GatewayResponse, Header } from './http-message.ts';

type Certified = Extract<CertificateExpression, { kind: 'certified' }>;

export const certificateHeader = 'ic-certificate';
export const certificateExpressionHeader = 'ic-certificateexpression';

/**
 * Source: HTTP gateway protocol specification, "Request Hash Calculation". Without a certified query parameter in the
 * URL there is no `:ic-cert-query`, as in dfinity/response-verification, with which canisters are certified.
 */
export function requestHash(
  request: GatewayRequest,
  certified: NonNullable<Certified['request']>,
): Uint8Array {
  const fields: [string, Uint8Array][] = request.headers
    .filter(([name]) => certified.headers.includes(name))
    .map(([name, value]) => [name, sha256(value)]);
  fields.push([':ic-cert-method', sha256(request.method)]);
  const query = certifiedQuery(request.url, certified.queryParameters);
  if (query !== '') fields.push([':ic-cert-query', sha256(query)]);
  return sha256(hashOfFields(fields), sha256(request.body));
}

function certifiedQuery(url: string, certifiedNames: readonly string[]): string {
  const begin = url.indexOf('?');
  if (begin === -1) return '';
  return url
    .slice(begin + 1)
    .split('&')
    .filter((parameter) => certifiedNames.includes((parameter.split('=')[0] ?? '').toLowerCase()))
    .join('&');
}

/** Source: HTTP gateway protocol specification, "Response Hash Calculation". */
export function responseHash(response: GatewayResponse, expression: Certified): Uint8Array {
  const fields: [string, Uint8Array][] = certifiedHeaders(response, expression).map(([name, value]) => [
    name,
    sha256(value),
  ]);
  fields.push([':ic-cert-status', sha256(encodeLeb128(response.status))]);
  return sha256(hashOfFields(fields), sha256(response.body));
}

/** The headers that count into the hash; the only ones that may be believed. */
export function certifiedHeaders({ headers }: GatewayResponse, { responseHeaders }: Certified): Header[] {
  return headers.filter(([name]) => {
    if (name === certificateHeader) return false;
    if (name === certificateExpressionHeader) return true;
    return responseHeaders.names.includes(name) === (responseHeaders.kind === 'only');
  });
}

/** Like the hash of a map, but names may come more than once. */
function hashOfFields(fields: readonly [name: string, valueHash: Uint8Array][]): Uint8Array {
  const pairs = fields.map(([name, valueHash]) => Buffer.concat([sha256(name), valueHash]));
  return sha256(...pairs.sort((a, b) => Buffer.compare(a, b)));
}
