import type { CanisterSnapshot, LowWasmMemoryHook } from '../state.ts';
import type { GlobalType, HeapImage } from '../wasm/index.ts';
import type {
  CandidGlobal,
  CandidHookStatus,
  CandidSnapshotMetadata,
  ReadSnapshotDataArgument,
  Slice,
  SnapshotTarget,
  UploadSnapshotDataArgument,
  UploadSnapshotMetadataArgument,
} from './candid-snapshots.ts';
import type { Opt } from './candid-settings.ts';
import { charge, requireCycles } from './cycles.ts';
import {
  chunkBytes,
  maximumSnapshotSliceBytes,
  maximumStoredChunks,
  snapshotBaseFeeCycles,
  snapshotDataFeeCycles,
} from './limits.ts';
import type { CanisterRequest } from './method.ts';
import {
  chunkStoreError,
  invalidSlice,
  invalidSnapshotMetadata,
  notEnoughCyclesForSnapshot,
  sliceTooLarge,
  snapshotImmutable,
} from './rejections.ts';
import { sha256, toHex } from './sha256.ts';
import type { Nothing } from './signature.ts';
import { readHeap, readStable, writeHeap, writeStable, zeroHeap, zeroStable } from './snapshot-memory.ts';
import { addSnapshot, findSnapshot, snapshotBytes } from './snapshot-store.ts';

const wasmPageBytes = 65_536n;
const gibibyte = 2n ** 30n;
const maximumHeapBytes = 4n * gibibyte;
const maximumStableBytes = 500n * gibibyte;
const maximumModuleBytes = 100n * 2n ** 20n;
const maximumCertifiedDataBytes = 32;

/** `read_canister_snapshot_metadata`: what a download must know before it reads data. */
export function readSnapshotMetadata({
  services,
  canister,
  argument,
}: CanisterRequest<SnapshotTarget>): CandidSnapshotMetadata {
  const snapshot = findSnapshot(services, canister, argument.snapshot_id);
  const { globalTimerNanos } = snapshot;
  return {
    source:
      snapshot.source === 'takenFromCanister' ? { taken_from_canister: null } : { metadata_upload: null },
    taken_at_timestamp: snapshot.takenAtNanos,
    wasm_module_size: BigInt(snapshot.moduleBytes.length),
    globals: snapshot.globalTypes.map((type, index) =>
      candidGlobalOf(type, snapshot.heap.globals[index] ?? 0),
    ),
    wasm_memory_size: BigInt(snapshot.heap.byteLength),
    stable_memory_size: BigInt(snapshot.stable.sizePages) * wasmPageBytes,
    wasm_chunk_store: [...snapshot.chunkStore.keys()]
      .sort()
      .map((key) => ({ hash: Uint8Array.from(Buffer.from(key, 'hex')) })),
    canister_version: snapshot.canisterVersion,
    certified_data: snapshot.certifiedData,
    global_timer:
      globalTimerNanos === undefined
        ? []
        : [globalTimerNanos === 0n ? { inactive: null } : { active: globalTimerNanos }],
    on_low_wasm_memory_hook_status:
      snapshot.lowWasmMemoryHook === undefined ? [] : [candidHookOf[snapshot.lowWasmMemoryHook]],
  };
}

