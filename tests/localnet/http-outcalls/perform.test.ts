import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { performHttpOutcall, refuseHttpOutcall } from '../../../src/localnet/http-outcalls/index.ts';
import type { HttpOutcall } from '../../../src/localnet/index.ts';
import { closeServersAfterEach, httpServer } from './http-server.ts';

closeServersAfterEach();

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function outcall(url: string, parts: Partial<HttpOutcall> = {}): HttpOutcall {
  return {
    id: 0,
    caller: Principal.managementCanister(),
    method: 'GET',
    url,
    headers: [],
    body: new Uint8Array(),
    maximumResponseBytes: undefined,
    transform: undefined,
    isReplicated: true,
    pricingVersion: 1,
    startedAtNanos: 0n,
    ...parts,
  };
}

/** Answers with what it was asked, in JSON. */
const echo = () =>
  httpServer(({ method, url, headers, rawHeaders }, body, response) => {
    response.setHeader('X-Echo', ['one', 'two']);
    response.end(JSON.stringify({ method, url, headers, rawHeaders, body: body.toString() }));
  });

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

async function echoed(request: HttpOutcall): Promise<Echo> {
  const answer = await performHttpOutcall(request);
  if (answer.kind !== 'response') throw new Error(answer.message);
  return JSON.parse(decode(answer.body)) as Echo;
}

