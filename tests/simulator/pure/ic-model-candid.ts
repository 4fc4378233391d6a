import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { candidEncoder } from '../../../src/manager/candid/candid-encoder.ts';
import { info } from '../../../src/localnet/management/candid-history.ts';
import type { CandidInfo } from '../../../src/localnet/management/candid-history.ts';
import { status } from '../../../src/localnet/management/candid-status.ts';
import type { CandidStatus } from '../../../src/localnet/management/candid-status.ts';

/* What the management canister reads and answers (IC interface spec, "ic.did"); of arguments only what the model uses. */

const blob = IDL.Vec(IDL.Nat8);

const settings = IDL.Record({
  controllers: IDL.Opt(IDL.Vec(IDL.Principal)),
  environment_variables: IDL.Opt(IDL.Vec(IDL.Record({ name: IDL.Text, value: IDL.Text }))),
});

export interface Settings {
  readonly controllers: [] | [Principal[]];
  readonly environment_variables: [] | [{ name: string; value: string }[]];
}

const version = IDL.Opt(IDL.Nat64);

export const createArguments = IDL.Record({ settings: IDL.Opt(settings), sender_canister_version: version });
export interface CreateArguments {
  readonly settings: [] | [Settings];
  readonly sender_canister_version: [] | [bigint];
}

export const updateArguments = IDL.Record({
  canister_id: IDL.Principal,
  settings,
  sender_canister_version: version,
});
export interface UpdateArguments {
  readonly canister_id: Principal;
  readonly settings: Settings;
  readonly sender_canister_version: [] | [bigint];
}

export const installArguments = IDL.Record({
  mode: IDL.Variant({ install: IDL.Null, reinstall: IDL.Null, upgrade: IDL.Reserved }),
  target_canister: IDL.Principal,
  wasm_module_hash: blob,
  chunk_hashes_list: IDL.Vec(IDL.Record({ hash: blob })),
  arg: blob,
  sender_canister_version: version,
});
export interface InstallArguments {
  readonly mode: object;
  readonly target_canister: Principal;
  readonly wasm_module_hash: Uint8Array;
  readonly chunk_hashes_list: { readonly hash: Uint8Array }[];
  readonly arg: Uint8Array;
  readonly sender_canister_version: [] | [bigint];
}

export const canisterArguments = IDL.Record({
  canister_id: IDL.Principal,
  num_requested_changes: IDL.Opt(IDL.Nat64),
  sender_canister_version: version,
});
export interface CanisterArguments {
  readonly canister_id: Principal;
  readonly num_requested_changes: [] | [bigint];
  readonly sender_canister_version: [] | [bigint];
}

export const chunkArguments = IDL.Record({ canister_id: IDL.Principal, chunk: blob });
export interface ChunkArguments {
  readonly canister_id: Principal;
  readonly chunk: Uint8Array;
}

/** The init argument of a Greeter. */
export const greeterArguments = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });

/** @typeParam Value what Candid's library makes of the type */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the library's own answer is untyped
export function decodeOne<Value>(type: IDL.Type, bytes: Uint8Array): Value {
  return IDL.decode([type], bytes)[0] as Value;
}

const canisterIdReply = IDL.Record({ canister_id: IDL.Principal });
const encodeCanisterId = candidEncoder([canisterIdReply]);
const encodeHash = candidEncoder([IDL.Record({ hash: blob })]);
const encodeInfo = candidEncoder([info]);
const encodeStatus = candidEncoder([status]);

export const replies = {
  canisterId: (canister_id: Principal) => encodeCanisterId([{ canister_id }]),
  chunkHash: (hash: Uint8Array) => encodeHash([{ hash }]),
  info: (value: CandidInfo) => encodeInfo([value]),
  status: (value: CandidStatus) => encodeStatus([value]),
  nothing: () => IDL.encode([], []),
};

/** The canister that the answer to a creation names; undefined when it is not such an answer. */
export function canisterIdIn(bytes: Uint8Array): Principal | undefined {
  try {
    return decodeOne<{ canister_id: Principal }>(canisterIdReply, bytes).canister_id;
  } catch {
    return undefined;
  }
}
