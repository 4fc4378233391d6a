import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SubnetKeys } from '../../../src/localnet/certification/index.ts';
import { createGateway, type GatewayLogLine } from '../../../src/localnet/gateway/index.ts';
import { LocalNetwork } from '../../../src/localnet/index.ts';
import { LiveNetwork } from '../../../src/localnet/live/index.ts';
import { type Page, Website } from './support/website.ts';

let website: Website;
const logged: GatewayLogLine[] = [];

beforeEach(async () => {
  logged.length = 0;
  website = await Website.open({
    log: (line) => {
      logged.push(line);
      website.noteLogged();
    },
  });
});

afterEach(async () => {
  await website.close();
});

const html = ['Content-Type', 'text/html'] as const;
const plainText = { headers: { accept: 'text/plain' } };

describe('a certified page', () => {
  test.each(['version 1', 'version 2', 'to be uncertified'] as const)(
    'is served when it is certified as %s',
    async (certified) => {
      website.publish([{ url: '/a', headers: [html], parts: ['<p>hello'], certified }]);
      const answer = await website.get('/a');
      expect([answer.status, answer.body]).toEqual([200, '<p>hello']);
      expect(answer.headers).toMatchObject({ 'content-type': 'text/html', 'content-length': '8' });
      expect(answer.headers['x-ic-canister-id']).toBe(website.canisterId.toText());
    },
  );

  test('is served when it is certified together with the request', async () => {
    const url = '/search?page=2&q=cats';
    website.publish([{ url, parts: ['cats'], certified: 'version 2 with request' }]);
    expect((await website.get(url, plainText)).body).toBe('cats');
    const otherHeader = await website.get(url, { headers: { accept: 'text/html' } });
    expect(otherHeader.status).toBe(503);
    expect((await website.get(url, { ...plainText, method: 'PUT' })).status).toBe(503);
  });

  test('with an error status is served as it is', async () => {
    website.publish([{ url: '/gone', status: 410, parts: ['gone'], certified: 'version 2' }]);
    expect(await website.get('/gone')).toMatchObject({ status: 410, body: 'gone' });
  });

  test('has only its certified headers', async () => {
    const headers = [html, ['Set-Cookie', 'a=1'], ['Cache-Control', 'no-store']] as const;
    website.publish([
      { url: '/2', headers, parts: ['x'], certified: 'version 2' },
      { url: '/1', headers, parts: ['x'], certified: 'version 1' },
      { url: '/skip', headers, parts: ['x'], certified: 'to be uncertified' },
    ]);
    const version2 = (await website.get('/2')).headers;
    expect([version2['content-type'], version2['set-cookie'], version2['cache-control']]).toEqual([
      'text/html',
      undefined,
      undefined,
    ]);
    const version1 = (await website.get('/1')).headers;
    expect([version1['set-cookie'], version1['cache-control']]).toEqual([['a=1'], undefined]);
    expect((await website.get('/skip')).headers['cache-control']).toBe('no-store');
  });

  test('answers HEAD with the headers alone', async () => {
    website.publish([{ url: '/a', headers: [html], parts: ['<p>hello'], certified: 'version 2' }]);
    const answer = await website.get('/a', { method: 'HEAD' });
    expect([answer.status, answer.headers['content-length'], answer.body]).toEqual([200, '8', '']);
  });

  test('of which only the headers were asked for may have no body, and yet its length', async () => {
    const headers = [['Content-Length', '99']] as const;
    website.publish([{ url: '/a', headers, parts: [''], certified: 'to be uncertified' }]);
    expect((await website.get('/a', { method: 'HEAD' })).headers['content-length']).toBe('99');
    expect((await website.get('/a')).headers['content-length']).toBe('0');
  });
});

