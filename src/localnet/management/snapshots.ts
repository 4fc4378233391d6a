import type { CanisterSnapshot, CanisterState } from '../state.ts';
import type { ManagementServices } from './contract.ts';
import { charge } from './cycles.ts';
import { originOf, recordChange } from './history.ts';
import { maximumSnapshotsPerCanister, snapshotBaseFeeCycles } from './limits.ts';
import { uninstallCode } from './lifecycle.ts';
import type { CanisterRequest } from './method.ts';
import {
  notEnoughCyclesForSnapshot,
  snapshotNotFound,
  snapshotOfEmptyCanister,
  tooManySnapshots,
} from './rejections.ts';
import { toHex } from './sha256.ts';
import type { Nothing } from './signature.ts';
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
  const [replacedId] = argument.replace_snapshot;
  const replaced = replacedId && findSnapshot(canister, replacedId);
  if (replaced === undefined && canister.snapshots.size >= maximumSnapshotsPerCanister) {
    throw tooManySnapshots(canister.id, maximumSnapshotsPerCanister);
  }
  const usage = services.memoryUsage(canister);
  const snapshot: CanisterSnapshot = {
    id: nextSnapshotId(canister),
    takenAtNanos: services.timeNanos,
    canisterVersion: canister.version,
    code: { ...code },
    chunkStore: new Map(canister.chunkStore),
    totalBytes:
      usage.wasmMemoryBytes +
      usage.stableMemoryBytes +
      usage.globalMemoryBytes +
      usage.wasmBinaryBytes +
      usage.chunkStoreBytes +
      BigInt(code.certifiedData.length),
  };
  pay(services, canister, snapshot);
  if (replaced !== undefined) canister.snapshots.delete(toHex(replaced.id));
  canister.snapshots.set(toHex(snapshot.id), snapshot);
  if (argument.uninstall_code[0] === true) uninstallCode(request);
  return candidSnapshotOf(snapshot);
}

/** `load_canister_snapshot`: the version rises above every earlier one, whatever it was when the snapshot was taken. */
export function loadSnapshot({
  services,
  call,
  canister,
  argument,
}: CanisterRequest<SnapshotIdRecord & SenderVersionRecord>): Nothing {
  const snapshot = findSnapshot(canister, argument.snapshot_id);
  pay(services, canister, snapshot);
  services.restoreCode(canister, snapshot.code);
  canister.chunkStore = new Map(snapshot.chunkStore);
  recordChange(services, canister, originOf(call, argument.sender_canister_version), {
    kind: 'loadSnapshot',
    snapshotId: snapshot.id,
    canisterVersion: snapshot.canisterVersion,
    takenAtNanos: snapshot.takenAtNanos,
  });
}

export function listSnapshots({ canister }: CanisterRequest<unknown>): CandidSnapshot[] {
  return [...canister.snapshots.values()].map(candidSnapshotOf);
}

export function deleteSnapshot({ canister, argument }: CanisterRequest<SnapshotIdRecord>): Nothing {
  canister.snapshots.delete(toHex(findSnapshot(canister, argument.snapshot_id).id));
}

function pay(services: ManagementServices, canister: CanisterState, { totalBytes }: CanisterSnapshot): void {
  const missingCycles = charge(services, canister, snapshotBaseFeeCycles + totalBytes);
  if (missingCycles > 0n) throw notEnoughCyclesForSnapshot(canister.id, missingCycles);
}

function findSnapshot(canister: CanisterState, id: Uint8Array): CanisterSnapshot {
  const snapshot = canister.snapshots.get(toHex(id));
  if (snapshot === undefined) throw snapshotNotFound(canister.id, toHex(id));
  return snapshot;
}

/** The canister's id followed by a counter of 8 bytes, as on the replica: no two canisters share a snapshot id. */
function nextSnapshotId(canister: CanisterState): Uint8Array {
  const counter = new Uint8Array(8);
  new DataView(counter.buffer).setBigUint64(0, canister.nextSnapshotNumber);
  canister.nextSnapshotNumber += 1n;
  return Uint8Array.from([...canister.id.toUint8Array(), ...counter]);
}

function candidSnapshotOf(snapshot: CanisterSnapshot): CandidSnapshot {
  return {
    id: snapshot.id,
    taken_at_timestamp: snapshot.takenAtNanos,
    total_size: snapshot.totalBytes,
  };
}
