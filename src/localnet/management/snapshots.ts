import { isWasmMemoryLow } from '../low-wasm-memory.ts';
import type { CanisterSnapshot, CanisterState, InstalledCode } from '../state.ts';
import { InvalidModuleError, prepareUpload } from '../wasm/index.ts';
import { requireCycles } from './cycles.ts';
import { originOf, recordChange } from './history.ts';
import { snapshotBaseFeeCycles } from './limits.ts';
import { uninstallCode } from './lifecycle.ts';
import type { CanisterRequest } from './method.ts';
import {
  hookInconsistent,
  invalidModuleInSnapshot,
  notControllerOfSnapshot,
  snapshotInconsistent,
  snapshotNotFound,
  snapshotOfEmptyCanister,
} from './rejections.ts';
import { toHex } from './sha256.ts';
import type { Nothing } from './signature.ts';
import { includesPrincipal } from './settings.ts';
import { addSnapshot, findSnapshot, ownerOf } from './snapshot-store.ts';
import type {
  CandidSnapshot,
  SenderVersionRecord,
  SnapshotIdRecord,
  TakeSnapshotArgument,
} from './signatures.ts';

/** `take_canister_snapshot`: keeps heap, stable memory, globals, certified data and chunks; not cycles or settings. */
export function takeSnapshot(request: CanisterRequest<TakeSnapshotArgument>): CandidSnapshot {
  const { services, canister, argument } = request;
  const { code } = canister;
  if (code === undefined) throw snapshotOfEmptyCanister(canister.id);
  const uninstalls = argument.uninstall_code[0] === true;
  const snapshot = addSnapshot(
    services,
    canister,
    {
      source: 'takenFromCanister',
      takenAtNanos: services.timeNanos,
      canisterVersion: canister.version,
      moduleBytes: code.uploadedModule,
      heap: code.heap,
      globalTypes: code.module.mutableGlobalTypes,
      stable: code.stable,
      certifiedData: code.certifiedData,
      globalTimerNanos: code.globalTimerNanos,
      lowWasmMemoryHook: canister.lowWasmMemoryHook,
      chunkStore: new Map(canister.chunkStore),
    },
    { replacedId: argument.replace_snapshot[0], feeCycles: snapshotBaseFeeCycles, codeGoes: uninstalls },
  );
  if (uninstalls) uninstallCode(request);
  return candidSnapshotOf(snapshot);
}

/**
 * `load_canister_snapshot`: of this canister or of another one of the caller's. The version rises above every earlier
 * one, whatever it was when the snapshot was taken.
 */
export function loadSnapshot(request: CanisterRequest<SnapshotIdRecord & SenderVersionRecord>): Nothing {
  const { services, call, canister, argument } = request;
  const { owner, snapshot } = snapshotToLoad(request);
  requireCycles(services, canister, snapshotBaseFeeCycles, canister);
  const code = codeOf(snapshot, canister, services.timeNanos);
  const loaded = { ...canister, code, chunkStore: new Map(snapshot.chunkStore) };
  requireFittingHook(snapshot, loaded);
  const begun = { ...canister, cycles: canister.cycles - snapshotBaseFeeCycles };
  requireCycles(services, begun, snapshot.totalBytes, loaded);
  if (!services.restoreCode(canister, code)) {
    throw snapshotInconsistent('The Wasm memory of the snapshot does not fit its Wasm module.');
  }
  services.burnCycles(canister, snapshotBaseFeeCycles + snapshot.totalBytes);
  restoreHook(snapshot, canister);
  canister.chunkStore = loaded.chunkStore;
  recordChange(services, canister, originOf(call, argument.sender_canister_version), {
    kind: 'loadSnapshot',
    fromCanisterId: owner === canister ? undefined : owner.id,
    source: snapshot.source,
    snapshotId: snapshot.id,
    canisterVersion: snapshot.canisterVersion,
    takenAtNanos: snapshot.takenAtNanos,
  });
}