describe('what is not what the canister certified is refused', () => {
  const page = { url: '/a', headers: [html], parts: ['hello'], certified: 'version 2' } as const;
  const changes: readonly [string, Page][] = [
    ['another body', { ...page, parts: ['hellO'] }],
    ['another status', { ...page, status: 203 }],
    ['another certified header', { ...page, headers: [['Content-Type', 'text/css']] }],
    ['no certified header', { ...page, headers: [] }],
    ['another certified header twice', { ...page, headers: [html, html] }],
    ['more body', { ...page, parts: ['hello', '!'] }],
    ['a claim to need no certification', { ...page, certified: 'to be uncertified' }],
    ['no certificate expression', { ...page, certified: 'version 1' }],
    ['no certificate', { url: '/a', parts: ['hello'] }],
  ];

  test.each(changes)('%s', async (_name, served) => {
    website.publish([page], [served]);
    const answer = await website.get('/a');
    expect([answer.status, answer.headers['x-ic-error']]).toEqual([503, 'RESPONSE_VERIFICATION_FAILED']);
    expect(answer.body).toContain('Response verification failed: ');
    expect(answer.body).not.toContain('hello');
    expect((await website.get('/a', { host: website.rawHost })).body).toContain('hell');
  });

  test('another body of version 1, and a redirect of version 1', async () => {
    const asset = { url: '/a', parts: ['hello'], certified: 'version 1' } as const;
    website.publish([asset], [{ ...asset, parts: ['jello'] }]);
    expect((await website.get('/a')).body).toContain('the body is not the one the canister certified');
    website.publish([{ ...asset, status: 302, headers: [['Location', 'https://example.org/']] }]);
    const redirect = await website.get('/a');
    expect([redirect.status, redirect.headers.location]).toEqual([503, undefined]);
    expect(redirect.body).toContain('Response verification v1 does not allow redirects');
  });

  test('a page that is certified for another URL', async () => {
    website.publish([page], [page, { ...page, servedAt: '/b' }]);
    const answer = await website.get('/b');
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('expr_path is not the path of the URL');
  });
});

test('a gateway whose keys are not those of the network is not made', () => {
  const live = new LiveNetwork(new LocalNetwork(), { paused: true });
  expect(() => createGateway(live, new SubnetKeys('others'))).toThrow(/do not belong to this network/);
  live.close();
});

