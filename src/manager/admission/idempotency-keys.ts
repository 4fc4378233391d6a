import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import { idempotencyKeyKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';

/** The job a caller's key stands for. Keys are the caller's own: two callers' equal keys are two keys. */
export function jobOfKey(owner: Uint8Array, key: string): bigint | undefined {
  const bytes = records.get(idempotencyKeyKey(owner, key));
  return bytes && new BinaryReader(bytes).u64();
}

/** Binds a key to a job, for ever. */
export function rememberKey(owner: Uint8Array, key: string, jobId: bigint): void {
  records.set(idempotencyKeyKey(owner, key), new BinaryWriter().u64(jobId).finish());
}
