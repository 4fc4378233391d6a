import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunningProgram } from '../support/running-program.ts';

const root = join(import.meta.dirname, '../..');
const name = 'ic-embedded-network';
let project: string;

/** A project that has installed the package and what the package says it depends on, and nothing else. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'installed-'));
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/package-localnet.ts', project], { cwd: root });
  const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string })
    .version;
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, name), { recursive: true });
  const archive = join(project, `${name}-${version}.tgz`);
  execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', join(modules, name)]);
  const { dependencies } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, dependency)), { recursive: true });
    symlinkSync(join(root, 'node_modules', dependency), join(modules, dependency));
  }
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
});

const running: RunningProgram[] = [];

afterAll(async () => {
  for (const program of running) await program.signal('SIGKILL');
  rmSync(project, { recursive: true, force: true });
});

const program = `
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { LocalNetwork, managementClient } from '${name}';
import { readFileSync } from 'node:fs';

const sender = Principal.selfAuthenticating(new Uint8Array([1]));
const network = new LocalNetwork();
const management = managementClient(network, sender);
const canisterId = management.createCanister({ cycles: 5_000_000_000_000n });
const Init = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });
management.installCode(canisterId, {
  module: readFileSync('${join(root, '.canisters/greeter/greeter.wasm.gz')}'),
  arg: IDL.encode([Init], [{ owner: sender, greeting: [] }]),
});
const reply: Uint8Array = network.query({ sender, canisterId, method: 'greet', arg: IDL.encode([IDL.Text], ['Bob']) });
console.log(IDL.decode([IDL.Text], reply)[0]);
`;

describe('The embedded network, installed as a package,', () => {
  test('runs a canister in a program of the project', () => {
    writeFileSync(join(project, 'greet.mjs'), program.replace(': Uint8Array', ''));
    expect(execFileSync(process.execPath, ['greet.mjs'], { cwd: project, encoding: 'utf8' })).toBe(
      'Hello, Bob!\n',
    );
  });

  test('brings its types', () => {
    const rest = `
import { serveNetwork } from '${name}/serve';
import { startPocketIcServer } from '${name}/pocket-ic';
export const urlOf = async (): Promise<string> => (await serveNetwork()).url;
export { startPocketIcServer };
// @ts-expect-error there is no such option
new LocalNetwork({ sead: 1 });
`;
    writeFileSync(join(project, 'typed.ts'), program + rest);
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const types = join(root, 'node_modules/@types');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    const args = [compiler, ...options, '--typeRoots', types, 'typed.ts'];
    const { stdout } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  test.each(['README.md', 'pocket-ic.md'])('tells in %s how it is used where it is installed', (page) => {
    const text = readFileSync(join(project, 'node_modules', name, page), 'utf8');
    expect(text).toContain(name);
    expect(text).not.toMatch(/npm run|\$PWD\/bin|`bin\/|`tests\/pocket|localnet\/[\w-]*\/?index\.ts|docs\//);
  });

  test('is a command that serves agents', async () => {
    const network = start('ic-network', '--port', '0');
    const [, url = ''] = await network.printed(/url +(http:\S+)/);
    const response = await fetch(`${url}/api/v2/status`);
    expect(response.headers.get('content-type')).toBe('application/cbor');
    expect(await network.signal('SIGINT')).toBe(0);
  });

  test('is a server for PocketIC clients', async () => {
    const server = start('pocket-ic', '--port-file', join(project, 'port'));
    const [, port = ''] = await server.printed(/port (\d+)/);
    expect((await fetch(`http://127.0.0.1:${port}/status`)).status).toBe(200);
    expect(await server.signal('SIGINT')).toBe(0);
  });

  test('is a launcher for icp-cli', () => {
    const launcher = join(project, 'node_modules', name, 'bin/icp-network-launcher');
    const { stderr } = spawnSync(launcher, ['--interface-version', '2'], { encoding: 'utf8' });
    expect(stderr).toContain('interface');
  });
});

/** Starts a command of the installation; the clean-up of this file ends it if its test does not. */
function start(command: string, ...args: string[]): RunningProgram {
  const program = new RunningProgram(join(project, 'node_modules', name, 'bin', command), args, project);
  running.push(program);
  return program;
}