describe('performing an HTTP outcall', () => {
  test.each(['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const)(
    'sends method, path, headers and body: %s',
    async (method) => {
      const url = await echo();
      const headers = [
        { name: 'X-Name', value: 'value' },
        { name: 'Accept', value: 'text/html' },
        { name: 'accept', value: 'text/plain' },
      ];
      const body = encode('the body');
      const request = await echoed(outcall(`${url}/path?query=1`, { method, headers, body }));
      expect(request).toMatchObject({
        method,
        url: '/path?query=1',
        body: 'the body',
        headers: {
          'x-name': 'value',
          accept: 'text/html, text/plain',
          'content-length': '8',
          'user-agent': 'ic/1.0',
          host: url.slice('http://'.length),
        },
      });
    },
  );

  test('says who asks when the canister does, and how long the body is whatever the canister says', async () => {
    const headers = [
      { name: 'User-Agent', value: 'a canister' },
      { name: 'Content-Length', value: '3' },
      { name: 'Transfer-Encoding', value: 'chunked' },
    ];
    const request = await echoed(outcall(await echo(), { method: 'POST', headers, body: encode('12345') }));
    expect(request.headers).toMatchObject({ 'user-agent': 'a canister', 'content-length': '5' });
    expect(request.body).toBe('12345');
  });

  test('returns status, headers in lower case, each line for itself, and the body', async () => {
    const answer = await performHttpOutcall(outcall(await echo()));
    expect(answer).toMatchObject({ kind: 'response', status: 200 });
    if (answer.kind !== 'response') throw new Error('no response');
    expect(answer.headers.filter(({ name }) => name === 'x-echo').map(({ value }) => value)).toEqual([
      'one',
      'two',
    ]);
    expect(answer.headers).toContainEqual({ name: 'content-length', value: String(answer.body.length) });
  });

  test('gets no body of a HEAD request, but its length', async () => {
    const url = await httpServer((_, __, response) => {
      response.setHeader('content-length', 6_666).end();
    });
    expect(
      await performHttpOutcall(outcall(url, { method: 'HEAD', maximumResponseBytes: 666 })),
    ).toMatchObject({
      kind: 'response',
      headers: expect.arrayContaining([{ name: 'content-length', value: '6666' }]) as object,
      body: new Uint8Array(),
    });
  });

  test('does not follow redirects', async () => {
    const url = await httpServer(({ url: path }, _, response) => {
      if (path === '/') response.writeHead(302, { location: '/elsewhere' }).end('moved');
      else response.end('followed');
    });
    const answer = await performHttpOutcall(outcall(`${url}/`));
    expect(answer).toMatchObject({ kind: 'response', status: 302, body: encode('moved') });
  });

  test('stops reading a response that is too large', async () => {
    let written = 0;
    const url = await httpServer((_, __, response) => {
      const write = (): void => {
        written += 65_536;
        if (response.destroyed) return;
        response.write(Buffer.alloc(65_536), write);
      };
      write();
    });
    expect(await performHttpOutcall(outcall(url, { maximumResponseBytes: 100_000 }))).toEqual({
      kind: 'reject',
      rejectCode: 1,
      message: 'Http body exceeds size limit of 100000 bytes.',
    });
    expect(written).toBeLessThan(100_000_000);
  });

  test('counts the headers of a response, and takes 48 KiB of them', async () => {
    const url = await httpServer((_, __, response) => {
      for (let index = 0; index < 6; index += 1) response.setHeader(`name-${index}`, 'x'.repeat(8_000));
      response.end();
    });
    expect(await performHttpOutcall(outcall(url))).toMatchObject({ kind: 'response', status: 200 });
    expect(await performHttpOutcall(outcall(url, { maximumResponseBytes: 40_000 }))).toMatchObject({
      rejectCode: 1,
      message: 'Header size exceeds specified response size limit 40000',
    });
  });

  test('ends when the server takes too long, also in the middle of its response', async () => {
    const silent = await httpServer(() => undefined);
    const slow = await httpServer((_, __, response) => {
      response.write('a beginning');
    });
    for (const url of [silent, slow]) {
      expect(await performHttpOutcall(outcall(url), { timeoutMs: 50 })).toEqual({
        kind: 'reject',
        rejectCode: 1,
        message: 'Timeout expired',
      });
    }
  });

  test('ends when nobody wants its answer any more', async () => {
    const abort = new AbortController();
    const url = await httpServer(() => {
      abort.abort();
    });
    expect(await performHttpOutcall(outcall(url), { signal: abort.signal })).toMatchObject({ rejectCode: 2 });
  });

  test('tells that nobody listens, or that the connection broke', async () => {
    const breaking = await httpServer((request) => {
      request.socket.destroy();
    });
    const switching = await httpServer(({ socket }) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
    });
    const withoutTls = (await echo()).replace('http:', 'https:');
    for (const url of ['http://127.0.0.1:1/', breaking, switching, withoutTls, 'http://nobody.invalid/']) {
      expect(await performHttpOutcall(outcall(url))).toMatchObject({
        kind: 'reject',
        rejectCode: 2,
        message: expect.stringMatching(/^Connecting to (127\.0\.0\.1|nobody\.invalid) failed: ./) as string,
      });
    }
  });

  test.each([
    ['no URL', 'nonsense', 'Failed to parse URL: invalid uri character'],
    [
      'a URL that is not ASCII',
      'https://example.com/안녕하세요',
      'Failed to parse URL: invalid uri character',
    ],
    ['another scheme', 'ftp://example.com/', 'Url need to specify https scheme'],
  ])('refuses %s', async (_, url, message) => {
    expect(await performHttpOutcall(outcall(url))).toEqual({ kind: 'reject', rejectCode: 1, message });
  });

  test('refuses http where only https is allowed', async () => {
    expect(await performHttpOutcall(outcall(await echo()), { httpsOnly: true })).toMatchObject({
      rejectCode: 1,
      message: 'Url need to specify https scheme',
    });
  });

  test.each([
    ['name', { name: 'two words', value: '' }],
    ['value', { name: 'name', value: 'two\nlines' }],
  ])('refuses a header whose %s is none', async (what, header) => {
    expect(await performHttpOutcall(outcall(await echo(), { headers: [header] }))).toMatchObject({
      rejectCode: 1,
      message: expect.stringContaining(`Failed to parse header ${what}`) as string,
    });
  });

  test('refuses a response whose header is no text', async () => {
    const url = await httpServer((_, __, response) => {
      response.setHeader('name', 'grüezi').end();
    });
    expect(await performHttpOutcall(outcall(url))).toEqual({
      kind: 'reject',
      rejectCode: 2,
      message: 'Failed to parse headers: failed to convert header to a str',
    });
  });

  test('may be turned off, which is told at once', async () => {
    expect(await refuseHttpOutcall()).toMatchObject({
      rejectCode: 1,
      message: expect.stringContaining('turned off') as string,
    });
  });
});
