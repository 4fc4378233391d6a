import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { IDL } from '@dfinity/candid';
import { Actor, HttpAgent } from '@icp-sdk/core/agent';
import { Ed25519KeyIdentity } from '@icp-sdk/core/identity';
import { Principal as AgentPrincipal } from '@icp-sdk/core/principal';
import { describe, expect, test, vi } from 'vitest';
import { type _SERVICE as Greeter, idlFactory } from '../../../src/client/generated/greeter.ts';
import { compileMotoko } from '../../support/compile-motoko.ts';
import type { PicPrincipal } from '../../support/pocket-ic-types.ts';
import { program } from '../support/program.ts';
import { picNetwork } from './pic-network.ts';

const net = picNetwork();
const heapCounter = program().appendNumber('heapCounter').reply();
const InitArgument = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });

const website = `persistent actor {
  public query func http_request(_ : { url : Text }) : async { status_code : Nat16; headers : [(Text, Text)]; body : Blob } {
    { status_code = 200; headers = []; body = "Hello, browser!" }
  };
}`;

/** Status and body of what a browser sees. */
function page(port: number, host: string): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', headers: { host: `${host}:${port}` } }, (response) => {
      let body = '';
      response.on('data', (bytes: Buffer) => (body += bytes.toString()));
      response.on('end', () => {
        resolve([response.statusCode, body]);
      });
    });
    asked.on('error', reject).end();
  });
}

function agentAt(port: number, identity = Ed25519KeyIdentity.generate()): Promise<HttpAgent> {
  return HttpAgent.create({ host: `http://127.0.0.1:${port}`, identity, shouldFetchRootKey: true });
}

function greeterOf(agent: HttpAgent, canisterId: PicPrincipal): Greeter {
  const id = AgentPrincipal.fromText(canisterId.toText());
  return Actor.createActor<Greeter>(idlFactory as never, { agent, canisterId: id });
}

describe('an instance that was made live', () => {
  test('serves an agent with an identity of its own, which verifies what it is told', async () => {
    const identity = Ed25519KeyIdentity.generate();
    const arg = IDL.encode([InitArgument], [{ owner: identity.getPrincipal(), greeting: [] }]);
    const canisterId = await net.pic.createCanister();
    const wasm = readFileSync('.canisters/greeter/greeter.wasm.gz');
    await net.pic.installCode({ canisterId, wasm, arg });
    const port = await net.pic.makeLive();
    const greeter = greeterOf(await agentAt(port, identity), canisterId);
    expect(await greeter.greet('Alice')).toBe('Hello, Alice!');
    expect(await greeter.setGreeting('Salut')).toEqual({ Ok: null });
    expect(await greeter.greet('Alice')).toBe('Salut, Alice!');
    const stranger = greeterOf(await agentAt(port), canisterId);
    expect(await stranger.setGreeting('Hi')).toMatchObject({
      Err: expect.stringMatching(/^not-owner/) as string,
    });
    await net.pic.stopLive();
  });

  test('serves its canisters to browsers', async () => {
    const canisterId = await net.pic.createCanister();
    await net.pic.installCode({ canisterId, wasm: compileMotoko(website) });
    const port = await net.pic.makeLive();
    // A page that certifies nothing is shown under a raw host only.
    const host = `${canisterId.toText()}.raw.localhost`;
    expect(await page(port, host)).toEqual([200, 'Hello, browser!']);
    expect((await page(port, `${canisterId.toText()}.localhost`))[0]).toBe(503);
  });

  test('follows the wall clock, and lets timers fire by themselves', async () => {
    await net.pic.makeLive();
    expect(Math.abs((await net.pic.getTime()) - Date.now())).toBeLessThan(60_000);
    const again = program().addToHeap(1n).setTimer(1n);
    const id = await net.canister(program().store('globalTimer', again).setTimer(1n));
    await vi.waitFor(async () => {
      expect(await net.lookNumber(id, heapCounter)).toBeGreaterThan(2n);
    }, 20_000);
    await net.pic.stopLive();
    const counted = await net.lookNumber(id, heapCounter);
    const stopped = await net.pic.getTime();
    await net.canister();
    expect(await net.pic.getTime()).toBe(stopped);
    // The rounds that made the other canister have one timer each.
    expect((await net.lookNumber(id, heapCounter)) - counted).toBeLessThan(10n);
  });

  test('runs what becomes due when its time is set ahead', async () => {
    await net.pic.makeLive();
    const inAnHour = BigInt(Date.now() + 3_600_000) * 1_000_000n;
    const id = await net.canister(program().store('globalTimer', program().addToHeap(1n)).setTimer(inAnHour));
    await net.pic.advanceTime(3_600_000);
    await vi.waitFor(async () => {
      expect(await net.lookNumber(id, heapCounter)).toBe(1n);
    }, 20_000);
    await net.pic.stopLive();
  });

  test('still serves its other clients, and stops more than once', async () => {
    const port = await net.pic.makeLive();
    expect(await net.pic.makeLive()).toBe(port);
    const id = await net.canister();
    expect(await net.run(id, program().addToHeap(1n).reply())).toEqual(new Uint8Array());
    await net.pic.tick();
    await net.pic.stopLive();
    await net.pic.stopLive();
    await expect(fetch(`http://127.0.0.1:${port}/api/v2/status`)).rejects.toThrow('fetch failed');
    expect(await net.lookNumber(id, heapCounter)).toBe(1n);
  });

  test('goes away with its gateway', async () => {
    const canisterId = await net.pic.createCanister();
    const port = await net.pic.makeLive();
    expect((await fetch(`http://127.0.0.1:${port}/api/v2/status`)).status).toBe(200);
    await net.pic.tearDown();
    await expect(fetch(`http://127.0.0.1:${port}/api/v2/status`)).rejects.toThrow('fetch failed');
    await expect(net.pic.getControllers(canisterId)).rejects.toThrow('Instance was deleted');
    net.pic = await net.instance();
  });

  test('hears it when its gateway cannot have the port', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const instances = (await (await fetch(`${net.server.getUrl()}/instances`)).json()) as unknown[];
    const body = JSON.stringify({ port, forward_to: { PocketIcInstance: instances.length - 1 } });
    const answer = await fetch(`${net.server.getUrl()}/http_gateway`, { method: 'POST', body });
    expect(await answer.json()).toMatchObject({
      Error: { message: expect.stringMatching(/^GatewayNotStarted\(.*EADDRINUSE/) as string },
    });
    taken.close();
  });
});
