import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Principal } from '@dfinity/principal';

/** Who creates the Manager and is its controller. */
export const operator = Principal.selfAuthenticating(new Uint8Array([1]));

export const managerModule = readFileSync('.canisters/manager/manager.wasm.gz');
export const greeterModule = readFileSync('.canisters/greeter/greeter.wasm.gz');

/** The Manager as it is behind its ingress inspection. */
export function managerWithoutInspection(): Uint8Array {
  return withoutInspection(readFileSync('.canisters/manager/manager.wasm'));
}

/** A module without its ingress inspection: the hook's export gets a name that means nothing to the IC. */
export function withoutInspection(wasm: Uint8Array): Uint8Array {
  const module = Buffer.from(wasm);
  const at = module.indexOf('canister_inspect_message');
  module.write('_', at);
  // Compressed, it fits into one message, as the published modules do.
  return gzipSync(module, { level: 1 });
}

export function sha256(bytes: Uint8Array | string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
