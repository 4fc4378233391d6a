import { freezingLimitFor, idleBurnCyclesPerDay } from './fees.ts';
import type { CanisterSettings } from './canister-settings.ts';
import type { CanisterMemoryUsage } from './management/contract.ts';
import type { CanisterState } from './state.ts';

const wasmPageBytes = 65_536n;
const bytesPerGlobal = 8n;
/** Chunks are billed as if each were full. Source: IC interface spec, 'upload_chunk'. */
const billedChunkBytes = 1_048_576n;
/** Roughly what the replica counts for one entry of the history with its principals. */
const bytesPerChange = 128n;

/** Bytes the canister occupies, by kind. */
export function memoryUsage(canister: CanisterState): CanisterMemoryUsage {
  const { code } = canister;
  const wasmMemoryBytes = BigInt(code?.heap.byteLength ?? 0);
  const stableMemoryBytes = BigInt(code?.stable.sizePages ?? 0) * wasmPageBytes;
  const globalMemoryBytes = BigInt(code?.heap.globals.length ?? 0) * bytesPerGlobal;
  const wasmBinaryBytes = BigInt(code?.uploadedModule.length ?? 0);
  const canisterHistoryBytes = BigInt(canister.history.recent.length) * bytesPerChange;
  const chunkStoreBytes = BigInt(canister.chunkStore.size) * billedChunkBytes;
  const logBytes = BigInt(canister.log.bytes);
  let snapshotsBytes = 0n;
  for (const snapshot of canister.snapshots.values()) snapshotsBytes += snapshot.totalBytes;
  let customSectionsBytes = 0n;
  for (const section of code?.module.customSections.values() ?? []) {
    customSectionsBytes += BigInt(section.content.length);
  }
  return {
    wasmMemoryBytes,
    stableMemoryBytes,
    globalMemoryBytes,
    wasmBinaryBytes,
    customSectionsBytes,
    canisterHistoryBytes,
    chunkStoreBytes,
    snapshotsBytes,
    logBytes,
    totalBytes:
      wasmMemoryBytes +
      stableMemoryBytes +
      globalMemoryBytes +
      wasmBinaryBytes +
      customSectionsBytes +
      canisterHistoryBytes +
      chunkStoreBytes +
      snapshotsBytes +
      logBytes,
  };
}

/** What storage fees are computed from: what is allocated is paid for even if it is not used. */
export function billedMemoryBytes(
  canister: CanisterState,
  settings: CanisterSettings = canister.settings,
): bigint {
  const used = memoryUsage(canister).totalBytes;
  return used > settings.memoryAllocationBytes ? used : settings.memoryAllocationBytes;
}

export function idleCyclesBurnedPerDay(
  canister: CanisterState,
  settings: CanisterSettings = canister.settings,
): bigint {
  return idleBurnCyclesPerDay(billedMemoryBytes(canister, settings), settings.computeAllocation);
}

/** The balance below which the canister is frozen. */
export function freezingLimitCycles(
  canister: CanisterState,
  settings: CanisterSettings = canister.settings,
): bigint {
  const limit = freezingLimitFor(
    idleCyclesBurnedPerDay(canister, settings),
    settings.freezingThresholdSeconds,
  );
  return limit > canister.reservedCycles ? limit - canister.reservedCycles : 0n;
}

/** The freezing limit of a canister about to be created, which uses nothing yet. */
export function freezingLimitOfNewCanister(settings: CanisterSettings): bigint {
  const perDay = idleBurnCyclesPerDay(settings.memoryAllocationBytes, settings.computeAllocation);
  return freezingLimitFor(perDay, settings.freezingThresholdSeconds);
}

/** The freezing limit once a canister has grown by so many bytes. */
export function freezingLimitAfterGrowth(canister: CanisterState, bytes: bigint): bigint {
  const { settings } = canister;
  const used = memoryUsage(canister).totalBytes + bytes;
  const billed = used > settings.memoryAllocationBytes ? used : settings.memoryAllocationBytes;
  const perDay = idleBurnCyclesPerDay(billed, settings.computeAllocation);
  const limit = freezingLimitFor(perDay, settings.freezingThresholdSeconds);
  return limit > canister.reservedCycles ? limit - canister.reservedCycles : 0n;
}

/** How many cycles are missing to spend `amount` without freezing; 0 when none. */
export function missingCycles(canister: CanisterState, amount: bigint): bigint {
  const missing = freezingLimitCycles(canister) + amount - canister.cycles;
  return missing > 0n ? missing : 0n;
}
