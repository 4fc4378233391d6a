import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Principal } from '@dfinity/principal';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { managementClient } from '../../../src/client/index.ts';
import { LocalNetwork } from '../../../src/localnet/index.ts';
import { serveNetwork } from '../../../src/localnet/serve/index.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { AnonymousClient } from './support/anonymous-client.ts';

let directory: string;
let server: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'served-network-'));
});

afterEach(() => {
  server?.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** Starts the process, and waits until it listens. */
async function start(): Promise<AnonymousClient> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'support/served-process.ts'), directory],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  server = child;
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return new AnonymousClient(url);
}

async function stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const exited = once(server as ChildProcess, 'exit');
  server?.kill(signal);
  await exited;
}

async function install(client: AnonymousClient): Promise<Principal> {
  const anyId = new LocalNetwork().canisterRange.first;
  const { canister_id: id } = await managementClient(client, anyId).provisional_create_canister_with_cycles({
    amount: [],
    settings: [],
  });
  await managementClient(client, id).install_code({
    mode: { install: null },
    canister_id: id,
    wasm_module: programmableCanister(),
    arg: new Uint8Array(),
  });
  return id;
}

/** Counts, and answers with the count. */
const count = program().addToHeap(1n).appendNumber('heapCounter').reply().bytes;
const look = program().appendNumber('heapCounter').reply().bytes;

async function counterOf(client: AnonymousClient, id: Principal): Promise<bigint> {
  return Buffer.from(await client.update(id, 'run', look)).readBigUInt64LE();
}

test('no acknowledged call is lost when the process is killed under load, again and again', async () => {
  let client = await start();
  const id = await install(client);
  const acknowledged: Uint8Array[] = [];
  let sent = 0;
  for (const kills of [1, 7, 20]) {
    const killAt = acknowledged.length + kills;
    const callers = Array.from({ length: 4 }, async () => {
      while (acknowledged.length < killAt) {
        sent += 1;
        const { requestId } = await client.acknowledged(id, 'run', count);
        acknowledged.push(requestId);
        if (acknowledged.length === killAt) await stop('SIGKILL');
      }
    });
    // Calls that were open when it was killed got no answer.
    await Promise.allSettled(callers);
    client = await start();
    const counter = await counterOf(client, id);
    expect(counter).toBeGreaterThanOrEqual(BigInt(acknowledged.length));
    expect(counter).toBeLessThanOrEqual(BigInt(sent));
    for (const requestId of acknowledged.slice(-3))
      expect(await client.statusOf(id, requestId)).toBe('replied');
  }
}, 120_000);

test('a network that was stopped goes on where it was', async () => {
  const id = await install(await start());
  await stop('SIGTERM');
  const client = await start();
  await client.acknowledged(id, 'run', count);
  await stop('SIGTERM');
  expect(await counterOf(await start(), id)).toBe(1n);
}, 60_000);

test('a failure to listen lets the directory be used by others', async () => {
  const first = await serveNetwork();
  await expect(serveNetwork({ stateDirectory: directory, port: first.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await first.close();
  const second = await serveNetwork({ stateDirectory: directory });
  expect(second.recovery).toEqual({ foundState: true, repeatedInputs: 0 });
  await second.close();
});
