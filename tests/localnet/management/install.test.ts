import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ManagementServices } from '../../../src/localnet/management/index.ts';
import { upgradeOptionRejection } from '../../../src/localnet/management/index.ts';
import { prepareModule } from '../../../src/localnet/wasm/index.ts';
import {
  alice,
  bob,
  emptyModule,
  freezingLimit,
  ManagementHarness,
  trappingModule,
} from './management-harness.ts';
import { rejectionOf } from './rejection-of.ts';

const sha256 = (bytes: Uint8Array) => Uint8Array.from(createHash('sha256').update(bytes).digest());
const mebibyte = 1_048_576;

/** A valid module of any size: the rest is one custom section. */
function moduleOfSize(bytes: number): Uint8Array {
  const contentLength = bytes - 8 - 6;
  const leb128 = [0, 7, 14, 21, 28].map(
    (shift) => ((contentLength >>> shift) & 0x7f) | (shift < 28 ? 0x80 : 0),
  );
  // No two mebibytes are the same, or the store would keep them once.
  const module = Uint8Array.from({ length: bytes }, (_, index) => index >> 20);
  module.set([...emptyModule, 0, ...leb128, 1, 0x78]);
  return module;
}

/** A module with one private custom section of this name. */
function moduleWithSection(name: string): Uint8Array {
  const label = new TextEncoder().encode(`icp:private ${name}`);
  return Uint8Array.from([...emptyModule, 0, label.length + 1, label.length, ...label]);
}

describe('install_code', () => {
  test('installs into an empty canister and records it', () => {
    const harness = new ManagementHarness();
    const client = harness.client(alice);
    const id = client.createCanister();
    client.installCode(id, { module: emptyModule });
    const canister = harness.canister(id);
    expect(canister.code?.moduleHash).toEqual(sha256(emptyModule));
    expect(canister.history.recent[1]).toMatchObject({
      canisterVersion: 1n,
      origin: { kind: 'user', userId: alice },
      details: { kind: 'codeDeployment', mode: 'install', moduleHash: sha256(emptyModule) },
    });
  });

  test('refuses to install over code', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const rejection = rejectionOf(() => {
      harness.client(alice).installCode(target.id, { module: emptyModule });
    });
    expect(rejection).toMatchObject({ rejectCode: 5, errorCode: 'IC0514' });
    expect(rejection.message).toContain(
      `Canister ${target.id.toText()} cannot be installed because the canister is not empty. ` +
        "Try installing with mode='reinstall' instead.",
    );
  });

  test('a failed install is answered with its error and leaves no entry', () => {
    const harness = new ManagementHarness();
    const client = harness.client(alice);
    const id = client.createCanister();
    expect(
      rejectionOf(() => {
        client.installCode(id, { module: trappingModule });
      }).errorCode,
    ).toBe('IC0503');
    expect(harness.canister(id).history.totalChanges).toBe(1n);
  });

  test.each(['reinstall', 'upgrade'] as const)('%s is recorded as such', (mode) => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    harness.client(alice).installCode(target.id, { mode, module: emptyModule });
    expect(target.history.recent.at(-1)?.details).toMatchObject({ kind: 'codeDeployment', mode });
  });

  test('the options of an upgrade reach the network', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const modes: Parameters<ManagementServices['installCode']>[1][] = [];
    const installCode = harness.services.installCode.bind(harness.services);
    harness.services.installCode = (...call) => {
      modes.push(call[1]);
      return installCode(...call);
    };
    const upgrade = (skipPreUpgrade: boolean, wasmMemoryPersistence: 'keep' | 'replace' | undefined) =>
      ({ kind: 'upgrade', skipPreUpgrade, wasmMemoryPersistence }) as const;
    const expected = [upgrade(true, undefined), upgrade(false, 'keep'), upgrade(false, 'replace')];
    for (const mode of expected) harness.client(alice).installCode(target.id, { mode, module: emptyModule });
    harness.client(alice).installCode(target.id, { mode: 'upgrade', module: emptyModule });
    expect(modes).toEqual([...expected, upgrade(false, undefined)]);
  });

  test('a heap that is the memory of the canister is neither lost nor kept by accident', () => {
    const plain = prepareModule(emptyModule);
    const persistent = prepareModule(moduleWithSection('enhanced-orthogonal-persistence'));
    const upgrade = (wasmMemoryPersistence: 'keep' | 'replace' | undefined) =>
      ({ kind: 'upgrade', skipPreUpgrade: false, wasmMemoryPersistence }) as const;
    expect(upgradeOptionRejection(upgrade(undefined), persistent, persistent)).toEqual({
      rejectCode: 5,
      errorCode: 'IC0504',
      message:
        'Missing upgrade option: Enhanced orthogonal persistence requires the `wasm_memory_persistence` upgrade option.',
    });
    expect(upgradeOptionRejection(upgrade('keep'), plain, plain)?.message).toMatch(
      /^Invalid upgrade option: /,
    );
    expect(upgradeOptionRejection(upgrade('keep'), plain, persistent)).toBeUndefined();
    expect(upgradeOptionRejection(upgrade('replace'), persistent, plain)).toBeUndefined();
    expect(upgradeOptionRejection(upgrade(undefined), plain, plain)).toBeUndefined();
    expect(upgradeOptionRejection({ kind: 'reinstall' }, persistent, plain)).toBeUndefined();
  });
});

