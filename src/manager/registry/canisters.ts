import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import { canisterKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';

const schemaVersion = 2;

/**
 * What a canister the Manager made is for: `bound` to an open job, `registered` with its owner, `vacant` and waiting
 * for a job, `unfit` for any, or `gone` from the network. Stored by place: append only. `surplus` is what version 1 wrote for a canister that
 * its job went on without; nothing knew more about it, so it counts as not accounted for, and `findOrphans` finds it.
 */
const uses = ['bound', 'registered', 'surplus', 'vacant', 'unfit', 'gone'] as const;
export type CanisterUse = Exclude<(typeof uses)[number], 'surplus'>;

export interface CanisterAccount {
  readonly use: CanisterUse;
  /** The job that has it, or had it last; 0: none. */
  readonly jobId: bigint;
}

/** Accounts for a canister. Every canister the Manager learns of has exactly one such row from its first message on. */
export function accountForCanister(canisterId: Uint8Array, use: CanisterUse, jobId: bigint): void {
  const writer = new BinaryWriter().u8(schemaVersion).u8(uses.indexOf(use)).u64(jobId);
  records.set(canisterKey(canisterId), writer.finish());
}

export function canisterAccount(canisterId: Uint8Array): CanisterAccount | undefined {
  const bytes = records.get(canisterKey(canisterId));
  if (!bytes) return undefined;
  const reader = new BinaryReader(bytes);
  const version = reader.u8();
  if (version < 1 || version > schemaVersion) {
    throw new Error(`canister account: unknown schema version ${version}`);
  }
  const use = reader.word(uses);
  return use === 'surplus' ? undefined : { use, jobId: reader.u64() };
}
