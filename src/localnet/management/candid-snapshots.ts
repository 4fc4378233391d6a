import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import type { Opt } from './candid-settings.ts';
import { type Nothing, signature } from './signature.ts';

// Reading and uploading snapshots: ic.did, `read_canister_snapshot_*` and `upload_canister_snapshot_*`.

const blob = IDL.Vec(IDL.Nat8);
const target = { canister_id: IDL.Principal, snapshot_id: blob };

/** Value of a Wasm global. */
export type CandidGlobal =
  { i32: number } | { i64: bigint } | { f32: number } | { f64: number } | { v128: bigint };

const global = IDL.Variant({
  i32: IDL.Int32,
  i64: IDL.Int64,
  f32: IDL.Float32,
  f64: IDL.Float64,
  v128: IDL.Nat,
});

/** The global timer: not set, or when it is due, in nanoseconds since 1970. */
export type CandidTimer = { inactive: null } | { active: bigint };
const timer = IDL.Variant({ inactive: IDL.Null, active: IDL.Nat64 });

export type CandidHookStatus = { condition_not_satisfied: null } | { ready: null } | { executed: null };
const hookStatus = IDL.Variant({ condition_not_satisfied: IDL.Null, ready: IDL.Null, executed: IDL.Null });

/** What is said of a snapshot both when it is read and when it is uploaded. */
interface CandidSnapshotContents {
  wasm_module_size: bigint;
  globals: CandidGlobal[];
  wasm_memory_size: bigint;
  stable_memory_size: bigint;
  certified_data: Uint8Array;
  global_timer: Opt<CandidTimer>;
  on_low_wasm_memory_hook_status: Opt<CandidHookStatus>;
}

const contents = {
  wasm_module_size: IDL.Nat64,
  globals: IDL.Vec(global),
  wasm_memory_size: IDL.Nat64,
  stable_memory_size: IDL.Nat64,
  certified_data: blob,
  global_timer: IDL.Opt(timer),
  on_low_wasm_memory_hook_status: IDL.Opt(hookStatus),
};

export interface SnapshotTarget {
  canister_id: Principal;
  snapshot_id: Uint8Array;
}

export interface CandidSnapshotMetadata extends CandidSnapshotContents {
  source: { taken_from_canister: null } | { metadata_upload: null };
  taken_at_timestamp: bigint;
  wasm_chunk_store: { hash: Uint8Array }[];
  canister_version: bigint;
}

export const readCanisterSnapshotMetadata = signature<SnapshotTarget, CandidSnapshotMetadata>(
  IDL.Record(target),
  IDL.Record({
    ...contents,
    source: IDL.Variant({ taken_from_canister: IDL.Reserved, metadata_upload: IDL.Reserved }),
    taken_at_timestamp: IDL.Nat64,
    wasm_chunk_store: IDL.Vec(IDL.Record({ hash: blob })),
    canister_version: IDL.Nat64,
  }),
);

export interface Slice {
  offset: bigint;
  size: bigint;
}
const slice = IDL.Record({ offset: IDL.Nat64, size: IDL.Nat64 });

/** Which part of a snapshot is read. */
export type CandidDataKind =
  | { wasm_module: Slice }
  | { wasm_memory: Slice }
  | { stable_memory: Slice }
  | { wasm_chunk: { hash: Uint8Array } };

export interface ReadSnapshotDataArgument extends SnapshotTarget {
  kind: CandidDataKind;
}
export const readCanisterSnapshotData = signature<ReadSnapshotDataArgument, { chunk: Uint8Array }>(
  IDL.Record({
    ...target,
    kind: IDL.Variant({
      wasm_module: slice,
      wasm_memory: slice,
      stable_memory: slice,
      wasm_chunk: IDL.Record({ hash: blob }),
    }),
  }),
  IDL.Record({ chunk: blob }),
);

export interface UploadSnapshotMetadataArgument extends CandidSnapshotContents {
  canister_id: Principal;
  replace_snapshot: Opt<Uint8Array>;
}
export const uploadCanisterSnapshotMetadata = signature<
  UploadSnapshotMetadataArgument,
  { snapshot_id: Uint8Array }
>(
  IDL.Record({ canister_id: IDL.Principal, replace_snapshot: IDL.Opt(blob), ...contents }),
  IDL.Record({ snapshot_id: blob }),
);

/** Where in a snapshot the uploaded bytes belong. */
export type CandidDataPlace =
  | { wasm_module: { offset: bigint } }
  | { wasm_memory: { offset: bigint } }
  | { stable_memory: { offset: bigint } }
  | { wasm_chunk: null };

export interface UploadSnapshotDataArgument extends SnapshotTarget {
  kind: CandidDataPlace;
  chunk: Uint8Array;
}
const place = IDL.Record({ offset: IDL.Nat64 });
export const uploadCanisterSnapshotData = signature<UploadSnapshotDataArgument, Nothing>(
  IDL.Record({
    ...target,
    kind: IDL.Variant({
      wasm_module: place,
      wasm_memory: place,
      stable_memory: place,
      wasm_chunk: IDL.Null,
    }),
    chunk: blob,
  }),
  undefined,
);
