import { describe, expect, test } from 'vitest';
import { certifiedHeaders, requestHash, responseHash } from '../../../src/localnet/gateway/response-hash.ts';

/* Expected hashes: the tests of dfinity/response-verification `packages/ic-http-certification/src/hash`. */

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const postTo = (url: string) => ({
  method: 'POST',
  url,
  headers: [
    ['accept-language', 'en'],
    ['accept-language', 'en-US'],
    ['host', 'https://ic0.app'],
  ] as const,
  body: Uint8Array.of(0, 1, 2, 3, 4, 5, 6),
});

describe('the hash of a request', () => {
  const hash = (url: string, queryParameters: readonly string[]) =>
    hex(requestHash(postTo(url), { headers: ['host'], queryParameters }));

  test('counts method, certified headers and body', () => {
    expect(hash('/', [])).toBe('10796453466efb3e333891136b8a5931269f77e40ead9d437fcee94a02fa833c');
  });

  test('does not count a query of which nothing is certified', () => {
    expect(hash('/?q=search', [])).toBe(hash('/', []));
  });

  test('counts certified query parameters in their order', () => {
    const parameters = ['q', 'name'];
    const certified = hash('/?q=hello+world&name=foo&name=bar&color=purple', parameters);
    expect(certified).toBe('3ade1c9054f05bc8bcebd3fd7b884078a6e67c63e5ac4a639fa46a47f5a955c9');
    expect(hash('/?q=hello+world&name=bar&name=foo&color=purple', parameters)).not.toBe(certified);
  });
});

describe('the hash of a response', () => {
  const responseWith = (selection: string, names: string) => ({
    status: 200,
    headers: [
      ['ic-certificate', 'certificate=:SGVsbG8gQ2VydGlmaWNhdGUh:,tree=:SGVsbG8gVHJlZSE=:'],
      [
        'ic-certificateexpression',
        'default_certification(ValidationArgs{certification:Certification{no_request_certification:Empty{},' +
          `response_certification:ResponseCertification{${selection}:ResponseHeaderList{headers:[${names}]}}}})`,
      ],
      ['accept-encoding', 'gzip'],
      ['cache-control', 'no-cache'],
      ['cache-control', 'no-store'],
      ['content-security-policy', "default-src 'self'"],
    ] as const,
    body: new Uint8Array(Buffer.from('Hello World!')),
  });
  const names = ['accept-encoding', 'cache-control'];

  test('counts the listed headers', () => {
    const response = responseWith('certified_response_headers', '"Accept-Encoding","Cache-Control"');
    const expression = {
      kind: 'certified',
      request: undefined,
      responseHeaders: { kind: 'only', names },
    } as const;
    expect(hex(responseHash(response, expression))).toBe(
      '3393250e3cedc30408dcb7e8963898c3d7549b8a0b76496b82fdfeae99c2ac78',
    );
  });

  test('counts all headers but the listed ones', () => {
    const response = responseWith('response_header_exclusions', '"Content-Security-Policy"');
    const expression = {
      kind: 'certified',
      request: undefined,
      responseHeaders: { kind: 'allBut', names },
    } as const;
    expect(hex(responseHash(response, expression))).toBe(
      'a2ffb50ef8971650c2fb46c0a2788b7d5ac5a027d635175e8e06b419ce6c4cda',
    );
    expect(certifiedHeaders(response, expression).map(([name]) => name)).toEqual([
      'ic-certificateexpression',
      'content-security-policy',
    ]);
  });
});
