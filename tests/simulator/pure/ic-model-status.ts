import type { CandidStatus } from '../../../src/localnet/management/candid-status.ts';
import type { ModelCanister } from './ic-model.ts';

/** A canister as `canister_status` shows it; what the model does not know has the IC's defaults. */
export function statusOf(canister: ModelCanister): CandidStatus {
  return {
    status: canister.isRunning ? { running: null } : { stopped: null },
    ready_for_migration: false,
    version: canister.version,
    settings: {
      controllers: canister.controllers,
      compute_allocation: 0n,
      memory_allocation: 0n,
      freezing_threshold: 2_592_000n,
      reserved_cycles_limit: 5_000_000_000_000n,
      minimum_incoming_canister_call_cycles: 0n,
      log_visibility: { controllers: null },
      snapshot_visibility: { controllers: null },
      status_visibility: { controllers: null },
      wasm_memory_limit: 3_221_225_472n,
      wasm_memory_threshold: 0n,
      environment_variables: canister.environment,
      log_memory_limit: 4_096n,
    },
    module_hash: canister.module ? [canister.module] : [],
    memory_size: 0n,
    memory_metrics: {
      wasm_memory_size: 0n,
      stable_memory_size: 0n,
      global_memory_size: 0n,
      wasm_binary_size: 0n,
      custom_sections_size: 0n,
      canister_history_size: 0n,
      wasm_chunk_store_size: 0n,
      snapshots_size: 0n,
      log_memory_store_size: 0n,
    },
    cycles: canister.cycles,
    reserved_cycles: 0n,
    idle_cycles_burned_per_day: 0n,
    query_stats: {
      num_calls_total: 0n,
      num_instructions_total: 0n,
      request_payload_bytes_total: 0n,
      response_payload_bytes_total: 0n,
    },
  };
}
