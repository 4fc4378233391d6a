import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipsWithoutIcp } from './support/icp-binary.ts';
import { IcpProject, managedNetwork } from './support/icp-project.ts';
import { talkerCanister, talkerModule } from './support/talker.ts';

/** Cycles in the texts of icp: `1_234 cycles`. */
function cyclesIn(text: string): bigint {
  const match = /([\d_]+) cycles|Cycles: ([\d_]+)/.exec(text);
  return BigInt((match?.[1] ?? match?.[2] ?? '-1').replaceAll('_', ''));
}

/** Asks a gateway for a page as a browser would, which finds every name under localhost here. */
function pageOf(port: string, host: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((done, failed) => {
    get({ host: '127.0.0.1', port, path: '/', headers: { host: `${host}:${port}` } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () => {
        done({ status: response.statusCode, body });
      });
    }).once('error', failed);
  });
}

const trillion = 1_000_000_000_000n;

describe.skipIf(skipsWithoutIcp)('icp with a network that it starts with our launcher', () => {
  const project = new IcpProject(talkerCanister + managedNetwork);
  const icp = (...args: string[]) => project.icp(...args);

  beforeAll(async () => {
    project.write('talker.wasm', talkerModule());
    await project.becomeNewIdentity('alice');
    await icp('network', 'start', '-d');
    await icp('deploy');
  });
  afterAll(() => project.remove());

  test('gives every identity a million ICP and a thousand trillion cycles to begin with', async () => {
    expect(await icp('token', 'balance')).toContain('1000000.00000000 ICP');
    expect(cyclesIn(await icp('cycles', 'balance'))).toBeLessThan(1_000n * trillion);
    expect(cyclesIn(await icp('cycles', 'balance'))).toBeGreaterThan(990n * trillion);
  });

  test('installs its two helper canisters, which run', async () => {
    const status = await icp('network', 'status', '--json');
    const { proxy_canister_principal: proxy } = JSON.parse(status) as { proxy_canister_principal: string };
    expect(await icp('canister', 'call', 'talker', 'say', '()', '--proxy', proxy)).toContain('"hello"');
  });

  test('calls the canister that was deployed, and reads its log', async () => {
    expect(await icp('canister', 'call', 'talker', 'say', '()')).toContain('"hello"');
    expect(await icp('canister', 'call', 'talker', 'heard', '()', '--query')).toMatch(/\(\d+ : nat32\)/);
    expect(await icp('canister', 'logs', 'talker')).toContain('somebody spoke');
    expect(await icp('canister', 'metadata', 'talker', 'candid:service')).toContain('say : () -> (text)');
    expect(project.networkLog()).toContain('somebody spoke');
  });

  test('stops, starts, changes settings and tops up', async () => {
    await icp('canister', 'stop', 'talker');
    expect(await icp('canister', 'status', 'talker')).toContain('Status: Stopped');
    expect((await project.tryIcp('canister', 'call', 'talker', 'say', '()')).stderr).toContain('IC0508');
    await icp('canister', 'start', 'talker');
    await icp('canister', 'settings', 'update', 'talker', '--freezing-threshold', '40d');
    expect(await icp('canister', 'settings', 'show', 'talker')).toContain('Freezing threshold: 3_456_000');
    const before = cyclesIn(await icp('canister', 'status', 'talker'));
    await icp('canister', 'top-up', 'talker', '--amount', '1t');
    const gained = cyclesIn(await icp('canister', 'status', 'talker')) - before;
    expect(gained).toBeGreaterThan(trillion - 10_000_000_000n);
    expect(gained).toBeLessThanOrEqual(trillion);
  });

  test('takes a snapshot, downloads and uploads it, and returns to it', async () => {
    const heard = () => icp('canister', 'call', 'talker', 'heard', '()', '--query');
    const before = await heard();
    await icp('canister', 'stop', 'talker');
    const taken = await icp('canister', 'snapshot', 'create', 'talker', '--quiet');
    const id = /[0-9a-f]{20,}/.exec(taken)?.[0] ?? '';
    await icp('canister', 'start', 'talker');
    await icp('canister', 'call', 'talker', 'say', '()');
    expect(await heard()).not.toBe(before);
    await icp('canister', 'snapshot', 'download', 'talker', id, '--output', 'snapshot');
    await icp('canister', 'snapshot', 'delete', 'talker', id);
    await icp('canister', 'snapshot', 'upload', 'talker', '--input', 'snapshot');
    const uploaded = /[0-9a-f]{20,}/.exec(await icp('canister', 'snapshot', 'list', 'talker'))?.[0] ?? '';
    await icp('canister', 'stop', 'talker');
    await icp('canister', 'snapshot', 'restore', 'talker', uploaded);
    await icp('canister', 'start', 'talker');
    expect(await heard()).toBe(before);
  });

  test('deploys again as an upgrade, which keeps the memory', async () => {
    await icp('canister', 'call', 'talker', 'say', '()');
    const before = await icp('canister', 'call', 'talker', 'heard', '()', '--query');
    await icp('deploy');
    expect(await icp('canister', 'call', 'talker', 'heard', '()', '--query')).toBe(before);
  });

  test('turns ICP into cycles, and into a canister', async () => {
    const before = cyclesIn(await icp('cycles', 'balance'));
    await icp('cycles', 'mint', '--icp', '2');
    expect(cyclesIn(await icp('cycles', 'balance'))).toBe(before + 10n * trillion - 100_000_000n);
    expect(await icp('canister', 'create', '--detached', '--with-icp', '1', '--quiet')).toMatch(/-cai\s*$/);
    expect(await icp('token', 'balance')).toMatch(/999996\.\d+ ICP/);
  });

  test('sends tokens and cycles, and lets somebody else spend some', async () => {
    const bob = 'rrkah-fqaaa-aaaaa-aaaaq-cai';
    await icp('cycles', 'transfer', '3t', bob);
    await icp('token', 'approve', '3', bob);
    expect(await icp('token', 'allowance', bob)).toContain('3.00000000 ICP');
    expect((await project.tryIcp('cycles', 'transfer', '9000t', bob)).stderr).toMatch(/insufficient/i);
  });

  test('serves canisters to browsers: the Candid UI with its certificates, and ours under its name', async () => {
    const status = JSON.parse(await icp('network', 'status', '--json')) as {
      gateway_url: string;
      candid_ui_principal: string;
    };
    const port = new URL(status.gateway_url).port;
    const candidUi = await pageOf(port, `${status.candid_ui_principal}.localhost`);
    expect(candidUi).toMatchObject({ status: 200, body: expect.stringContaining('<html') as string });
    const shown = await icp('canister', 'status', 'talker');
    const named = await pageOf(port, 'talker.local.localhost');
    // It has no pages, and is asked for them.
    expect(named.status).toBe(502);
    expect(named.body).toContain(/Canister Id: (\S+)/.exec(shown)?.[1]);
  });

  test('deletes a canister, whose cycles come back to the account', async () => {
    const before = cyclesIn(await icp('cycles', 'balance'));
    await icp('canister', 'stop', 'talker');
    await icp('canister', 'delete', 'talker');
    expect(cyclesIn(await icp('cycles', 'balance')) - before).toBeGreaterThan(2n * trillion);
  });

  test('stops the network, which then answers nothing any more', async () => {
    const { api_url: url } = JSON.parse(await icp('network', 'status', '--json')) as { api_url: string };
    expect((await fetch(`${url}api/v2/status`)).status).toBe(200);
    await icp('network', 'stop');
    await expect(fetch(`${url}api/v2/status`)).rejects.toThrow();
  });
});
