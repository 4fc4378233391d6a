import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';

/** A Candid `opt`: empty when absent, one element when present. */
export type Opt<T> = [] | [T];

/** Who may read something about a canister: its logs, its snapshots or its status. */
export type CandidVisibility = { controllers: null } | { public: null } | { allowed_viewers: Principal[] };

const visibility = IDL.Variant({
  controllers: IDL.Null,
  public: IDL.Null,
  allowed_viewers: IDL.Vec(IDL.Principal),
});

export interface CandidEnvironmentVariable {
  name: string;
  value: string;
}

const environmentVariable = IDL.Record({ name: IDL.Text, value: IDL.Text });

/** `canister_settings`: every field optional, absent means "unchanged" or, at creation, "the default". */
export interface CandidSettings {
  controllers: Opt<Principal[]>;
  compute_allocation: Opt<bigint>;
  memory_allocation: Opt<bigint>;
  freezing_threshold: Opt<bigint>;
  reserved_cycles_limit: Opt<bigint>;
  minimum_incoming_canister_call_cycles: Opt<bigint>;
  log_visibility: Opt<CandidVisibility>;
  snapshot_visibility: Opt<CandidVisibility>;
  status_visibility: Opt<CandidVisibility>;
  wasm_memory_limit: Opt<bigint>;
  wasm_memory_threshold: Opt<bigint>;
  environment_variables: Opt<CandidEnvironmentVariable[]>;
  log_memory_limit: Opt<bigint>;
}

export const settings = IDL.Record({
  controllers: IDL.Opt(IDL.Vec(IDL.Principal)),
  compute_allocation: IDL.Opt(IDL.Nat),
  memory_allocation: IDL.Opt(IDL.Nat),
  freezing_threshold: IDL.Opt(IDL.Nat),
  reserved_cycles_limit: IDL.Opt(IDL.Nat),
  minimum_incoming_canister_call_cycles: IDL.Opt(IDL.Nat),
  log_visibility: IDL.Opt(visibility),
  snapshot_visibility: IDL.Opt(visibility),
  status_visibility: IDL.Opt(visibility),
  wasm_memory_limit: IDL.Opt(IDL.Nat),
  wasm_memory_threshold: IDL.Opt(IDL.Nat),
  environment_variables: IDL.Opt(IDL.Vec(environmentVariable)),
  // Not in ic.did, but sent by the replica's own tooling (`icp`, pic-js) and understood by the replica.
  log_memory_limit: IDL.Opt(IDL.Nat),
});

/** Asks for nothing: every setting stays, or at creation has its default. */
export const noSettings: CandidSettings = {
  controllers: [],
  compute_allocation: [],
  memory_allocation: [],
  freezing_threshold: [],
  reserved_cycles_limit: [],
  minimum_incoming_canister_call_cycles: [],
  log_visibility: [],
  snapshot_visibility: [],
  status_visibility: [],
  wasm_memory_limit: [],
  wasm_memory_threshold: [],
  environment_variables: [],
  log_memory_limit: [],
};

/** `definite_canister_settings`: the settings in force, as `canister_status` shows them. */
export interface CandidDefiniteSettings {
  controllers: Principal[];
  compute_allocation: bigint;
  memory_allocation: bigint;
  freezing_threshold: bigint;
  reserved_cycles_limit: bigint;
  minimum_incoming_canister_call_cycles: bigint;
  log_visibility: CandidVisibility;
  snapshot_visibility: CandidVisibility;
  status_visibility: CandidVisibility;
  wasm_memory_limit: bigint;
  wasm_memory_threshold: bigint;
  environment_variables: CandidEnvironmentVariable[];
  log_memory_limit: bigint;
}

export const definiteSettings = IDL.Record({
  controllers: IDL.Vec(IDL.Principal),
  compute_allocation: IDL.Nat,
  memory_allocation: IDL.Nat,
  freezing_threshold: IDL.Nat,
  reserved_cycles_limit: IDL.Nat,
  minimum_incoming_canister_call_cycles: IDL.Nat,
  log_visibility: visibility,
  snapshot_visibility: visibility,
  status_visibility: visibility,
  wasm_memory_limit: IDL.Nat,
  wasm_memory_threshold: IDL.Nat,
  environment_variables: IDL.Vec(environmentVariable),
  // `icp` 1.5.0 refuses a status without this field, although ic.did does not list it.
  log_memory_limit: IDL.Nat,
});
