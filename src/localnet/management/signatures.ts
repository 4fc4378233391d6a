import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { info, type CandidInfo } from './candid-history.ts';
import { settings, type CandidSettings, type Opt } from './candid-settings.ts';
import { status, type CandidStatus } from './candid-status.ts';
import { signature, type Nothing } from './signature.ts';

// The Candid interface of the management canister, as far as it is built here
// (IC interface spec 0.66, "The IC management canister"; field names are the specification's).

const blob = IDL.Vec(IDL.Nat8);
const canisterId = { canister_id: IDL.Principal };
const senderVersion = { sender_canister_version: IDL.Opt(IDL.Nat64) };
const chunkHash = IDL.Record({ hash: blob });
const snapshot = IDL.Record({ id: blob, taken_at_timestamp: IDL.Nat64, total_size: IDL.Nat64 });

export interface CanisterIdRecord {
  canister_id: Principal;
}

/** Present in calls by canisters that want to prove, in the target's history, which of their versions called. */
export interface SenderVersionRecord {
  sender_canister_version: Opt<bigint>;
}

export interface CandidUpgradeOptions {
  skip_pre_upgrade: Opt<boolean>;
  wasm_memory_persistence: Opt<{ keep: null } | { replace: null }>;
}

export type CandidInstallMode =
  { install: null } | { reinstall: null } | { upgrade: Opt<CandidUpgradeOptions> };

const installMode = IDL.Variant({
  install: IDL.Null,
  reinstall: IDL.Null,
  upgrade: IDL.Opt(
    IDL.Record({
      skip_pre_upgrade: IDL.Opt(IDL.Bool),
      wasm_memory_persistence: IDL.Opt(IDL.Variant({ keep: IDL.Null, replace: IDL.Null })),
    }),
  ),
});

export interface CreateCanisterArgument extends SenderVersionRecord {
  settings: Opt<CandidSettings>;
}
export const createCanister = signature<CreateCanisterArgument, CanisterIdRecord>(
  IDL.Record({ settings: IDL.Opt(settings), ...senderVersion }),
  IDL.Record(canisterId),
);

export interface ProvisionalCreateArgument extends CreateCanisterArgument {
  amount: Opt<bigint>;
  specified_id: Opt<Principal>;
}
export const provisionalCreateCanisterWithCycles = signature<ProvisionalCreateArgument, CanisterIdRecord>(
  IDL.Record({
    amount: IDL.Opt(IDL.Nat),
    settings: IDL.Opt(settings),
    specified_id: IDL.Opt(IDL.Principal),
    ...senderVersion,
  }),
  IDL.Record(canisterId),
);

export const provisionalTopUpCanister = signature<CanisterIdRecord & { amount: bigint }, Nothing>(
  IDL.Record({ ...canisterId, amount: IDL.Nat }),
  undefined,
);

export interface UpdateSettingsArgument extends CanisterIdRecord, SenderVersionRecord {
  settings: CandidSettings;
}
export const updateSettings = signature<UpdateSettingsArgument, Nothing>(
  IDL.Record({ ...canisterId, settings, ...senderVersion }),
  undefined,
);

export interface InstallCodeArgument extends CanisterIdRecord, SenderVersionRecord {
  mode: CandidInstallMode;
  wasm_module: Uint8Array;
  arg: Uint8Array;
}
export const installCode = signature<InstallCodeArgument, Nothing>(
  IDL.Record({ ...canisterId, mode: installMode, wasm_module: blob, arg: blob, ...senderVersion }),
  undefined,
);

export interface InstallChunkedCodeArgument extends SenderVersionRecord {
  mode: CandidInstallMode;
  target_canister: Principal;
  store_canister: Opt<Principal>;
  chunk_hashes_list: { hash: Uint8Array }[];
  wasm_module_hash: Uint8Array;
  arg: Uint8Array;
}
export const installChunkedCode = signature<InstallChunkedCodeArgument, Nothing>(
  IDL.Record({
    mode: installMode,
    target_canister: IDL.Principal,
    store_canister: IDL.Opt(IDL.Principal),
    chunk_hashes_list: IDL.Vec(chunkHash),
    wasm_module_hash: blob,
    arg: blob,
    ...senderVersion,
  }),
  undefined,
);

