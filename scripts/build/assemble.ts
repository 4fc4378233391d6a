import { resolve } from 'node:path';
import { addDurableCalls } from '../../src/durable-call/build.ts';
import { type AzleBuildPieces, type CanisterWasmData, loadAzle } from './azle.ts';
import type { CanisterBuild } from './build-canister.ts';
import { BuildError } from './build-error.ts';
import { type Bundle, bundleCanister } from './bundle.ts';
import { appendCustomSection } from './custom-section.ts';
import { projectPath } from './paths.ts';
import { fillTemplate } from './template.ts';
import { readWrittenCandid } from './written-candid.ts';

/** A canister in memory. */
export interface AssembledCanister {
  readonly wasm: Uint8Array;
  readonly candid: string;
  readonly bundle: Bundle;
  /** Our own files it was made from, relative to the checkout. */
  readonly sources: readonly string[];
}

/** From sources to a module that can be installed. Reads files, writes none. */
export async function assembleCanister(build: CanisterBuild): Promise<AssembledCanister> {
  const azle = await loadAzle();
  const bundle = await bundleCanister(resolve(build.main), azle);
  const { wasm: azleWasm, candid: generatedCandid } = await putIntoTemplate(bundle.minified, azle);
  const { candidFile } = build;
  const candid = candidFile ? await readWrittenCandid(resolve(candidFile), generatedCandid) : generatedCandid;
  const rewritten =
    build.durableCalls === false
      ? azleWasm
      : addDurableCalls(azleWasm, { responseMethod: build.durableResponseMethod });
  const wasm = withMetadata(rewritten, candid);
  if (!WebAssembly.validate(wasm)) {
    throw new BuildError('build.invalid-wasm', `The module built for ${build.name} is not valid Wasm.`);
  }
  const sources = candidFile ? [...bundle.sources, projectPath(resolve(candidFile))] : bundle.sources;
  return { wasm, candid, bundle, sources };
}

async function putIntoTemplate(
  javaScript: string,
  azle: AzleBuildPieces,
): Promise<{ wasm: Uint8Array; candid: string }> {
  const wasmData: CanisterWasmData = { envVars: [['AZLE_VERSION', azle.version]], mainJsPath: 'main.js' };
  // Entry points are registered by decorators, so the class has to run once before its exports can be written.
  const probe = await fillTemplate(azle, javaScript, wasmData);
  const { candid, methodMeta } = await azle.execute(probe);
  const wasm = await fillTemplate(azle, javaScript, wasmData, methodMeta);
  return { wasm, candid };
}

function withMetadata(wasm: Uint8Array, candid: string): Uint8Array {
  const withInterface = appendCustomSection(wasm, 'icp:public candid:service', candid);
  return appendCustomSection(withInterface, 'icp:public cdk:name', 'azle');
}
