import type { CanisterState } from '../state.ts';
import { missingFor, requireCycles } from './cycles.ts';
import { chunkBytes, maximumStoredChunks, uploadChunkFeeCycles } from './limits.ts';
import type { CanisterRequest } from './method.ts';
import { chunkStoreError, outOfCycles } from './rejections.ts';
import { sha256, toHex } from './sha256.ts';
import type { Nothing } from './signature.ts';

/** `upload_chunk`: a chunk that is there already is accepted and charged again, but stored once. */
export function uploadChunk({ services, canister, argument }: CanisterRequest<{ chunk: Uint8Array }>): {
  hash: Uint8Array;
} {
  const { chunk } = argument;
  if (chunk.length > chunkBytes) {
    throw chunkStoreError(`Wasm chunk size ${chunk.length} exceeds the maximum chunk size of ${chunkBytes}`);
  }
  const hash = sha256(chunk);
  const key = toHex(hash);
  if (!canister.chunkStore.has(key) && canister.chunkStore.size >= maximumStoredChunks) {
    throw chunkStoreError(
      `Wasm chunk store has already reached maximum capacity of ${maximumStoredChunks * chunkBytes} bytes ` +
        `or the maximum number of entries, ${maximumStoredChunks}`,
    );
  }
  const missingCycles = missingFor(services, canister, uploadChunkFeeCycles);
  if (missingCycles > 0n) {
    throw chunkStoreError(`Error charging for 'upload_chunk': ${outOfCycles(canister.id, missingCycles)}`);
  }
  // Copied: a view into the call's argument would keep the whole message alive.
  const chunkStore = new Map(canister.chunkStore).set(key, chunk.slice());
  const charged = { ...canister, cycles: canister.cycles - uploadChunkFeeCycles };
  requireCycles(services, charged, 0n, { ...canister, chunkStore });
  canister.chunkStore = chunkStore;
  services.burnCycles(canister, uploadChunkFeeCycles);
  return { hash };
}

/** `stored_chunks`: hashes in ascending order, the order of the replica's map. */
export function storedChunks({ canister }: CanisterRequest<unknown>): { hash: Uint8Array }[] {
  return [...canister.chunkStore.keys()]
    .sort()
    .map((key) => ({ hash: Uint8Array.from(Buffer.from(key, 'hex')) }));
}

export function clearChunkStore({ canister }: CanisterRequest<unknown>): Nothing {
  canister.chunkStore.clear();
}

/**
 * Puts a module together from stored chunks.
 *
 * @param hashes of the chunks, in order
 * @param moduleHash SHA-256 that the result must have
 * @throws ManagementRejection IC0504 when a chunk is missing or the result has another hash
 */
export function assembleModule(
  store: CanisterState['chunkStore'],
  hashes: readonly Uint8Array[],
  moduleHash: Uint8Array,
): Uint8Array {
  const chunks = hashes.map((hash) => {
    if (hash.length !== 32) throw chunkStoreError('Chunk hash is invalid. The length is not 32');
    const chunk = store.get(toHex(hash));
    if (chunk === undefined) throw chunkStoreError(`Chunk hash [${hash.join(', ')}] was not found`);
    return chunk;
  });
  const module = Uint8Array.from(Buffer.concat(chunks));
  const actualHash = sha256(module);
  if (Buffer.compare(actualHash, moduleHash) !== 0) {
    throw chunkStoreError(
      `Wasm module hash [${actualHash.join(', ')}] does not match given hash [${moduleHash.join(', ')}]`,
    );
  }
  return module;
}
