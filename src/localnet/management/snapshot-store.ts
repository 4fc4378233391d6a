import { Principal } from '@dfinity/principal';
import { emptyLog } from '../canister-log.ts';
import { maximumPrincipalBytes } from '../limits.ts';
import type { CanisterSnapshot, CanisterState } from '../state.ts';
import type { ManagementServices } from './contract.ts';
import { requireCycles } from './cycles.ts';
import { chunkBytes, maximumSnapshotsPerCanister } from './limits.ts';
import { snapshotNotFound, snapshotOfAnotherCanister, tooManySnapshots } from './rejections.ts';
import { toHex } from './sha256.ts';

/** A snapshot before it has a place among the canister's. */
export type NewSnapshot = Omit<CanisterSnapshot, 'id' | 'totalBytes'>;

const wasmPageBytes = 65_536n;
const bytesPerGlobal = 8n;
const counterBytes = 8;

/** What a snapshot takes of its canister's memory. */
export function snapshotBytes(snapshot: NewSnapshot): bigint {
  return (
    BigInt(snapshot.moduleBytes.length + snapshot.heap.byteLength + snapshot.certifiedData.length) +
    BigInt(snapshot.stable.sizePages) * wasmPageBytes +
    BigInt(snapshot.heap.globals.length) * bytesPerGlobal +
    BigInt(snapshot.chunkStore.size * chunkBytes)
  );
}

/** The canister a snapshot belongs to: its id is the first part of the snapshot's. */
export function ownerOf(services: ManagementServices, snapshotId: Uint8Array): CanisterState | undefined {
  const idBytes = snapshotId.subarray(0, -counterBytes);
  if (idBytes.length > maximumPrincipalBytes) return undefined;
  const owner = services.findCanister(Principal.fromUint8Array(idBytes));
  return owner?.snapshots.has(toHex(snapshotId)) === true ? owner : undefined;
}

/** A snapshot of this very canister. @throws ManagementRejection IC0305, IC0406 */
export function findSnapshot(
  services: ManagementServices,
  canister: CanisterState,
  id: Uint8Array,
): CanisterSnapshot {
  const snapshot = canister.snapshots.get(toHex(id));
  if (snapshot !== undefined) return snapshot;
  throw ownerOf(services, id) === undefined
    ? snapshotNotFound(canister.id, toHex(id))
    : snapshotOfAnotherCanister(canister.id, toHex(id));
}

interface AddOptions {
  readonly replacedId: Uint8Array | undefined;
  /** For making it, to which comes one cycle for each of its bytes. */
  readonly feeCycles: bigint;
  /** The code is uninstalled in the same call, with its chunks and its log. */
  readonly codeGoes: boolean;
}

/**
 * Adds a snapshot, in the place of another one if so wished. The canister pays for its making and must be able to
 * pay for keeping it; otherwise nothing changes.
 *
 * @throws ManagementRejection IC0305, IC0406, IC0207, IC0532
 */
export function addSnapshot(
  services: ManagementServices,
  canister: CanisterState,
  snapshot: NewSnapshot,
  options: AddOptions,
): CanisterSnapshot {
  const replaced = options.replacedId && findSnapshot(services, canister, options.replacedId);
  if (replaced === undefined && canister.snapshots.size >= maximumSnapshotsPerCanister) {
    throw tooManySnapshots(canister.id, maximumSnapshotsPerCanister);
  }
  const added = { ...snapshot, id: nextSnapshotId(canister), totalBytes: snapshotBytes(snapshot) };
  const snapshots = new Map(canister.snapshots);
  if (replaced !== undefined) snapshots.delete(toHex(replaced.id));
  snapshots.set(toHex(added.id), added);
  const feeCycles = options.feeCycles + added.totalBytes;
  const afterwards = options.codeGoes
    ? { ...canister, snapshots, code: undefined, chunkStore: new Map(), log: emptyLog() }
    : { ...canister, snapshots };
  requireCycles(services, canister, feeCycles, afterwards);
  canister.snapshots = snapshots;
  services.burnCycles(canister, feeCycles);
  canister.nextSnapshotNumber += 1n;
  return added;
}

/** The canister's id followed by a counter, as on the replica: no two canisters share a snapshot id. */
function nextSnapshotId(canister: CanisterState): Uint8Array {
  const counter = new Uint8Array(counterBytes);
  new DataView(counter.buffer).setBigUint64(0, canister.nextSnapshotNumber);
  return Uint8Array.from([...canister.id.toUint8Array(), ...counter]);
}
