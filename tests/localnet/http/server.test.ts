import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { decodeCbor } from '../../../src/localnet/certification/index.ts';
import {
  type Endpoint,
  type EndpointLogLine,
  type EndpointOptions,
  startEndpoint,
} from '../../../src/localnet/http/index.ts';
import { SubnetKeys } from '../../../src/localnet/certification/index.ts';
import { program } from '../support/program.ts';
import { bodyOf } from './support/signer.ts';
import { keys, TestApi } from './support/test-api.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listening(options: Partial<EndpointOptions> = {}) {
  const api = new TestApi();
  const lines: EndpointLogLine[] = [];
  const log = (line: EndpointLogLine) => lines.push(line);
  const endpoint = await startEndpoint(api.live, { keys, log, ...options });
  closing.push(() => endpoint.close());
  return { api, endpoint, lines };
}

/** Sends bytes as they are and reads until the server ends the connection. */
function raw({ port }: Endpoint, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
  });
}

describe('the endpoint', () => {
  test('tells its status and root key', async () => {
    const { endpoint } = await listening();
    const response = await fetch(`${endpoint.url}/api/v2/status`);
    expect(response.headers.get('content-type')).toBe('application/cbor');
    const status = decodeCbor(new Uint8Array(await response.arrayBuffer())) as Map<string, unknown>;
    expect(status.get('root_key')).toEqual(keys.rootKeyDer);
    expect(endpoint.rootKeyDer).toEqual(keys.rootKeyDer);
    expect(status.get('replica_health_status')).toBe('healthy');
  });

  test('lets web pages from anywhere use it', async () => {
    const { endpoint } = await listening();
    const asked = await fetch(`${endpoint.url}/api/v4/canister/aaaaa-aa/call`, { method: 'OPTIONS' });
    expect(asked.status).toBe(204);
    for (const response of [asked, await fetch(`${endpoint.url}/api/v2/status`)]) {
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    }
    expect(asked.headers.get('access-control-allow-headers')).toMatch(/content-type/i);
    expect(asked.headers.get('access-control-allow-methods')).toMatch(/POST/);
  });

  test('answers 413 to a body that is too large, and reads on', async () => {
    const { endpoint } = await listening();
    const body = new Uint8Array(9 * 1_048_576);
    const headers = { 'content-type': 'application/cbor' };
    const url = `${endpoint.url}/api/v3/canister/aaaaa-aa/query`;
    const response = await fetch(url, { method: 'POST', headers, body });
    expect(response.status).toBe(413);
    expect(await response.text()).toContain('4194304');
    expect((await fetch(`${endpoint.url}/api/v2/status`)).status).toBe(200);
  });

  test('logs what it was asked and why it refused', async () => {
    const { endpoint, lines } = await listening();
    await fetch(`${endpoint.url}/api/v2/status?verbose`);
    await fetch(`${endpoint.url}/api/v2/nothing`);
    expect(lines).toEqual([
      { method: 'GET', path: '/api/v2/status', status: 200, error: undefined },
      {
        method: 'GET',
        path: '/api/v2/nothing',
        status: 404,
        error: 'There is nothing at /api/v2/nothing.',
      },
    ]);
  });

  test('gives everything else to the gateway, and never what begins with /api/ or /_/', async () => {
    const { endpoint } = await listening({
      gateway: (request, response) => response.end(`gateway ${request.url ?? ''}`),
    });
    const text = async (path: string) => (await fetch(endpoint.url + path)).text();
    expect(await text('/')).toBe('gateway /');
    expect(await text('/index.html?canisterId=x')).toBe('gateway /index.html?canisterId=x');
    expect(await text('/apiary')).toBe('gateway /apiary');
    expect(await text('/api/v9')).not.toContain('gateway');
    expect(await text('/_/raw')).not.toContain('gateway');
  });

  test.each([
    ['http://elsewhere/api/v2/status', 200, 'replica_health_status'],
    ['HTTP://elsewhere:4943/api/v2/nothing', 404, 'There is nothing at /api/v2/nothing.'],
    ['http://elsewhere:80/page?x=http://y/', 200, '/page?x=http://y/ of elsewhere:80 elsewhere:80'],
    ['http://elsewhere?x', 200, '/?x of elsewhere elsewhere'],
    ['/page?x=http://y/', 200, '/page?x=http://y/ of header header'],
  ])('serves the whole URL %s as it serves its path', async (target, status, text) => {
    const { endpoint } = await listening({
      gateway: ({ url, headers, rawHeaders }, response) =>
        response.end(`${url ?? ''} of ${headers.host ?? ''} ${rawHeaders[1] ?? ''}`),
    });
    const answer = await raw(endpoint, `GET ${target} HTTP/1.1\r\nHost: header\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(text);
  });

  test('answers HEAD as GET, without the body', async () => {
    const { endpoint } = await listening();
    const whole = await fetch(`${endpoint.url}/api/v2/status`);
    const response = await fetch(`${endpoint.url}/api/v2/status`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String((await whole.arrayBuffer()).byteLength));
    expect(response.headers.get('content-type')).toBe('application/cbor');
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    const query = await fetch(`${endpoint.url}/api/v3/canister/aaaaa-aa/query`, { method: 'HEAD' });
    expect(query.status).toBe(405);
  });

  test('has nothing else without a gateway', async () => {
    const { endpoint } = await listening();
    expect((await fetch(`${endpoint.url}/index.html`)).status).toBe(404);
  });

  test.each([
    '//',
    '/%',
    '*',
    'http://elsewhere/api/v2/nothing',
    'http://elsewhere',
    '/api/v2/canister/%2e%2e/call',
    '/?'.repeat(500),
  ])('survives the target %s', async (target) => {
    const { endpoint } = await listening();
    const answer = await raw(endpoint, `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await fetch(`${endpoint.url}/api/v2/status`)).status).toBe(200);
  });

  test('survives what is no HTTP', async () => {
    const { endpoint } = await listening();
    expect(await raw(endpoint, '\0\0\0 nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(`${endpoint.url}/api/v2/status`)).status).toBe(200);
  });

  test('survives clients that go away in the middle', async () => {
    const { api, endpoint, lines } = await listening();
    const head =
      'POST /api/v3/canister/aaaaa-aa/query HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf';
    await new Promise<void>((resolve) => {
      const socket = connect(endpoint.port, '127.0.0.1', () => {
        socket.write(head, () => {
          socket.destroy();
        });
      });
      socket.on('close', () => {
        resolve();
      });
    });
    const id = api.canister();
    const body = bodyOf(api.alice.sign(api.queryContent(id, program().reply('still here'))));
    const response = await fetch(`${endpoint.url}/api/v3/canister/${id.toText()}/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/cbor' },
      body: Uint8Array.from(body),
    });
    expect(await response.text()).toContain('still here');
    expect(lines.map(({ status }) => status)).toEqual([200]);
    expect(api.defects).toEqual([]);
  });

  test('says so when its port is taken', async () => {
    const { api, endpoint } = await listening();
    await expect(startEndpoint(api.live, { keys, port: endpoint.port })).rejects.toThrow('EADDRINUSE');
  });

  test('refuses keys of another network, whose answers nobody could verify', async () => {
    const { api } = await listening();
    await expect(startEndpoint(api.live, { keys: new SubnetKeys('another') })).rejects.toThrow(
      'do not belong to this network',
    );
  });

  test('closes with connections open', async () => {
    const { endpoint } = await listening();
    const socket = connect(endpoint.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await endpoint.close();
    await ended;
    await expect(fetch(`${endpoint.url}/api/v2/status`)).rejects.toThrow();
  });
});
