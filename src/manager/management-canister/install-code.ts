import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { candidEncoder } from '../candid/candid-encoder.ts';

const InstallChunkedCodeArgs = IDL.Record({
  mode: IDL.Variant({ install: IDL.Null, reinstall: IDL.Null }),
  target_canister: IDL.Principal,
  store_canister: IDL.Opt(IDL.Principal),
  chunk_hashes_list: IDL.Vec(IDL.Record({ hash: IDL.Vec(IDL.Nat8) })),
  wasm_module_hash: IDL.Vec(IDL.Nat8),
  arg: IDL.Vec(IDL.Nat8),
  sender_canister_version: IDL.Opt(IDL.Nat64),
});
const encodeInstallChunkedCodeArgs = candidEncoder([InstallChunkedCodeArgs]);

/** The Greeter's init argument. */
const GreeterInit = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });
const encodeGreeterInitArgs = candidEncoder([GreeterInit]);

/** Argument of `install_chunked_code` for a template that is one chunk in the Manager's own chunk store. */
export function encodeInstallChunkedCode(options: {
  readonly mode: 'install' | 'reinstall';
  readonly targetCanister: Uint8Array;
  readonly storeCanister: Principal;
  readonly moduleHash: Uint8Array;
  readonly initArgument: Uint8Array;
  readonly senderCanisterVersion: bigint;
}): Uint8Array {
  return encodeInstallChunkedCodeArgs([
    {
      mode: { [options.mode]: null },
      target_canister: Principal.fromUint8Array(options.targetCanister),
      store_canister: [options.storeCanister],
      // A module of one chunk: the chunk is the module, so their hashes are the same.
      chunk_hashes_list: [{ hash: options.moduleHash }],
      wasm_module_hash: options.moduleHash,
      arg: options.initArgument,
      sender_canister_version: [options.senderCanisterVersion],
    },
  ]);
}

export function encodeGreeterInit(owner: Uint8Array, greeting: string | undefined): Uint8Array {
  const init = { owner: Principal.fromUint8Array(owner), greeting: greeting === undefined ? [] : [greeting] };
  return encodeGreeterInitArgs([init]);
}
