import { readFileSync } from 'node:fs';
import type { HttpsOutcallSuccessResponse, PendingHttpsOutcall } from '@dfinity/pic';
import type { ActorMethod } from '@icp-sdk/core/agent';
import { describe, expect, test } from 'vitest';
import { compileMotoko } from '../../support/compile-motoko.ts';
import { interfaceToPic } from '../../support/pocket-ic-types.ts';
import { closeServersAfterEach, httpServer } from '../http-outcalls/http-server.ts';
import { picNetwork } from './pic-network.ts';

const net = picNetwork();
closeServersAfterEach();

interface Fetcher {
  fetch: ActorMethod<[string, [] | [Uint8Array]], string>;
}
const idlFactory = interfaceToPic(({ IDL }) =>
  IDL.Service({ fetch: IDL.Func([IDL.Text, IDL.Opt(IDL.Vec(IDL.Nat8))], [IDL.Text], []) }),
);
const wasm = compileMotoko(readFileSync('tests/localnet/http-outcalls/canisters/fetcher.mo', 'utf8'));
const encode = (text: string) => new TextEncoder().encode(text);
const success = (text: string, statusCode = 200): HttpsOutcallSuccessResponse => ({
  type: 'success',
  statusCode,
  headers: [['Date', 'today']],
  body: encode(text),
});

/** Lets the canister ask, until its request waits. @returns the request, and how to await what the canister says */
async function fetching(
  url: string,
  body?: string,
): Promise<{ readonly outcall: PendingHttpsOutcall; readonly finish: () => Promise<string> }> {
  const canisterId = await net.pic.createCanister();
  await net.pic.installCode({ canisterId, wasm });
  const actor = net.pic.createDeferredActor<Fetcher>(idlFactory, canisterId);
  const finish = await actor.fetch(url, body === undefined ? [] : [encode(body)]);
  await net.pic.tick(2);
  const [outcall] = await net.pic.getPendingHttpsOutcalls();
  if (outcall === undefined) throw new Error('No outcall is pending.');
  return { outcall, finish: async () => finish() };
}

describe('an HTTP outcall', () => {
  test('waits, and is answered by the client', async () => {
    expect(await net.pic.getPendingHttpsOutcalls()).toEqual([]);
    const { outcall, finish } = await fetching('https://example.com/path?query', 'question');
    const [subnet] = await net.pic.getApplicationSubnets();
    expect(outcall.subnetId.toText()).toBe(subnet?.id.toText());
    expect(outcall).toMatchObject({
      requestId: 0,
      httpMethod: 'POST',
      url: 'https://example.com/path?query',
      headers: [['Accept', 'text/plain']],
      body: encode('question'),
      maxResponseBytes: 10_000,
    });
    await net.pic.mockPendingHttpsOutcall({ ...outcall, response: success('answer', 201) });
    expect(await finish()).toBe('201 kept answer');
    expect(await net.pic.getPendingHttpsOutcalls()).toEqual([]);
  });

  test('may be rejected', async () => {
    const { outcall, finish } = await fetching('https://example.com/');
    const response = { type: 'reject', statusCode: 2, message: 'Connection refused' } as const;
    await net.pic.mockPendingHttpsOutcall({ ...outcall, response });
    expect(await finish()).toBe('#system_transient: Connection refused');
  });

  test('may get another response on every node', async () => {
    const { outcall, finish } = await fetching('https://example.com/');
    const additionalResponses = Array.from({ length: 12 }, (_, node) => success(`answer ${node}`));
    await net.pic.mockPendingHttpsOutcall({ ...outcall, response: success('answer'), additionalResponses });
    expect(await finish()).toMatch(/^#system_transient: No consensus could be reached\./);
  });

  test('agrees on what differs only where the transform function does not look', async () => {
    const { outcall, finish } = await fetching('https://example.com/');
    const additionalResponses = Array.from({ length: 12 }, (_, node) => ({
      ...success('same'),
      headers: [['Node', String(node)]] as [string, string][],
    }));
    await net.pic.mockPendingHttpsOutcall({ ...outcall, response: success('same'), additionalResponses });
    expect(await finish()).toBe('200 kept same');
  });

  test('is rejected after a minute', async () => {
    const { finish } = await fetching('https://example.com/');
    await net.pic.advanceTime(60_000);
    await net.pic.tick();
    expect(await net.pic.getPendingHttpsOutcalls()).toEqual([]);
    expect(await finish()).toBe('#system_transient: Canister http request timed out');
  });

  test('is left as it is by an answer that fits nothing', async () => {
    const { outcall } = await fetching('https://example.com/');
    const response = success('');
    const mock = (parts: object) => net.pic.mockPendingHttpsOutcall({ ...outcall, response, ...parts });
    await expect(mock({ requestId: 7 })).rejects.toThrow('InvalidCanisterHttpRequestId(');
    const canisterId = await net.pic.createCanister();
    await expect(mock({ subnetId: canisterId })).rejects.toThrow('SubnetNotFound(');
    await expect(mock({ additionalResponses: [response] })).rejects.toThrow(
      'InvalidMockCanisterHttpResponses((2, 13))',
    );
    await expect(mock({ response: { type: 'reject', statusCode: 7, message: '' } })).rejects.toThrow(
      'InvalidRejectCode(7)',
    );
    expect(await net.pic.getPendingHttpsOutcalls()).toHaveLength(1);
  });

  test('is really made when the instance is live', async () => {
    const url = await httpServer((_, body, response) => {
      response.end(`really ${body.toString()}`);
    });
    const canisterId = await net.pic.createCanister();
    await net.pic.installCode({ canisterId, wasm });
    await net.pic.makeLive();
    const actor = net.pic.createActor<Fetcher>(idlFactory, canisterId);
    expect(await actor.fetch(url, [encode('asked')])).toBe('200 kept really asked');
    await net.pic.stopLive();
  });
});
