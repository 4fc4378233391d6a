import { BinaryWriter } from '../../saga/index.ts';
import { creationUnderWay } from '../provisioning/creation-under-way.ts';
import type { ProvisioningSaga } from '../provisioning/provisioning-step.ts';
import { creationsUnderWayKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** Keeps the index of creations under way in step with a job. */
export function followCreation(before: ProvisioningSaga, after: ProvisioningSaga): void {
  const was = creationUnderWay(before)?.hostVersion;
  const is = creationUnderWay(after)?.hostVersion;
  if (was === is) return;
  if (was !== undefined) {
    const others = readIds(was).filter((id) => id !== after.id);
    writeIds(was, others);
  }
  if (is !== undefined) writeIds(is, [...readIds(is), after.id]);
}

/**
 * Whether a job waits to learn what became of a creation that the Manager sent at this version of its own: a canister
 * that was born so is or will be that job's, although nothing accounts for it yet.
 */
export function isCreationUnderWay(hostVersion: bigint): boolean {
  return readIds(hostVersion).length > 0;
}

function readIds(hostVersion: bigint): bigint[] {
  const bytes = records.get(creationsUnderWayKey(hostVersion));
  if (!bytes) return [];
  const reader = versionedReader('creations under way', bytes, schemaVersion);
  const count = reader.u32();
  const ids = Array.from({ length: count }, () => reader.u64());
  reader.finish();
  return ids;
}

function writeIds(hostVersion: bigint, ids: readonly bigint[]): void {
  const key = creationsUnderWayKey(hostVersion);
  if (ids.length === 0) {
    records.delete(key);
    return;
  }
  const writer = new BinaryWriter().u8(schemaVersion).u32(ids.length);
  for (const id of ids) writer.u64(id);
  records.set(key, writer.finish());
}