/** `read_canister_snapshot_data`: a part of the module or of a memory, or a chunk. */
export function readSnapshotData({
  services,
  canister,
  argument,
}: CanisterRequest<ReadSnapshotDataArgument>): { chunk: Uint8Array } {
  const snapshot = findSnapshot(services, canister, argument.snapshot_id);
  const { kind } = argument;
  const pay = (size: number): void => {
    const missingCycles = charge(services, canister, snapshotDataFeeCycles + BigInt(size));
    if (missingCycles > 0n) throw notEnoughCyclesForSnapshot(canister.id, missingCycles);
  };
  if ('wasm_chunk' in kind) {
    const chunk = snapshot.chunkStore.get(toHex(kind.wasm_chunk.hash));
    if (chunk === undefined) throw chunkStoreError(`WasmChunkHash ${toHex(kind.wasm_chunk.hash)} not found.`);
    pay(chunkBytes);
    return { chunk };
  }
  const slice = Object.values(kind)[0] as Slice;
  if (slice.size > maximumSnapshotSliceBytes) throw sliceTooLarge(slice.size, maximumSnapshotSliceBytes);
  const available = sizesOf(snapshot)[partOf(kind)];
  const [offset, size] = checkedRange(slice.offset, slice.size, available);
  pay(size);
  if ('wasm_module' in kind) return { chunk: snapshot.moduleBytes.slice(offset, offset + size) };
  if ('wasm_memory' in kind) return { chunk: readHeap(snapshot.heap, offset, size) };
  return { chunk: readStable(snapshot.stable, offset, size) };
}

/** `upload_canister_snapshot_metadata`: begins a snapshot of zeros, to be filled by uploading data. */
export function uploadSnapshotMetadata({
  services,
  canister,
  argument,
}: CanisterRequest<UploadSnapshotMetadataArgument>): { snapshot_id: Uint8Array } {
  const sizes = checkedSizes(argument);
  const [timer] = argument.global_timer;
  const snapshot = addSnapshot(
    services,
    canister,
    {
      source: 'metadataUpload',
      takenAtNanos: services.timeNanos,
      canisterVersion: canister.version,
      moduleBytes: new Uint8Array(sizes.module),
      heap: zeroHeap(sizes.heap, argument.globals.map(valueOf)),
      globalTypes: argument.globals.map((global) => Object.keys(global)[0] as GlobalType),
      stable: zeroStable(argument.stable_memory_size / wasmPageBytes),
      certifiedData: argument.certified_data,
      globalTimerNanos: timer && ('active' in timer ? timer.active : 0n),
      lowWasmMemoryHook: hookOf(argument.on_low_wasm_memory_hook_status),
      chunkStore: new Map(),
    },
    { replacedId: argument.replace_snapshot[0], feeCycles: snapshotBaseFeeCycles, codeGoes: false },
  );
  return { snapshot_id: snapshot.id };
}

const candidHookOf: Record<LowWasmMemoryHook, CandidHookStatus> = {
  conditionNotSatisfied: { condition_not_satisfied: null },
  ready: { ready: null },
  executed: { executed: null },
};

function hookOf([status]: Opt<CandidHookStatus>): LowWasmMemoryHook | undefined {
  if (status === undefined) return undefined;
  if ('ready' in status) return 'ready';
  return 'executed' in status ? 'executed' : 'conditionNotSatisfied';
}

/** `upload_canister_snapshot_data`: fills in a part of an uploaded snapshot. */
export function uploadSnapshotData({
  services,
  canister,
  argument,
}: CanisterRequest<UploadSnapshotDataArgument>): Nothing {
  const snapshot = findSnapshot(services, canister, argument.snapshot_id);
  if (snapshot.source === 'takenFromCanister') throw snapshotImmutable();
  const changed = withData(snapshot, argument);
  const totalBytes = snapshotBytes(changed);
  const snapshots = new Map(canister.snapshots).set(toHex(snapshot.id), { ...changed, totalBytes });
  // A chunk is paid for as if it were full.
  const feeCycles = BigInt('wasm_chunk' in argument.kind ? chunkBytes : argument.chunk.length);
  requireCycles(services, canister, feeCycles, canister);
  const begun = { ...canister, cycles: canister.cycles - feeCycles };
  requireCycles(services, begun, 0n, { ...canister, snapshots });
  canister.snapshots = snapshots;
  services.burnCycles(canister, feeCycles);
}