describe('the gateway can be told', () => {
  const uncertified = { url: '/plain', parts: ['plain'] };
  const forged = { url: '/forged', parts: ['true'], certified: 'version 2' } as const;

  async function reopen(verification: 'certified' | 'none') {
    await website.close();
    website = await Website.open({ verification });
    website.publish([uncertified, forged], [uncertified, { ...forged, parts: ['false'] }]);
  }

  test('to verify only what says it is certified', async () => {
    await reopen('certified');
    expect((await website.get('/plain')).body).toBe('plain');
    expect((await website.get('/forged')).status).toBe(503);
  });

  test('to verify nothing', async () => {
    await reopen('none');
    expect((await website.get('/plain')).body).toBe('plain');
    expect((await website.get('/forged')).body).toBe('false');
  });

  test('where names of canisters are', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gateway-'));
    const customDomainsFile = join(directory, 'custom-domains.txt');
    try {
      await website.close();
      website = await Website.open({ customDomainsFile });
      website.publish([{ url: '/', parts: ['shop'], certified: 'version 2' }]);
      expect((await website.get('/', { host: 'shop.local.localhost' })).status).toBe(400);
      writeFileSync(customDomainsFile, `shop.local.localhost:${website.canisterId.toText()}\n`);
      expect((await website.get('/', { host: 'shop.local.localhost' })).body).toBe('shop');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('where names of canisters are, which may be out of reach', async () => {
    await website.close();
    website = await Website.open({ customDomainsFile: join(import.meta.filename, 'custom-domains.txt') });
    website.publish([{ url: '/', parts: ['shop'], certified: 'version 2' }]);
    expect((await website.get('/', { host: 'shop.local.localhost' })).status).toBe(400);
    expect((await website.get('/')).body).toBe('shop');
  });
});

describe('a streamed body', () => {
  test('is put together from all parts, and verified as a whole', async () => {
    const parts = Array.from({ length: 12 }, (_, number) => `part ${number}, `);
    website.publish([{ url: '/long', parts, certified: 'version 2' }]);
    expect(await website.get('/long')).toMatchObject({ status: 200, body: parts.join('') });
  });

  test('is refused when a later part is not what was certified', async () => {
    const long = { url: '/long', parts: ['a', 'b', 'c'], certified: 'version 2' } as const;
    website.publish([long], [{ ...long, parts: ['a', 'b', 'd'] }]);
    expect((await website.get('/long')).status).toBe(503);
  });

  test('that never ends is given up', async () => {
    website.publish([{ url: '/forever', parts: ['more', 'more'] }]);
    const answer = await website.get('/forever', { host: website.rawHost });
    expect([answer.status, answer.headers['x-ic-error']]).toEqual([502, 'RESPONSE_TOO_LARGE']);
  });
});

const manyRanges = Array.from({ length: 300 }, (_, begin) => ({
  url: begin === 0 ? '/ranges' : `/ranges bytes=${begin}-`,
  status: 206,
  headers: [['Content-Range', `bytes ${begin}-${begin}/300`]] as const,
  parts: ['a'],
}));

test.each([
  ['a streamed body', [{ url: '/forever', parts: ['more', 'more'] }]],
  ['a large file', manyRanges],
])('%s is asked for no further when the client has gone', async (_name, pages) => {
  website.publish(pages);
  const leaving = new AbortController();
  let queries = 0;
  const query = website.network.query.bind(website.network);
  website.network.query = (call) => {
    queries += 1;
    if (queries === 3) leaving.abort();
    return query(call);
  };
  await website.askAndGoAway(pages[0]?.url ?? '', leaving.signal);
  expect(logged).toMatchObject([{ status: 499, error: expect.stringContaining('went away') as string }]);
  expect(queries).toBeLessThan(100);
});

describe('a large file that is served in ranges', () => {
  const part = (begin: number, text: string, of = 'abcdefgh') => ({
    url: '/file',
    servedAt: begin === 0 ? '/file' : `/file bytes=${begin}-`,
    status: 206,
    headers: [html, ['Content-Range', `bytes ${begin}-${begin + text.length - 1}/${of.length}`]] as const,
    parts: [text],
    certified: 'version 2' as const,
  });
  const parts = [part(0, 'abc'), part(3, 'def'), part(6, 'gh')];

  test('is put together when the whole was asked for', async () => {
    website.publish(parts);
    const answer = await website.get('/file');
    expect([answer.status, answer.body]).toEqual([200, 'abcdefgh']);
    expect([answer.headers['content-length'], answer.headers['content-range']]).toEqual(['8', undefined]);
  });

  test('is passed on in part when a part was asked for', async () => {
    website.publish(parts);
    const answer = await website.get('/file', { headers: { range: 'bytes=3-' } });
    expect([answer.status, answer.body]).toEqual([206, 'def']);
    expect(answer.headers['content-range']).toBe('bytes 3-5/8');
  });

  test('is refused when a later part is not what was certified, or is not the next', async () => {
    website.publish(parts, [part(0, 'abc'), part(3, 'dEf'), part(6, 'gh')]);
    expect((await website.get('/file')).status).toBe(503);
    const again = { ...part(0, 'abc'), servedAt: '/file bytes=3-' };
    website.publish(parts, [part(0, 'abc'), again]);
    const answer = await website.get('/file');
    expect([answer.status, answer.headers['x-ic-error']]).toEqual([502, 'INVALID_RESPONSE']);
  });
});

describe('what a canister gets to see', () => {
  const echo = { host: '' };
  beforeEach(() => {
    echo.host = website.rawHost;
  });

  test('is method, URL, headers and body', async () => {
    const answer = await website.get('/echo', {
      ...echo,
      method: 'PUT',
      body: 'hällo',
      headers: { 'X-Own': 'x' },
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toContain('PUT ');
    expect(answer.body).toContain('("x-own", "x")');
    expect(answer.body).toContain('[hällo]');
    expect(answer.headers['x-twice']).toBe('1, 2');
  });

  test('never is an encoding without identity', async () => {
    const answer = await website.get('/echo', { ...echo, headers: { 'accept-encoding': 'gzip' } });
    expect(answer.body).toContain('("accept-encoding", "gzip, identity")');
  });

  test('is an update call when it wants one, and its answer needs no certificate', async () => {
    website.publish([{ url: '/count?a=1', parts: [''], upgrade: true }]);
    const answers = [
      await website.get('/count?a=1'),
      await website.get('/count?a=1', { method: 'POST', body: 'b' }),
    ];
    expect(answers.map(({ body }) => body)).toEqual([
      'update 1 GET /count?a=1 []',
      'update 2 POST /count?a=1 [b]',
    ]);
  });
});

describe('a request that cannot be answered', () => {
  test('because it names no canister', async () => {
    const answer = await website.get('/', { host: 'localhost' });
    expect([answer.status, answer.headers['x-ic-error']]).toEqual([400, 'CANISTER_ID_NOT_FOUND']);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(logged).toMatchObject([{ method: 'GET', url: '/', status: 400, canisterId: undefined }]);
  });

  test('because the canister does not exist', async () => {
    const answer = await website.get('/', { host: 'rwlgt-iiaaa-aaaaa-aaaaa-cai.localhost' });
    expect([answer.status, answer.headers['x-ic-error']]).toEqual([404, 'CANISTER_NOT_FOUND']);
  });

  test('because the canister traps; what it said is shown, and cannot be a script', async () => {
    const answer = await website.get('/trap');
    expect([answer.status, answer.headers['x-ic-error']]).toEqual([502, 'CANISTER_REJECTED']);
    expect(answer.body).toContain('no such luck');
    website.publish([{ url: '/plain', parts: ['x'], headers: [['<b>', 'x']] }]);
    const invalid = await website.get('/plain', { host: website.rawHost });
    expect([invalid.status, invalid.headers['x-ic-error']]).toEqual([502, 'INVALID_RESPONSE']);
    expect(invalid.body).toContain('&lt;b&gt;');
    expect(invalid.body).not.toContain('<b>');
  });

  test('because it is no HTTP status', async () => {
    website.publish([{ url: '/status', status: 99, parts: ['x'] }]);
    expect((await website.get('/status', { host: website.rawHost })).headers['x-ic-error']).toBe(
      'INVALID_RESPONSE',
    );
  });

  test('because its body is too large', async () => {
    const body = 'x'.repeat(4 * 1_048_576 + 1);
    const answer = await website.get('/echo', { method: 'POST', body, host: website.rawHost });
    expect(answer.status).toBe(413);
  });

  test('because the client went away before it had said all', async () => {
    await website.beginAndGoAway('/echo');
    expect(logged).toMatchObject([{ status: 400, error: expect.stringContaining('ended') as string }]);
    expect((await website.get('/echo', { host: website.rawHost })).status).toBe(201);
  });

  test.each(['/api/v2/status', '/_/dashboard', '/api'])('because %s is not for canisters', async (path) => {
    expect((await website.get(path)).headers['x-ic-error']).toBe('NOT_FOR_CANISTERS');
  });
});

test('pages from anywhere may ask', async () => {
  const preflight = await website.get('/a', {
    method: 'OPTIONS',
    headers: { origin: 'https://example.org' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': expect.stringContaining('POST') as string,
  });
  expect((await website.get('/echo', { host: website.rawHost })).headers['access-control-allow-origin']).toBe(
    '*',
  );
});
