import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PocketIc } from '@dfinity/pic';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ownServerPath } from '../../support/pocket-ic-server.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';

let folder: string;
let portFile: string;
let started: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pocket-ic-process-'));
  portFile = join(folder, 'port');
  started = [];
});

afterEach(() => {
  for (const server of started) server.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function start(...flags: string[]): ChildProcess {
  const server = spawn(ownServerPath, ['--port-file', portFile, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(server);
  return server;
}

/** The port, once the file has one. */
function port(): Promise<number> {
  return vi.waitFor(() => {
    const text = readFileSync(portFile, 'utf8');
    expect(text).toMatch(/^\d+\n$/);
    return Number(text);
  }, 60_000);
}

describe('the server process', () => {
  test('writes its port over one that is left over, and ends at SIGTERM', async () => {
    writeFileSync(portFile, '1\n');
    const server = start('--log-levels', 'debug');
    await once(server.stdout ?? server, 'data');
    const response = await fetch(`http://127.0.0.1:${await port()}/status`);
    expect([response.status, await response.text()]).toEqual([200, '']);
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
  });

  test('prints what canisters print to standard error, with time and canister', async () => {
    const server = start();
    let printed = '';
    server.stderr?.on('data', (bytes: Buffer) => {
      printed += bytes.toString();
    });
    const pic = await PocketIc.create(`http://127.0.0.1:${await port()}`);
    const canisterId = await pic.createCanister();
    await pic.installCode({ canisterId, wasm: programmableCanister() });
    await pic.updateCall({ canisterId, method: 'run', arg: program().print('hello').reply().bytes });
    await vi.waitFor(() => {
      expect(printed).toMatch(
        new RegExp(
          `^2021-05-06 19:17:10\\.0000000\\d\\d UTC: \\[Canister ${canisterId.toText()}\\] hello\n$`,
        ),
      );
    });
  });

  test('ends by itself when nothing was asked of it for its time to live', async () => {
    const server = start('--ttl', '0');
    expect(await once(server, 'exit')).toEqual([0, null]);
  });

  test('fails at once for a port that is none', async () => {
    const server = start('--port', '70000');
    const [code] = (await once(server, 'exit')) as [number];
    expect(code).not.toBe(0);
  });
});