function withData(snapshot: CanisterSnapshot, { kind, chunk }: UploadSnapshotDataArgument): CanisterSnapshot {
  if ('wasm_chunk' in kind) return withChunk(snapshot, chunk);
  const place = Object.values(kind)[0] as { readonly offset: bigint };
  const [offset] = checkedRange(place.offset, BigInt(chunk.length), sizesOf(snapshot)[partOf(kind)]);
  if ('wasm_memory' in kind) return { ...snapshot, heap: writeHeap(snapshot.heap, offset, chunk) };
  if ('stable_memory' in kind) return { ...snapshot, stable: writeStable(snapshot.stable, offset, chunk) };
  const moduleBytes = snapshot.moduleBytes.slice();
  moduleBytes.set(chunk, offset);
  return { ...snapshot, moduleBytes };
}

function withChunk(snapshot: CanisterSnapshot, chunk: Uint8Array): CanisterSnapshot {
  if (chunk.length > chunkBytes) {
    throw chunkStoreError(`Wasm chunk size ${chunk.length} exceeds the maximum chunk size of ${chunkBytes}`);
  }
  const key = toHex(sha256(chunk));
  if (!snapshot.chunkStore.has(key) && snapshot.chunkStore.size >= maximumStoredChunks) {
    throw chunkStoreError(
      `Wasm chunk store has already reached maximum capacity of ${maximumStoredChunks * chunkBytes} bytes ` +
        `or the maximum number of entries, ${maximumStoredChunks}`,
    );
  }
  return { ...snapshot, chunkStore: new Map(snapshot.chunkStore).set(key, chunk.slice()) };
}

type Part = 'module' | 'heap' | 'stable';

function partOf(kind: object): Part {
  if ('wasm_module' in kind) return 'module';
  return 'wasm_memory' in kind ? 'heap' : 'stable';
}

function sizesOf(snapshot: CanisterSnapshot): Record<Part, bigint> {
  return {
    module: BigInt(snapshot.moduleBytes.length),
    heap: BigInt(snapshot.heap.byteLength),
    stable: BigInt(snapshot.stable.sizePages) * wasmPageBytes,
  };
}

function checkedRange(offset: bigint, size: bigint, available: bigint): readonly [number, number] {
  if (offset + size > available) throw invalidSlice(offset, size);
  return [Number(offset), Number(size)];
}

/** @throws ManagementRejection IC0408 for sizes no canister can have */
function checkedSizes(argument: UploadSnapshotMetadataArgument): {
  readonly module: number;
  readonly heap: number;
} {
  const refuse = (isWrong: boolean, reason: string): void => {
    if (isWrong) throw invalidSnapshotMetadata(reason);
  };
  const { wasm_module_size, wasm_memory_size, stable_memory_size, certified_data } = argument;
  refuse(wasm_module_size > maximumModuleBytes, 'Wasm module size is too large');
  refuse(wasm_memory_size > maximumHeapBytes, 'Wasm memory size is too large');
  refuse(wasm_memory_size % wasmPageBytes !== 0n, 'Wasm memory size is not a multiple of the page size');
  refuse(stable_memory_size > maximumStableBytes, 'Stable memory size is too large');
  refuse(stable_memory_size % wasmPageBytes !== 0n, 'Stable memory size is not a multiple of the page size');
  refuse(certified_data.length > maximumCertifiedDataBytes, 'Certified data is too large');
  return { module: Number(wasm_module_size), heap: Number(wasm_memory_size) };
}

function candidGlobalOf(type: GlobalType, value: HeapImage['globals'][number]): CandidGlobal {
  switch (type) {
    case 'i32':
      return { i32: Number(value) };
    case 'i64':
      return { i64: BigInt(value) };
    case 'f32':
      return { f32: Number(value) };
    case 'f64':
      return { f64: Number(value) };
    case 'v128':
      return { v128: BigInt(value) };
  }
}

function valueOf(global: CandidGlobal): number | bigint {
  return Object.values(global)[0] as number | bigint;
}
