import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { TestNetwork } from '../support/test-network.ts';
import { manageFrom } from './support/canister-calls.ts';

const module = programmableCanister();
const moduleHash = sha256(module);
const half = module.length >> 1;
const chunks = [module.subarray(0, half), module.subarray(half)];

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

function setup() {
  const net = new TestNetwork();
  return { net, management: net.management, id: net.management.createCanister() };
}

describe('chunk store', () => {
  test('upload returns the hash, and stored chunks are listed until they are cleared', () => {
    const { management, id } = setup();
    const hashes = chunks.map((chunk) => management.uploadChunk(id, chunk));
    expect(hashes).toEqual(chunks.map(sha256));
    expect(management.storedChunks(id)).toHaveLength(2);
    management.clearChunkStore(id);
    expect(management.storedChunks(id)).toEqual([]);
  });

  test('the same chunk is stored once', () => {
    const { management, id } = setup();
    management.uploadChunk(id, module);
    management.uploadChunk(id, module);
    expect(management.storedChunks(id)).toHaveLength(1);
  });

  test('a chunk has at most 1 MiB, and a store at most 100 chunks', () => {
    const { net, management, id } = setup();
    expect(net.rejection(() => management.uploadChunk(id, new Uint8Array(1_048_577)))).toMatchObject({
      rejectCode: 5,
      errorCode: 'IC0504',
    });
    for (let number = 0; number < 100; number += 1) management.uploadChunk(id, Uint8Array.of(number));
    expect(net.rejection(() => management.uploadChunk(id, module)).rejectMessage).toContain(
      'maximum capacity',
    );
    management.uploadChunk(id, Uint8Array.of(7));
  });

  test('a module is installed from its chunks', () => {
    const { net, management, id } = setup();
    const chunkHashes = chunks.map((chunk) => management.uploadChunk(id, chunk));
    management.installChunkedCode(id, { chunkHashes, moduleHash });
    expect(net.runText(id, program().reply('assembled'))).toBe('assembled');
    expect(net.network.canister(id).moduleHash).toEqual(moduleHash);
  });

  test('a module is installed from another canister’s chunks, if the caller controls it', () => {
    const { net, management, id } = setup();
    const store = management.createCanister();
    const chunkHashes = chunks.map((chunk) => management.uploadChunk(store, chunk));
    management.installChunkedCode(id, { chunkHashes, moduleHash, storeCanister: store });
    management.updateSettings(store, { controllers: [] });
    const install = () => {
      management.installChunkedCode(id, {
        chunkHashes,
        moduleHash,
        storeCanister: store,
        mode: 'reinstall',
      });
    };
    expect(net.rejection(install).errorCode).toBe('IC0512');
  });

  test('a wrong hash or a missing chunk changes nothing', () => {
    const { net, management, id } = setup();
    const chunkHashes = chunks.map((chunk) => management.uploadChunk(id, chunk));
    const attempts = [
      { chunkHashes: chunkHashes.toReversed(), moduleHash },
      { chunkHashes: [...chunkHashes, new Uint8Array(32)], moduleHash },
      { chunkHashes, moduleHash: new Uint8Array(32) },
    ];
    for (const attempt of attempts) {
      const install = () => {
        management.installChunkedCode(id, attempt);
      };
      expect(net.rejection(install).errorCode).toBe('IC0504');
    }
    expect(net.network.canister(id).moduleHash).toBeUndefined();
  });

  test('a canister may use its own store though it does not control itself', () => {
    const { net } = setup();
    const id = net.canister();
    const argument = { canister_id: id, chunk: Uint8Array.of(1) };
    manageFrom(net, id, 'upload_chunk', signatures.uploadChunk, argument);
    const stored = manageFrom(net, id, 'stored_chunks', signatures.storedChunks, { canister_id: id });
    expect(stored).toHaveLength(1);
    manageFrom(net, id, 'clear_chunk_store', signatures.clearChunkStore, { canister_id: id });
    expect(net.network.canister(id).chunkHashes).toEqual([]);
  });

  test('reinstalling keeps the chunks, uninstalling does not', () => {
    const { net, management } = setup();
    const id = net.canister();
    management.uploadChunk(id, module);
    management.installCode(id, { mode: 'reinstall', module });
    expect(net.network.canister(id).chunkHashes).toHaveLength(1);
    management.uninstallCode(id);
    expect(net.network.canister(id).chunkHashes).toEqual([]);
  });
});
