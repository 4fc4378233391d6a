import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { program } from '../support/program.ts';
import { picNetwork } from './pic-network.ts';

const net = picNetwork();
const pageBytes = 65_536;
const stableCounter = program().appendNumber('stableCounter').reply();

describe('cycles', () => {
  test('are added in any amount, without a round', async () => {
    const canisterId = await net.pic.createCanister({ cycles: 0n });
    const amount = 2n ** 100n + 1n;
    const before = await net.pic.getTime();
    expect(await net.pic.addCycles(canisterId, amount)).toBe(amount);
    expect(await net.pic.getCyclesBalance(canisterId)).toBe(amount);
    expect(await net.pic.getTime()).toBe(before);
    await expect(net.pic.addCycles(canisterId, 2n ** 128n - amount)).rejects.toThrow(/at most 128 bits/);
    await expect(net.pic.addCycles(canisterId, -1n)).rejects.toThrow(/an integer of at least 0/);
    expect(await net.pic.getCyclesBalance(canisterId)).toBe(amount);
  });

  test('are paid for what is executed', async () => {
    const canisterId = await net.canister();
    const before = await net.pic.getCyclesBalance(canisterId);
    await net.run(canisterId, program().spin(1_000).reply());
    expect(await net.pic.getCyclesBalance(canisterId)).toBeLessThan(before);
  });
});

describe('stable memory', () => {
  test('is read as it is written', async () => {
    const canisterId = await net.canister();
    expect(await net.pic.getStableMemory(canisterId)).toEqual(new Uint8Array());
    await net.run(canisterId, program().growStable(2n).writeStable(0x0304n).reply());
    const bytes = await net.pic.getStableMemory(canisterId);
    expect(bytes.length).toBe(2 * pageBytes);
    expect([...bytes.subarray(0, 3)]).toEqual([4, 3, 0]);
  });

  test('is replaced by bytes of any number', async () => {
    const canisterId = await net.canister();
    const bytes = new Uint8Array(5_000_000).fill(1);
    await net.pic.setStableMemory(canisterId, bytes);
    expect(await net.lookNumber(canisterId, stableCounter)).toBe(0x0101_0101_0101_0101n);
    const stored = await net.pic.getStableMemory(canisterId);
    expect(stored.length % pageBytes).toBe(0);
    // Compared as buffers: the test library would compare millions of elements one by one.
    expect(Buffer.from(stored.subarray(0, bytes.length)).equals(bytes)).toBe(true);
    expect(stored.subarray(bytes.length).every((byte) => byte === 0)).toBe(true);
  });

  test('can be sent compressed', async () => {
    const canisterId = await net.canister();
    const body = gzipSync(Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0));
    const set = async (blob: Uint8Array): Promise<Response> => {
      const url = net.server.getUrl();
      const headers = { 'content-encoding': 'gzip' };
      const uploaded = await fetch(`${url}/blobstore`, {
        method: 'POST',
        headers,
        body: new Uint8Array(blob),
      });
      const id = Buffer.from(await uploaded.text(), 'hex').toString('base64');
      const request = { canister_id: Buffer.from(canisterId.toUint8Array()).toString('base64'), blob_id: id };
      const instances = (await (await fetch(`${url}/instances`)).json()) as unknown[];
      return fetch(`${url}/instances/${instances.length - 1}/update/set_stable_memory`, {
        method: 'POST',
        body: JSON.stringify(request),
      });
    };
    expect((await set(body)).status).toBe(200);
    expect(await net.lookNumber(canisterId, stableCounter)).toBe(9n);
    const broken = await set(body.subarray(0, 12));
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({
      message: expect.stringMatching(/^DecompressionFailed/) as string,
    });
    expect(await net.lookNumber(canisterId, stableCounter)).toBe(9n);
  });

  test('belongs to code: an empty canister has none', async () => {
    const canisterId = await net.pic.createCanister();
    await expect(net.pic.getStableMemory(canisterId)).rejects.toThrow(/CanisterIsEmpty/);
    await expect(net.pic.setStableMemory(canisterId, new Uint8Array(1))).rejects.toThrow(/CanisterIsEmpty/);
  });
});