describe('install_chunked_code', () => {
  test('a module too large for one message goes through the chunk store', () => {
    const harness = new ManagementHarness();
    const client = harness.client(alice);
    const id = client.createCanister();
    const module = moduleOfSize(3 * mebibyte);
    client.installCode(id, { module });
    expect(harness.canister(id).code?.moduleHash).toEqual(sha256(module));
    expect(client.storedChunks(id)).toHaveLength(3);
  });

  test('chunks of another canister may be used by whoever controls both', () => {
    const harness = new ManagementHarness();
    const store = harness.addCanister();
    const target = harness.addCanister();
    const client = harness.client(alice);
    const chunk = client.uploadChunk(store.id, emptyModule);
    const install = () => {
      client.installChunkedCode(target.id, {
        mode: 'reinstall',
        chunkHashes: [chunk],
        moduleHash: sha256(emptyModule),
        storeCanister: store.id,
      });
    };
    install();
    expect(target.history.recent.at(-1)?.details).toMatchObject({ mode: 'reinstall' });
    store.settings.controllers = [bob];
    const rejection = rejectionOf(install);
    expect(rejection.errorCode).toBe('IC0512');
    expect(rejection.message).toContain(
      `Only the controllers of the canister ${store.id.toText()} can control it.`,
    );
  });

  const wrongHash = new Uint8Array(32).fill(9);
  const failures: [string, Uint8Array, Uint8Array, string][] = [
    ['a chunk is not there', wrongHash, sha256(emptyModule), 'IC0504'],
    ['a chunk hash is too short', new Uint8Array(31), sha256(emptyModule), 'IC0504'],
    ['the module has another hash', sha256(emptyModule), wrongHash, 'IC0504'],
    ['the module hash is no hash', sha256(emptyModule), new Uint8Array(5), 'IC0408'],
  ];
  test.each(failures)('nothing is installed when %s', (_case, chunkHash, moduleHash, errorCode) => {
    const harness = new ManagementHarness();
    const client = harness.client(alice);
    const id = client.createCanister();
    client.uploadChunk(id, emptyModule);
    const rejection = rejectionOf(() => {
      client.installChunkedCode(id, { chunkHashes: [chunkHash], moduleHash });
    });
    expect(rejection.errorCode).toBe(errorCode);
    expect(harness.canister(id).code).toBeUndefined();
  });

  test('a store canister that does not exist is named in the error', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const gone = harness.addCanister();
    harness.services.removeCanister(gone);
    const rejection = rejectionOf(() => {
      harness
        .client(alice)
        .installChunkedCode(target.id, { chunkHashes: [], moduleHash: wrongHash, storeCanister: gone.id });
    });
    expect(rejection.message).toContain(`Store canister ${gone.id.toText()} was not found`);
  });
});

describe('the chunk store', () => {
  test('lists the hashes in ascending order, and once per chunk', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const client = harness.client(alice);
    const chunks = [5, 1, 3, 5].map((byte) => client.uploadChunk(target.id, Uint8Array.of(byte)));
    const expected = [...new Set(chunks.map((hash) => Buffer.from(hash).toString('hex')))].sort();
    expect(client.storedChunks(target.id).map((hash) => Buffer.from(hash).toString('hex'))).toEqual(expected);
  });

  test('takes a chunk of 1 MiB and none that is larger', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const client = harness.client(alice);
    client.uploadChunk(target.id, new Uint8Array(mebibyte));
    const rejection = rejectionOf(() => client.uploadChunk(target.id, new Uint8Array(mebibyte + 1)));
    expect(rejection).toMatchObject({ rejectCode: 5, errorCode: 'IC0504' });
    expect(rejection.message).toContain(
      'Error from Wasm chunk store: Wasm chunk size 1048577 exceeds the maximum chunk size of 1048576.',
    );
  });

  test('holds 100 chunks; one that is there already still fits', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const client = harness.client(alice);
    for (let byte = 0; byte < 100; byte += 1) client.uploadChunk(target.id, Uint8Array.of(byte));
    expect(rejectionOf(() => client.uploadChunk(target.id, Uint8Array.of(100))).message).toContain(
      'Wasm chunk store has already reached maximum capacity of 104857600 bytes or the maximum number of entries, 100',
    );
    client.uploadChunk(target.id, Uint8Array.of(99));
    client.clearChunkStore(target.id);
    expect(client.storedChunks(target.id)).toEqual([]);
  });

  test('charges each upload to the canister, as long as it does not freeze', () => {
    const harness = new ManagementHarness();
    const fee = 200_000_000n;
    const target = harness.addCanister(2n * fee + freezingLimit - 1n);
    const client = harness.client(alice);
    client.uploadChunk(target.id, Uint8Array.of(1));
    expect(target.cycles).toBe(fee + freezingLimit - 1n);
    expect(rejectionOf(() => client.uploadChunk(target.id, Uint8Array.of(2))).message).toContain(
      'at least 1 additional cycles',
    );
    expect(target.chunkStore.size).toBe(1);
  });
});
