import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import { canisterKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';

const schemaVersion = 1;

/**
 * What became of a canister the Manager created: `bound` to an open job, `registered` with its owner, or `surplus`:
 * its job went on without it, and the Manager still controls it.
 */
const uses = ['bound', 'registered', 'surplus'] as const;
export type CanisterUse = (typeof uses)[number];

/** Accounts for a canister. Every canister the Manager learns of has such a row from its first message on. */
export function accountForCanister(canisterId: Uint8Array, use: CanisterUse, jobId: bigint): void {
  const writer = new BinaryWriter().u8(schemaVersion).u8(uses.indexOf(use)).u64(jobId);
  records.set(canisterKey(canisterId), writer.finish());
}

export function canisterAccount(canisterId: Uint8Array): { use: CanisterUse; jobId: bigint } | undefined {
  const bytes = records.get(canisterKey(canisterId));
  if (!bytes) return undefined;
  const reader = new BinaryReader(bytes);
  const version = reader.u8();
  if (version !== schemaVersion) throw new Error(`canister account: unknown schema version ${version}`);
  return { use: reader.word(uses), jobId: reader.u64() };
}