function snapshotToLoad({ services, call, canister, argument }: CanisterRequest<SnapshotIdRecord>): {
  readonly owner: CanisterState;
  readonly snapshot: CanisterSnapshot;
} {
  const id = argument.snapshot_id;
  const owner = ownerOf(services, id);
  if (owner === undefined) throw snapshotNotFound(canister.id, toHex(id));
  if (owner !== canister && !includesPrincipal(owner.settings.controllers, call.caller)) {
    throw notControllerOfSnapshot(toHex(id), canister.id, call.caller);
  }
  return { owner, snapshot: findSnapshot(services, owner, id) };
}

/** @throws ManagementRejection for an upload that is no module, or whose globals are another module's */
function codeOf(snapshot: CanisterSnapshot, canister: CanisterState, timeNanos: bigint): InstalledCode {
  const { prepared, bytes, hash } = prepareSnapshotModule(snapshot);
  const types = prepared.mutableGlobalTypes;
  if (types.length !== snapshot.globalTypes.length || types.some((t, i) => t !== snapshot.globalTypes[i])) {
    throw snapshotInconsistent(
      'Wasm exported globals of canister module and snapshot metadata do not match.',
    );
  }
  return {
    module: prepared,
    moduleHash: hash,
    uploadedModule: bytes,
    installedAtNanos: timeNanos,
    heap: snapshot.heap,
    stable: snapshot.stable,
    certifiedData: snapshot.certifiedData,
    globalTimerNanos: timerAfterLoading(snapshot, canister),
  };
}

function prepareSnapshotModule(snapshot: CanisterSnapshot) {
  try {
    return prepareUpload(snapshot.moduleBytes);
  } catch (error) {
    if (error instanceof InvalidModuleError) throw invalidModuleInSnapshot(error);
    throw error;
  }
}

/** What was taken is loaded with the timer inactive; an upload says itself, or leaves the timer alone. */
function timerAfterLoading(snapshot: CanisterSnapshot, canister: CanisterState): bigint {
  if (snapshot.source === 'takenFromCanister') return 0n;
  return snapshot.globalTimerNanos ?? canister.code?.globalTimerNanos ?? 0n;
}

/**
 * An upload that tells about the low-memory hook must tell what can be true of the canister it is loaded onto.
 *
 * @throws ManagementRejection IC0408
 */
function requireFittingHook(snapshot: CanisterSnapshot, loaded: CanisterState): void {
  const { source, lowWasmMemoryHook } = snapshot;
  if (source === 'takenFromCanister' || lowWasmMemoryHook === undefined) return;
  const isLow = isWasmMemoryLow(loaded);
  if (isLow === (lowWasmMemoryHook !== 'conditionNotSatisfied')) return;
  throw hookInconsistent(lowWasmMemoryHook, isLow);
}

/**
 * An upload may say that the low-memory hook has run. Whether it should run now the network finds out by itself, as
 * after every management call. What was taken leaves the hook as it is.
 */
function restoreHook({ source, lowWasmMemoryHook }: CanisterSnapshot, canister: CanisterState): void {
  if (source === 'takenFromCanister' || lowWasmMemoryHook === undefined) return;
  canister.lowWasmMemoryHook = lowWasmMemoryHook === 'executed' ? 'executed' : 'conditionNotSatisfied';
}

export function listSnapshots({ canister }: CanisterRequest<unknown>): CandidSnapshot[] {
  return [...canister.snapshots.values()].map(candidSnapshotOf);
}

export function deleteSnapshot({ services, canister, argument }: CanisterRequest<SnapshotIdRecord>): Nothing {
  canister.snapshots.delete(toHex(findSnapshot(services, canister, argument.snapshot_id).id));
}

function candidSnapshotOf(snapshot: CanisterSnapshot): CandidSnapshot {
  return {
    id: snapshot.id,
    taken_at_timestamp: snapshot.takenAtNanos,
    total_size: snapshot.totalBytes,
  };
}
