import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

import { compileBaseline } from './baseline-code.ts';
import { checkDataSegments } from './data-segments.ts';
import { InvalidModuleError } from './invalid-module-error.ts';
import { type ModuleLayout, readLayout } from './module-layout.ts';
import {
  type CanisterExports,
  checkCodeAndMemories,
  checkModule,
  type CustomSection,
  readCanisterExports,
  readCustomSections,
} from './module-rules.ts';
import { rewriteModule } from './rewrite-module.ts';

export { type CustomSection } from './module-rules.ts';

/** 100 MiB, of the module uncompressed. */
const maximumModuleBytes = 100 * 1024 * 1024;
const maximumCachedModules = 64;
const i32 = 0x7f;

/** A module accepted by every rule, rewritten and compiled. Immutable; shared by all canisters that run it. */
export interface PreparedModule extends CanisterExports {
  /** The instrumented module. */
  readonly compiled: WebAssembly.Module;
  /** The same, never optimised, so that its frames have known sizes; compiled when it is first asked for. */
  readonly baseline: () => WebAssembly.Module;
  /** The `icp:public` and `icp:private` sections by name. */
  readonly customSections: ReadonlyMap<string, CustomSection>;
  /** Instructions of the module as uploaded, by which compilation is charged: the code and each global's initialiser. */
  readonly instructionCount: number;
  /** Names of the `ic0` functions the module imports. */
  readonly importedFunctions: ReadonlySet<string>;
  /** How far into the memory the data segments of a new instance write. */
  readonly initialisedBytes: number;
  /** Indices of the functions that can be callbacks: they take one i32 and return nothing. */
  readonly callbackFunctions: ReadonlySet<number>;
  /** Indices of the mutable globals. */
  readonly mutableGlobals: readonly number[];
  /** Their types, in the same order. */
  readonly mutableGlobalTypes: readonly GlobalType[];
}

/** Type of a global's value. Any other cannot be read from outside the module. */
export type GlobalType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** A module as uploaded, with what became of it. */
export interface UploadedModule {
  /** The same array for every upload of the same bytes, so that a hundred canisters do not keep a hundred copies. */
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`, the module hash that the IC shows. */
  readonly hash: Uint8Array;
  readonly prepared: PreparedModule;
}

/** By SHA-256, of the bytes as uploaded and of those unpacked; the least recently used is dropped. */
const cache = new Map<string, UploadedModule>();

/**
 * Accepts a module as `install_code` takes it, raw or gzipped.
 *
 * @throws InvalidModuleError where the IC would refuse the module, and for 64-bit memories, which this network
 *   does not run
 */
export function prepareUpload(uploaded: Uint8Array): UploadedModule {
  const hash = new Uint8Array(createHash('sha256').update(uploaded).digest());
  const known = cache.get(hex(hash));
  if (known !== undefined) return keep(known);
  const wasm = decompress(uploaded);
  const prepared = wasm === uploaded ? prepare(wasm) : prepareUpload(wasm).prepared;
  // A copy: the bytes may be part of a message, which would be kept with them.
  return keep({ bytes: uploaded.slice(), hash, prepared });
}

/** {@link prepareUpload} for who needs only the module. @throws InvalidModuleError */
export function prepareModule(uploaded: Uint8Array): PreparedModule {
  return prepareUpload(uploaded).prepared;
}

function keep(module: UploadedModule): UploadedModule {
  const key = hex(module.hash);
  cache.delete(key);
  cache.set(key, module);
  if (cache.size > maximumCachedModules) cache.delete(cache.keys().next().value as string);
  return module;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function prepare(wasm: Uint8Array): PreparedModule {
  const layout = readLayout(wasm);
  checkCodeAndMemories(layout);
  checkValidity(wasm);
  checkModule(layout);
  const initialisedBytes = checkDataSegments(layout);
  const canisterExports = readCanisterExports(layout);
  const customSections = readCustomSections(layout);
  const rewritten = rewriteModule(layout);
  let baseline: WebAssembly.Module | undefined;
  return {
    ...canisterExports,
    compiled: compile(rewritten.wasm),
    // Seldom needed, so the rewritten bytes are not kept for it.
    baseline: () => (baseline ??= compileBaseline(rewriteModule(readLayout(wasm)).wasm)),
    customSections,
    // Each initialiser is one instruction and its end.
    instructionCount: rewritten.instructionCount + 2 * layout.globals.length,
    importedFunctions: new Set(layout.imports.map(({ name }) => name)),
    initialisedBytes,
    callbackFunctions: callbackFunctionsOf(layout),
    mutableGlobals: rewritten.mutableGlobals,
    mutableGlobalTypes: rewritten.mutableGlobals.map((index) => globalTypeOf(layout, index)),
  };
}

/**
 * @throws InvalidModuleError where a function that the engine has found valid is not when what is written into it comes
 *   on top: the engine's limits are 50,000 locals and 7.6 MB
 */
function compile(rewritten: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(rewritten);
  } catch (error) {
    throw new InvalidModuleError(
      `Wasm module has a function that is too large for this network: ${(error as Error).message}`,
    );
  }
}

function callbackFunctionsOf({ imports, functions, types }: ModuleLayout): ReadonlySet<number> {
  const imported = imports.filter(({ kind }) => kind === 'function').map(({ typeIndex }) => typeIndex);
  const isCallback = types.map(
    ({ parameters, results }) => parameters.join() === String(i32) && results.length === 0,
  );
  const typeIndices = [...imported, ...functions];
  return new Set([...typeIndices.keys()].filter((index) => isCallback[typeIndices[index] ?? -1] === true));
}

function globalTypeOf({ globals }: ModuleLayout, index: number): GlobalType {
  const types: Record<number, GlobalType> = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64' };
  return types[globals[index]?.valueType ?? 0] ?? 'v128';
}

function decompress(uploaded: Uint8Array): Uint8Array {
  const startsWith = (...magic: number[]): boolean => magic.every((byte, index) => uploaded[index] === byte);
  let wasm = uploaded;
  if (startsWith(0x1f, 0x8b, 0x08)) {
    try {
      wasm = gunzipSync(uploaded, { maxOutputLength: maximumModuleBytes });
    } catch (error) {
      throw new InvalidModuleError(`Failed to decode wasm module: ${(error as Error).message}`);
    }
  } else if (!startsWith(0x00, 0x61, 0x73, 0x6d)) {
    throw new InvalidModuleError('Failed to decode wasm module: unsupported canister module format');
  }
  if (wasm.length > maximumModuleBytes) {
    throw new InvalidModuleError(
      `Wasm module size of ${wasm.length} exceeds the maximum allowed size of ${maximumModuleBytes}.`,
      {
        text: 'Try shrinking the module using tools like `ic-wasm` or splitting the logic across multiple canisters.',
        anchor: 'wasm-module-too-large',
      },
    );
  }
  return wasm;
}

/** The engine validates the module as uploaded: rewriting could make an index valid that was not. */
function checkValidity(wasm: Uint8Array): void {
  if (WebAssembly.validate(wasm)) return;
  let reason = 'unknown reason';
  try {
    new WebAssembly.Module(wasm);
  } catch (error) {
    reason = (error as Error).message.replace('WebAssembly.Module(): ', '');
  }
  throw new InvalidModuleError(
    `Wasmtime failed to validate wasm module wasmtime::Module::validate() failed with ${reason}`,
  );
}
