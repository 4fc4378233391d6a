import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import type { Opt } from './candid-settings.ts';

const blob = IDL.Vec(IDL.Nat8);

/** Who made a change: `canister_version` is the `sender_canister_version` that the caller supplied. */
export type CandidChangeOrigin =
  | { from_user: { user_id: Principal } }
  | { from_canister: { canister_id: Principal; canister_version: Opt<bigint> } };

export type CandidChangeDetails =
  | { creation: { controllers: Principal[]; environment_variables_hash: Opt<Uint8Array> } }
  | { code_uninstall: null }
  | {
      code_deployment: {
        mode: { install: null } | { reinstall: null } | { upgrade: null };
        module_hash: Uint8Array;
      };
    }
  | {
      load_snapshot: {
        from_canister_id: Opt<Principal>;
        snapshot_id: Uint8Array;
        canister_version: bigint;
        taken_at_timestamp: bigint;
        source: { taken_from_canister: null } | { metadata_upload: null };
      };
    }
  | { controllers_change: { controllers: Principal[] } };

/** One entry of a canister's history; `canister_version` is the version after the change. */
export interface CandidChange {
  timestamp_nanos: bigint;
  canister_version: bigint;
  origin: CandidChangeOrigin;
  details: CandidChangeDetails;
}

/** Answer of `canister_info`. */
export interface CandidInfo {
  total_num_changes: bigint;
  recent_changes: CandidChange[];
  module_hash: Opt<Uint8Array>;
  controllers: Principal[];
}

const changeOrigin = IDL.Variant({
  from_user: IDL.Record({ user_id: IDL.Principal }),
  from_canister: IDL.Record({ canister_id: IDL.Principal, canister_version: IDL.Opt(IDL.Nat64) }),
});

const changeDetails = IDL.Variant({
  creation: IDL.Record({ controllers: IDL.Vec(IDL.Principal), environment_variables_hash: IDL.Opt(blob) }),
  code_uninstall: IDL.Null,
  code_deployment: IDL.Record({
    mode: IDL.Variant({ install: IDL.Null, reinstall: IDL.Null, upgrade: IDL.Null }),
    module_hash: blob,
  }),
  load_snapshot: IDL.Record({
    from_canister_id: IDL.Opt(IDL.Principal),
    snapshot_id: blob,
    canister_version: IDL.Nat64,
    taken_at_timestamp: IDL.Nat64,
    source: IDL.Variant({ taken_from_canister: IDL.Reserved, metadata_upload: IDL.Reserved }),
  }),
  controllers_change: IDL.Record({ controllers: IDL.Vec(IDL.Principal) }),
});

export const info = IDL.Record({
  total_num_changes: IDL.Nat64,
  recent_changes: IDL.Vec(
    IDL.Record({
      timestamp_nanos: IDL.Nat64,
      canister_version: IDL.Nat64,
      origin: changeOrigin,
      details: changeDetails,
    }),
  ),
  module_hash: IDL.Opt(blob),
  controllers: IDL.Vec(IDL.Principal),
});
