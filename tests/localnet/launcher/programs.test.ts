import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HttpAgent } from '@icp-sdk/core/agent';
import { IDL } from '@icp-sdk/core/candid';
import { Principal } from '@icp-sdk/core/principal';
import { afterEach, describe, expect, test } from 'vitest';
import { RunningProgram } from '../../support/running-program.ts';

const checkout = resolve(import.meta.dirname, '../../..');

const running: RunningProgram[] = [];
const directories: string[] = [];

function start(command: string, ...args: string[]): RunningProgram {
  const program = new RunningProgram(command, args, checkout);
  running.push(program);
  return program;
}

function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'launcher-'));
  directories.push(directory);
  return directory;
}

afterEach(async () => {
  for (const program of running.splice(0)) await program.signal('SIGKILL');
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

const launcher = join(checkout, 'bin/icp-network-launcher');
const network = (...args: string[]) => start(join(checkout, 'bin/network'), ...args);

const icpLedger = Principal.fromText('ryjl3-tyaaa-aaaaa-aaaba-cai');
const cyclesLedger = Principal.fromText('um5iw-rqaaa-aaaaq-qaaba-cai');
const owner = IDL.Record({ owner: IDL.Principal });

/** Speaks to a network with what it printed, as the anonymous principal. */
async function agentFor(program: RunningProgram): Promise<HttpAgent> {
  const [, url = ''] = await program.printed(/url +(http:\S+)/);
  const [, rootKey = ''] = await program.printed(/root key +([0-9a-f]{266})/);
  return await HttpAgent.create({ host: url, rootKey: Buffer.from(rootKey, 'hex'), retryTimes: 0 });
}

describe('bin/icp-network-launcher', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'says in one whole line of status.json that it is ready, and stops at %s',
    async (signal) => {
      const directory = emptyDirectory();
      const program = start(launcher, '--interface-version', '1.1.0', '--status-dir', directory);
      const content = await fileOf(directory, 'status.json');
      expect(content.endsWith('}\n')).toBe(true);
      const status = JSON.parse(content) as { v: string; gateway_port: number; root_key: string };
      expect(status).toMatchObject({ v: '1', root_key: expect.stringMatching(/^[0-9a-f]{266}$/) as string });
      const answer = await fetch(`http://127.0.0.1:${status.gateway_port}/api/v2/status`);
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
      expect(await program.signal(signal)).toBe(0);
    },
  );

  test('ends at once with an explanation when it cannot do what it is asked for', async () => {
    const program = start(launcher, '--status-dir', emptyDirectory(), '--nns');
    expect(await program.ended).toBe(2);
    expect(program.output).toMatch(/^icp-network-launcher: --nns: this network does not offer/);
  });
});

describe('npm run network', () => {
  test('says where it is and with which key, logs what happens, and stops at Ctrl-C', async () => {
    const program = network('--port', '0');
    const agent = await agentFor(program);
    const noArgument = Uint8Array.from(Buffer.from('DIDL\0\0'));
    await agent.query(cyclesLedger, { methodName: 'icrc1_fee', arg: noArgument });
    await agent.update(icpLedger, { methodName: 'icrc1_name', arg: noArgument });
    await program.printed(/query +ryjl3-tyaaa-aaaaa-aaaba-cai icrc1_name by 2vxsx-fae/);
    expect(await program.signal('SIGINT')).toBe(0);
  });

  test('continues from its state directory, also with what its ledgers know', async () => {
    const directory = join(emptyDirectory(), 'state');
    const first = network('--port', '0', '--state-dir', directory);
    const before = await agentFor(first);
    const transfer = { to: { owner: icpLedger }, amount: 7n };
    const arg = IDL.encode([IDL.Record({ to: owner, amount: IDL.Nat })], [transfer]);
    await before.update(cyclesLedger, { methodName: 'icrc1_transfer', arg });
    expect(await first.signal('SIGINT')).toBe(0);
    const second = network('--port', '0', '--state-dir', directory);
    await second.printed(/continues from its state directory/);
    const after = await agentFor(second);
    const balanceArg = IDL.encode([owner], [{ owner: icpLedger }]);
    const answer = await after.query(cyclesLedger, { methodName: 'icrc1_balance_of', arg: balanceArg });
    expect('reply' in answer && IDL.decode([IDL.Nat], answer.reply.arg)).toEqual([7n]);
    expect(await second.signal('SIGINT')).toBe(0);
  });

  test('ends with an explanation when the port is taken', async () => {
    const program = network('--port', '0');
    const [, port = ''] = await program.printed(/url +http:\/\/127\.0\.0\.1:(\d+)/);
    const other = network('--port', port);
    expect(await other.ended).toBe(1);
    expect(other.output).toMatch(/^network: .*EADDRINUSE/);
  });
});

/** The content of a file as soon as it exists. */
async function fileOf(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  await new Promise<void>((found) => {
    const watcher = watch(directory, check);
    function check(): void {
      if (!existsSync(path)) return;
      watcher.close();
      found();
    }
    check();
  });
  return readFileSync(path, 'utf8');
}
