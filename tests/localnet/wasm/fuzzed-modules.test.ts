import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { defaultStackBytes } from '../../../src/localnet/wasm/index.ts';
import { readLayout } from '../../../src/localnet/wasm/module-layout.ts';
import { exportNames } from '../../../src/localnet/wasm/reserved-exports.ts';
import { rewriteModule } from '../../../src/localnet/wasm/rewrite-module.ts';

const wasmOpt = fileURLToPath(new URL('./bin/wasm-opt', import.meta.resolve('binaryen')));
const instructionLimit = 1_000_000_000n;
const directory = mkdtempSync(join(tmpdir(), 'fuzzed-modules-'));
const features = [
  'simd',
  'bulk-memory',
  'reference-types',
  'multivalue',
  'sign-ext',
  'nontrapping-float-to-int',
  'mutable-globals',
  'tail-call',
];

afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** Has Binaryen's fuzzer make a valid module of any bytes; without NaNs, which may differ. */
function moduleFrom(bytes: Uint8Array): Uint8Array {
  const [input, output] = [join(directory, 'input'), join(directory, 'output.wasm')];
  writeFileSync(input, bytes);
  const options = ['-ttf', '--denan', '--mvp-features', ...features.map((name) => `--enable-${name}`)];
  execFileSync(process.execPath, [wasmOpt, input, '-o', output, ...options], { stdio: 'pipe' });
  return new Uint8Array(readFileSync(output));
}

interface Run {
  readonly exports: WebAssembly.Instance['exports'];
  /** What the module told the functions it imports. */
  readonly told: string[];
}

function instantiate(wasm: Uint8Array): Run {
  const told: string[] = [];
  const imports = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...values: unknown[]) => {
          told.push(`${String(name)}(${values.map(textOf).join()})`);
          return 0;
        },
    },
  );
  const modules = new Proxy({}, { get: () => imports });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), modules);
  return { exports, told };
}

/** Functions of two instances are never the same. */
function textOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : typeof value;
}

function outcomeOf({ exports, told }: Run, name: string): { outcome: string; told: string[] } {
  const exported = exports[name] as (...values: unknown[]) => unknown;
  const zeros = Array.from({ length: exported.length }, () => 0);
  const before = told.length;
  let outcome: string;
  try {
    const result = exported(...zeros);
    outcome = Array.isArray(result) ? result.map(textOf).join() : textOf(result);
  } catch (error) {
    outcome = `throws ${(error as Error).message}`;
  }
  return { outcome, told: told.slice(before) };
}

it('any module does the same as before it was rewritten, and gives back all of the stack it took', () => {
  let calls = 0;
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2_000, maxLength: 6_000 }), (bytes) => {
      const wasm = moduleFrom(bytes);
      const original = instantiate(wasm);
      const rewritten = instantiate(rewriteModule(readLayout(wasm)).wasm);
      const global = (name: string) => rewritten.exports[name] as WebAssembly.Global;
      for (const { name, kind } of WebAssembly.Module.exports(new WebAssembly.Module(wasm))) {
        if (kind !== 'function') continue;
        global(exportNames.counter).value = instructionLimit;
        global(exportNames.stackLeft).value = defaultStackBytes;
        const actual = outcomeOf(rewritten, name);
        // Stopped by a limit, which the original has not got, or has elsewhere.
        if (global(exportNames.exhausted).value !== 0 || actual.outcome.includes('call stack')) break;
        expect(actual).toEqual(outcomeOf(original, name));
        if (!actual.outcome.startsWith('throws'))
          expect(global(exportNames.stackLeft).value).toBe(defaultStackBytes);
        calls += 1;
      }
    }),
    { numRuns: 8, endOnFailure: true },
  );
  expect(calls).toBeGreaterThan(0);
});
