import type { CanisterState, CanisterStatus } from '../state.ts';
import type { CandidMemoryMetrics, CandidStatus } from './candid-status.ts';
import type { ManagementServices } from './contract.ts';
import { definiteSettingsOf } from './settings.ts';

/** `canister_status`, as update and as query. */
export function canisterStatus(request: {
  readonly services: ManagementServices;
  readonly canister: CanisterState;
}): CandidStatus {
  const { services, canister } = request;
  const metrics = memoryMetricsOf(services, canister);
  return {
    status: candidStatuses[canister.status],
    ready_for_migration: canister.status === 'stopped' && !services.hasQueuedMessages(canister),
    version: canister.version,
    settings: definiteSettingsOf(canister.settings),
    module_hash: canister.code === undefined ? [] : [canister.code.moduleHash],
    memory_size: services.memoryUsage(canister).totalBytes,
    memory_metrics: metrics,
    cycles: canister.cycles,
    reserved_cycles: canister.reservedCycles,
    idle_cycles_burned_per_day: services.idleCyclesBurnedPerDay(canister),
    // A query is no input of the network: a journal that is replayed would count others than were asked. On the IC the
    // nodes agree on what they have counted epochs later, so nobody can rely on it.
    query_stats: {
      num_calls_total: 0n,
      num_instructions_total: 0n,
      request_payload_bytes_total: 0n,
      response_payload_bytes_total: 0n,
    },
  };
}

const candidStatuses: Record<CanisterStatus, CandidStatus['status']> = {
  running: { running: null },
  stopping: { stopping: null },
  stopped: { stopped: null },
};

function memoryMetricsOf(services: ManagementServices, canister: CanisterState): CandidMemoryMetrics {
  const usage = services.memoryUsage(canister);
  return {
    wasm_memory_size: usage.wasmMemoryBytes,
    stable_memory_size: usage.stableMemoryBytes,
    global_memory_size: usage.globalMemoryBytes,
    wasm_binary_size: usage.wasmBinaryBytes,
    custom_sections_size: usage.customSectionsBytes,
    canister_history_size: usage.canisterHistoryBytes,
    wasm_chunk_store_size: usage.chunkStoreBytes,
    snapshots_size: usage.snapshotsBytes,
    log_memory_store_size: usage.logBytes,
  };
}
