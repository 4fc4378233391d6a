import { readFileSync } from 'node:fs';

import binaryen from 'binaryen';
import { describe, expect, it } from 'vitest';

import {
  CanisterInstance,
  prepareModule,
  type SystemApiImports,
  WasmTrap,
} from '../../../src/localnet/wasm/index.ts';
import { compileMotoko } from './support/compile-motoko.ts';

const templates = new URL('../../../node_modules/azle/dist/canister_templates/', import.meta.url);

const modules: Readonly<Record<string, () => Uint8Array>> = {
  'azle stable template': () => readFileSync(new URL('stable.wasm', templates)),
  'azle experimental template': () => readFileSync(new URL('experimental.wasm', templates)),
  'Motoko actor': () =>
    compileMotoko(
      'persistent actor { var count : Nat = 0; public func add() : async Nat { count += 1; count } }',
    ),
};

/** Imports that are there but must not be called. */
function unusableImports(names: Iterable<string>): SystemApiImports {
  const refuse = (name: string) => (): never => {
    throw new Error(`${name} was called`);
  };
  return Object.fromEntries([...names].map((name) => [name, refuse(name)]));
}

describe.each(Object.entries(modules))('%s', (_, load) => {
  const wasm = load();
  const module = prepareModule(wasm);
  const start = (image?: Parameters<typeof CanisterInstance.create>[2]): CanisterInstance =>
    CanisterInstance.create(module, unusableImports(module.importedFunctions), image);

  it('keeps its methods and hooks', () => {
    const instance = start();
    const methods = [
      ...[...module.updates].map((name) => `canister_update ${name}`),
      ...[...module.queries].map((name) => `canister_query ${name}`),
      ...[...module.compositeQueries].map((name) => `canister_composite_query ${name}`),
      ...module.hooks,
    ];
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(wasm))
      .map(({ name }) => name)
      .filter((name) => name.startsWith('canister_'));
    expect(methods.sort()).toEqual(exported.sort());
    expect(methods.every((name) => instance.hasExport(name))).toBe(true);
  });

  it('starts with the heap of the module as uploaded, and returns to it', () => {
    const instance = start();
    const { image } = instance.capture(undefined);
    const fresh = Buffer.from(instance.memory);
    expect(fresh.equals(heapOfUploaded(wasm))).toBe(true);

    instance.memory.fill(0xff);
    expect(instance.rewind(image)).toBe(true);
    expect(fresh.equals(instance.memory)).toBe(true);
    expect(fresh.equals(start(image).memory)).toBe(true);
  });

  it('can be used again after every message', () => {
    expect(start().reusable).toBe(true);
  });
});

describe('a Motoko actor', () => {
  const module = prepareModule(
    compileMotoko('persistent actor { public query func answer() : async Nat { 42 } }'),
  );

  it('comes with its metadata', () => {
    expect(module.customSections.has('candid:service')).toBe(true);
    expect(module.customSections.has('motoko:compiler')).toBe(true);
  });

  it('runs its start function when asked, metered', () => {
    const instance = CanisterInstance.create(module, unusableImports(module.importedFunctions));
    const before = instance.capture(undefined).image;
    instance.beginExecution(1_000_000n);
    instance.runStart();
    expect(instance.instructionsUsed()).toBeGreaterThan(0n);
    expect(instance.capture(before).image).not.toBe(before);
  });
});

describe('function names', () => {
  it('appear in the stack of a trap', () => {
    const source = '(module (func $plant (unreachable)) (func (export "run") (call $plant)))';
    const parsed = binaryen.parseText(source);
    binaryen.setDebugInfo(true);
    const instance = CanisterInstance.create(prepareModule(parsed.emitBinary()), {});
    instance.beginExecution(1_000n);
    let trap: unknown;
    try {
      instance.callExport('run');
    } catch (error) {
      trap = error;
    }
    expect(trap).toBeInstanceOf(WasmTrap);
    expect(((trap as WasmTrap).cause as Error).stack).toContain('plant');
  });
});

/** Of the uninstrumented module. Its start function must not run, so it is cut out first. */
function heapOfUploaded(wasm: Uint8Array): Buffer {
  const compiled = new WebAssembly.Module(withoutStartSection(wasm));
  const any = new Proxy({}, { get: () => () => 0 });
  const { exports } = new WebAssembly.Instance(compiled, { ic0: any });
  const memory = (exports['memory'] ?? exports['mem']) as WebAssembly.Memory;
  return Buffer.from(memory.buffer);
}

function withoutStartSection(wasm: Uint8Array): Uint8Array {
  const readLeb = (at: number): [value: number, after: number] => {
    const byte = wasm[at] ?? 0;
    if (byte < 0x80) return [byte, at + 1];
    const [rest, after] = readLeb(at + 1);
    return [(byte & 0x7f) + rest * 0x80, after];
  };
  const kept: Uint8Array[] = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length;) {
    const [size, content] = readLeb(at + 1);
    if (wasm[at] !== 8) kept.push(wasm.subarray(at, content + size));
    at = content + size;
  }
  return Buffer.concat(kept);
}
