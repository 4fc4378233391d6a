import { BinaryWriter } from '../../saga/index.ts';
import { greeterKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { readMeta, updateMeta } from '../storage/meta.ts';
import { addOwnerGreeter } from './owners.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** A registered Greeter: the mission's result. */
export interface GreeterRow {
  readonly canisterId: Uint8Array;
  readonly owner: Uint8Array;
  readonly jobId: bigint;
  readonly templateVersion: string;
  readonly registeredAtMs: number;
}

/** Appends to the registry and to the owner's list, in the same message. */
export function registerGreeter(row: GreeterRow): void {
  const index = readMeta().greeters;
  const writer = new BinaryWriter().u8(schemaVersion).bytes(row.canisterId).bytes(row.owner).u64(row.jobId);
  records.set(greeterKey(index), writer.text(row.templateVersion).timeMs(row.registeredAtMs).finish());
  updateMeta({ greeters: index + 1 });
  addOwnerGreeter(row.owner, index);
}

/** The Greeter registered as number `index`, counted from 0. */
export function greeterAt(index: number): GreeterRow | undefined {
  const bytes = records.get(greeterKey(index));
  if (!bytes) return undefined;
  const reader = versionedReader('greeter row', bytes, schemaVersion);
  return {
    canisterId: reader.bytes(),
    owner: reader.bytes(),
    jobId: reader.u64(),
    templateVersion: reader.text(),
    registeredAtMs: reader.timeMs(),
  };
}