export const uploadChunk = signature<CanisterIdRecord & { chunk: Uint8Array }, { hash: Uint8Array }>(
  IDL.Record({ ...canisterId, chunk: blob }),
  chunkHash,
);
export const storedChunks = signature<CanisterIdRecord, { hash: Uint8Array }[]>(
  IDL.Record(canisterId),
  IDL.Vec(chunkHash),
);
export const clearChunkStore = signature<CanisterIdRecord, Nothing>(IDL.Record(canisterId), undefined);

export const uninstallCode = signature<CanisterIdRecord & SenderVersionRecord, Nothing>(
  IDL.Record({ ...canisterId, ...senderVersion }),
  undefined,
);
export const startCanister = signature<CanisterIdRecord, Nothing>(IDL.Record(canisterId), undefined);
export const stopCanister = signature<CanisterIdRecord, Nothing>(IDL.Record(canisterId), undefined);
export const deleteCanister = signature<CanisterIdRecord, Nothing>(IDL.Record(canisterId), undefined);
export const depositCycles = signature<CanisterIdRecord, Nothing>(IDL.Record(canisterId), undefined);

export const canisterStatus = signature<CanisterIdRecord, CandidStatus>(IDL.Record(canisterId), status);

export interface InfoArgument extends CanisterIdRecord {
  num_requested_changes: Opt<bigint>;
}
export const canisterInfo = signature<InfoArgument, CandidInfo>(
  IDL.Record({ ...canisterId, num_requested_changes: IDL.Opt(IDL.Nat64) }),
  info,
);

export const canisterMetadata = signature<CanisterIdRecord & { name: string }, { value: Uint8Array }>(
  IDL.Record({ ...canisterId, name: IDL.Text }),
  IDL.Record({ value: blob }),
);

export const rawRand = signature<Nothing, Uint8Array>(undefined, blob);

export interface CandidSnapshot {
  id: Uint8Array;
  taken_at_timestamp: bigint;
  total_size: bigint;
}
export interface TakeSnapshotArgument extends CanisterIdRecord, SenderVersionRecord {
  replace_snapshot: Opt<Uint8Array>;
  uninstall_code: Opt<boolean>;
}
export const takeCanisterSnapshot = signature<TakeSnapshotArgument, CandidSnapshot>(
  IDL.Record({
    ...canisterId,
    replace_snapshot: IDL.Opt(blob),
    uninstall_code: IDL.Opt(IDL.Bool),
    ...senderVersion,
  }),
  snapshot,
);

export interface SnapshotIdRecord extends CanisterIdRecord {
  snapshot_id: Uint8Array;
}
export const loadCanisterSnapshot = signature<SnapshotIdRecord & SenderVersionRecord, Nothing>(
  IDL.Record({ ...canisterId, snapshot_id: blob, ...senderVersion }),
  undefined,
);
export const deleteCanisterSnapshot = signature<SnapshotIdRecord, Nothing>(
  IDL.Record({ ...canisterId, snapshot_id: blob }),
  undefined,
);
export const listCanisterSnapshots = signature<CanisterIdRecord, CandidSnapshot[]>(
  IDL.Record(canisterId),
  IDL.Vec(snapshot),
);

export interface CandidLogs {
  canister_log_records: { idx: bigint; timestamp_nanos: bigint; content: Uint8Array }[];
}

interface NumberRange {
  /** Inclusive. */
  start: bigint;
  /** Exclusive. */
  end: bigint;
}
export interface FetchLogsArgument extends CanisterIdRecord {
  filter: Opt<{ by_idx: NumberRange } | { by_timestamp_nanos: NumberRange }>;
}
const range = IDL.Record({ start: IDL.Nat64, end: IDL.Nat64 });
export const fetchCanisterLogs = signature<FetchLogsArgument, CandidLogs>(
  IDL.Record({
    ...canisterId,
    filter: IDL.Opt(IDL.Variant({ by_idx: range, by_timestamp_nanos: range })),
  }),
  IDL.Record({
    canister_log_records: IDL.Vec(IDL.Record({ idx: IDL.Nat64, timestamp_nanos: IDL.Nat64, content: blob })),
  }),
);
