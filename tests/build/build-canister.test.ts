import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltCanister, buildCanister } from '../../scripts/build/build-canister.ts';
import { projectRoot } from '../../scripts/build/paths.ts';
import type * as projectCanistersModule from '../../scripts/build/project-canisters.ts';
import { projectCanisters } from '../../scripts/build/project-canisters.ts';
import type * as stampModule from '../../scripts/build/stamp.ts';
import { assertDurable } from '../../src/durable-call/build.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Every JavaScript engine has it; the declarations of this project leave it out. */
const { customSections } = WebAssembly.Module as unknown as {
  customSections: (module: WebAssembly.Module, name: string) => ArrayBuffer[];
};

/** What a build of the Greeter reads. */
const buildInputs = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts',
  'src/greeter',
  'src/durable-call',
];

function runBuild(directory: string): string {
  return execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts', 'greeter'], {
    cwd: directory,
    encoding: 'utf8',
  });
}

describe('the build of the Greeter', () => {
  let greeter: BuiltCanister;
  let otherCheckout: string;
  let firstOutput: string;

  beforeAll(async () => {
    const build = projectCanisters.find(({ name }) => name === 'greeter');
    if (build === undefined) throw new Error('The project has no Greeter.');
    greeter = await buildCanister(build);
    otherCheckout = mkdtempSync(join(realpathSync(tmpdir()), 'another-checkout-with-a-longer-path-'));
    for (const input of buildInputs) {
      cpSync(join(projectRoot, input), join(otherCheckout, input), { recursive: true });
    }
    symlinkSync(join(projectRoot, 'node_modules'), join(otherCheckout, 'node_modules'));
    firstOutput = runBuild(otherCheckout);
  });

  afterAll(() => {
    rmSync(otherCheckout, { recursive: true });
  });

  it('gives the same bytes in another directory', () => {
    for (const file of [
      'greeter.wasm',
      'greeter.wasm.gz',
      'greeter.did',
      'greeter.js',
      'greeter.min.js.map',
    ]) {
      const here = readFileSync(join(projectRoot, '.canisters/greeter', file));
      const there = readFileSync(join(otherCheckout, '.canisters/greeter', file));
      expect(sha256(there), file).toBe(sha256(here));
    }
  });

  it('prints the module hashes of what it wrote', () => {
    expect(firstOutput).toContain(`sha256 ${sha256(readFileSync(greeter.wasmPath))}`);
    expect(firstOutput).toContain(`sha256 ${sha256(readFileSync(greeter.gzipPath))}`);
  });

  it('is skipped while the sources are unchanged', () => {
    expect(firstOutput).toContain('greeter: built');
    expect(runBuild(otherCheckout)).toContain('greeter: unchanged');
  });

  it.each(['src/greeter/greeting.ts', 'scripts/build/bundle.ts', 'package-lock.json'])(
    'is done again when %s changes',
    async (path) => {
      // The other checkout's own copy of the build script, so that it looks at that checkout.
      const { readStamp } = (await import(
        join(otherCheckout, 'scripts/build/stamp.ts')
      )) as typeof stampModule;
      const { projectCanisters: canisters } = (await import(
        join(otherCheckout, 'scripts/build/project-canisters.ts')
      )) as typeof projectCanistersModule;
      const build = canisters.find(({ name }) => name === 'greeter');
      if (build === undefined) throw new Error('The project has no Greeter.');

      const original = readFileSync(join(otherCheckout, path));
      expect(await readStamp(build.outputDirectory, build)).toBeDefined();
      appendFileSync(join(otherCheckout, path), '\n');
      expect(await readStamp(build.outputDirectory, build)).toBeUndefined();
      writeFileSync(join(otherCheckout, path), original);
    },
  );

  it('stays below one megabyte compressed', () => {
    expect(statSync(greeter.gzipPath).size).toBeLessThan(1_000_000);
    expect(sha256(gunzipSync(readFileSync(greeter.gzipPath)))).toBe(greeter.wasmSha256);
  });

  it('carries its interface and its kit as public metadata', () => {
    const module = new WebAssembly.Module(readFileSync(greeter.wasmPath));
    const section = (name: string): string[] =>
      customSections(module, name).map((content) => new TextDecoder().decode(content));
    expect(section('icp:public candid:service')).toEqual([readFileSync(greeter.candidPath, 'utf8')]);
    expect(section('icp:public cdk:name')).toEqual(['azle']);
  });

  it('shows no path of the machine it was built on', () => {
    expect(readFileSync(greeter.wasmPath).includes(projectRoot)).toBe(false);
  });

  it('keeps the durable-call contract', () => {
    expect(() => {
      assertDurable(readFileSync(greeter.wasmPath));
    }).not.toThrow();
  });

  it('leaves a source map that leads from the minified code back to the sources', () => {
    const map = JSON.parse(
      readFileSync(join(projectRoot, '.canisters/greeter/greeter.min.js.map'), 'utf8'),
    ) as {
      sources: string[];
    };
    expect(map.sources).toContain('src/greeter/greeting.ts');
  });
});
