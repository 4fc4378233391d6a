import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LocalNetwork } from '../../../src/localnet/index.ts';
import type { NetworkDefectError } from '../../../src/localnet/live/index.ts';
import { serveNetwork, type ServedNetwork, type ServeOptions } from '../../../src/localnet/serve/index.ts';
import { program } from '../support/program.ts';
import { TestNetwork, user } from '../support/test-network.ts';

let directory: string;
const running: ServedNetwork[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'serve-failures-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  for (const served of running.splice(0)) await served.close();
  rmSync(directory, { recursive: true });
});

async function serve(options: ServeOptions = {}): Promise<ServedNetwork> {
  const served = await serveNetwork({ stateDirectory: directory, ...options });
  running.push(served);
  return served;
}

const listening = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;

async function expectNothingLeft(failing: () => Promise<unknown>, error: unknown): Promise<void> {
  const before = listening();
  await expect(failing()).rejects.toMatchObject(error as object);
  expect(readdirSync(directory).filter((name) => name.startsWith('lock'))).toEqual([]);
  expect(listening()).toBe(before);
}

describe('a network that could not be started leaves nothing behind', () => {
  test('when its port is taken', async () => {
    const first = await serveNetwork();
    running.push(first);
    await expectNothingLeft(() => serveNetwork({ stateDirectory: directory, port: first.port }), {
      code: 'EADDRINUSE',
    });
    expect((await serve()).recovery?.repeatedInputs).toBe(0);
  });

  test('when its address is not one of this machine', async () => {
    await expectNothingLeft(() => serveNetwork({ stateDirectory: directory, host: '203.0.113.1' }), {
      code: 'EADDRNOTAVAIL',
    });
  });

  test('when its state is damaged, of another format, or used by somebody else', async () => {
    await (await serveNetwork({ stateDirectory: directory })).close();
    const [name = ''] = readdirSync(directory).filter((file) => file.startsWith('snapshot-'));
    const path = join(directory, name);
    const snapshot = readFileSync(path);
    writeFileSync(path, snapshot.subarray(1));
    await expectNothingLeft(() => serveNetwork({ stateDirectory: directory }), { code: 'STATE_DIR_DAMAGED' });
    writeFileSync(path, snapshot);
    const first = await serve();
    await expect(serveNetwork({ stateDirectory: directory })).rejects.toMatchObject({
      code: 'STATE_DIR_IN_USE',
    });
    await first.live.flushed();
    expect(readdirSync(directory)).toContain('lock');
  });

  test('when its directory is a file', async () => {
    const path = join(directory, 'file');
    writeFileSync(path, 'no directory');
    await expectNothingLeft(() => serveNetwork({ stateDirectory: path }), { code: 'STATE_DIR_UNUSABLE' });
    expect(readFileSync(path, 'utf8')).toBe('no directory');
  });

  test('when its first input cannot be written down', async () => {
    const write = fs.writeSync.bind(fs) as (file: number, bytes: Uint8Array) => number;
    let isFull = true;
    vi.spyOn(fs, 'writeSync').mockImplementation((file, bytes) => {
      // Entries of the journal are small, the snapshot is not.
      if (isFull && (bytes as unknown as Uint8Array).length < 500) throw new Error('ENOSPC');
      return write(file, bytes as unknown as Uint8Array);
    });
    syncBuiltinESMExports();
    await expectNothingLeft(() => serveNetwork({ stateDirectory: directory }), { message: 'ENOSPC' });
    isFull = false;
    expect((await serve()).recovery?.foundState).toBe(true);
  });
});

describe('an input over which the network fails', () => {
  const second = 1_000_000_000n;

  /** A directory whose network has a canister, and what calls it. */
  async function prepared() {
    const net = new TestNetwork();
    const id = net.canister();
    const checkpoint = net.network.checkpoint();
    const start = await serveNetwork({ stateDirectory: directory });
    start.live.network.restore(checkpoint);
    await start.close();
    return {
      count: {
        sender: user,
        canisterId: id,
        method: 'run',
        arg: program().addToHeap(1n).appendNumber('heapCounter').reply().bytes,
        requestId: new Uint8Array(32).fill(1),
        expiryNanos: BigInt(Date.now()) * 1_000_000n + 200n * second,
      },
    };
  }

  /** Ends the network that was started last as a kill does: the directory is as the process had it. */
  async function kill(): Promise<void> {
    const left = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))] as const);
    await running.pop()?.close();
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
    for (const [name, bytes] of left) if (name !== 'lock') writeFileSync(join(directory, name), bytes);
  }

  /** Ends it properly; there is no state that could be written down. */
  async function closeWithoutSnapshot(): Promise<void> {
    const files = readdirSync(directory).filter((name) => name !== 'lock');
    await running.pop()?.close();
    expect(readdirSync(directory)).toEqual(files);
  }

  /** Starts a network that fails over its first step, or when a call is handed in. */
  async function startFailing(handIn?: (served: ServedNetwork) => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const onDefect = ({ message }: NetworkDefectError) => {
        resolve(message);
      };
      serve({ onDefect }).then(handIn, reject);
    });
  }

  test.each(['killed', 'closed'])('does not fail at every start, be the network %s or not', async (how) => {
    const end = how === 'killed' ? kill : closeWithoutSnapshot;
    const { count } = await prepared();
    const step = vi.spyOn(LocalNetwork.prototype, 'step').mockImplementation(function (this: LocalNetwork) {
      // What a defect leaves behind is not to be seen again.
      this.addCycles(count.canisterId, 1n);
      throw new Error('cycles vanished');
    });
    expect(await startFailing(({ live }) => live.submit(count))).toContain('cycles vanished');
    await end();
    // It starts, and fails over the same again.
    expect(await startFailing()).toContain('cycles vanished');
    await end();
    step.mockRestore();

    const { live } = await serve();
    const id = live.network.findRequest(count.requestId);
    if (id === undefined) throw new Error('The call that had been accepted was forgotten.');
    expect(await live.answered(id, 5_000)).toMatchObject({ status: 'replied' });
    live.network.checkCycles();
  });

  test.each(['killed', 'closed'])(
    'while it is handed in was never accepted, be the network %s or not',
    async (how) => {
      const { count } = await prepared();
      const submit = vi.spyOn(LocalNetwork.prototype, 'submitUpdate').mockImplementation(() => {
        throw new TypeError('nobody thought of that');
      });
      const served = await serve();
      expect(() => served.live.submit(count)).toThrow('nobody thought of that');
      await (how === 'killed' ? kill() : closeWithoutSnapshot());
      const next = await serve();
      submit.mockRestore();
      expect(next.live.network.findRequest(count.requestId)).toBeUndefined();
    },
  );

  test('only when it is repeated keeps the start from happening, and loses nothing', async () => {
    const { count } = await prepared();
    const first = await serve();
    const id = first.live.submit(count);
    await first.live.answered(id, 5_000);
    await kill();
    const submit = vi.spyOn(LocalNetwork.prototype, 'submitUpdate').mockImplementation(() => {
      throw new RangeError('out of memory');
    });
    await expectNothingLeft(() => serveNetwork({ stateDirectory: directory }), {
      code: 'STATE_DIR_DIVERGED',
      message: expect.stringContaining('out of memory') as string,
    });
    submit.mockRestore();
    expect((await serve()).live.network.findRequest(count.requestId)).toBe(id);
  });
});
