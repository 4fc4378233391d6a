import { IDL } from '@dfinity/candid';
import { definiteSettings, type CandidDefiniteSettings, type Opt } from './candid-settings.ts';

export interface CandidMemoryMetrics {
  wasm_memory_size: bigint;
  stable_memory_size: bigint;
  global_memory_size: bigint;
  wasm_binary_size: bigint;
  custom_sections_size: bigint;
  canister_history_size: bigint;
  wasm_chunk_store_size: bigint;
  snapshots_size: bigint;
  log_memory_store_size: bigint;
}

/** Answer of `canister_status`. */
export interface CandidStatus {
  status: { running: null } | { stopping: null } | { stopped: null };
  ready_for_migration: boolean;
  version: bigint;
  settings: CandidDefiniteSettings;
  module_hash: Opt<Uint8Array>;
  memory_size: bigint;
  memory_metrics: CandidMemoryMetrics;
  cycles: bigint;
  reserved_cycles: bigint;
  idle_cycles_burned_per_day: bigint;
  query_stats: {
    num_calls_total: bigint;
    num_instructions_total: bigint;
    request_payload_bytes_total: bigint;
    response_payload_bytes_total: bigint;
  };
}

export const status = IDL.Record({
  status: IDL.Variant({ running: IDL.Null, stopping: IDL.Null, stopped: IDL.Null }),
  ready_for_migration: IDL.Bool,
  version: IDL.Nat64,
  settings: definiteSettings,
  module_hash: IDL.Opt(IDL.Vec(IDL.Nat8)),
  memory_size: IDL.Nat,
  memory_metrics: IDL.Record({
    wasm_memory_size: IDL.Nat,
    stable_memory_size: IDL.Nat,
    global_memory_size: IDL.Nat,
    wasm_binary_size: IDL.Nat,
    custom_sections_size: IDL.Nat,
    canister_history_size: IDL.Nat,
    wasm_chunk_store_size: IDL.Nat,
    snapshots_size: IDL.Nat,
    // Like `log_memory_limit`: absent from ic.did, required by `icp` 1.5.0.
    log_memory_store_size: IDL.Nat,
  }),
  cycles: IDL.Nat,
  reserved_cycles: IDL.Nat,
  idle_cycles_burned_per_day: IDL.Nat,
  query_stats: IDL.Record({
    num_calls_total: IDL.Nat,
    num_instructions_total: IDL.Nat,
    request_payload_bytes_total: IDL.Nat,
    response_payload_bytes_total: IDL.Nat,
  }),
});
