import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as signatures from '../../../src/localnet/management/candid-snapshots.ts';
import type { Signature } from '../../../src/localnet/management/signature.ts';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import { program } from '../support/program.ts';
import { TestNetwork, user } from '../support/test-network.ts';

function call<Argument, Result>(
  net: TestNetwork,
  method: string,
  { encodeArgument, decodeResult }: Signature<Argument, Result>,
  argument: Argument,
): Result {
  const arg = encodeArgument(argument);
  return decodeResult(net.network.update({ sender: user, canisterId: managementCanisterId, method, arg }));
}

/** The whole of something that is read in slices. */
function download(read: (offset: bigint, size: bigint) => Uint8Array, size: bigint): Uint8Array {
  const parts: Uint8Array[] = [];
  const step = 100_000n;
  for (let offset = 0n; offset < size; offset += step) {
    parts.push(read(offset, size - offset < step ? size - offset : step));
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** A canister with something in every kind of memory, and a snapshot of it. */
function withSnapshot() {
  const net = new TestNetwork();
  const id = net.canister();
  const timer = net.network.timeNanos + 10n ** 15n;
  net.run(
    id,
    program()
      .addToHeap(5n)
      .addToGlobal(6n)
      .growStable(2n)
      .writeStable(7n)
      .certify('sealed')
      .setTimer(timer)
      .reply(),
  );
  net.management.uploadChunk(id, Uint8Array.of(1, 2, 3));
  const snapshotId = net.management.takeSnapshot(id).id;
  const target = { canister_id: id, snapshot_id: snapshotId };
  return { net, id, timer, target };
}

function metadataOf(net: TestNetwork, target: signatures.SnapshotTarget) {
  return call(net, 'read_canister_snapshot_metadata', signatures.readCanisterSnapshotMetadata, target);
}

function dataOf(net: TestNetwork, target: signatures.SnapshotTarget, kind: signatures.CandidDataKind) {
  const argument = { ...target, kind };
  return call(net, 'read_canister_snapshot_data', signatures.readCanisterSnapshotData, argument).chunk;
}

/** Reads everything of a snapshot and uploads it to another canister, as `icp canister snapshot` does. */
function copy(
  net: TestNetwork,
  source: signatures.SnapshotTarget,
  canisterId: typeof source.canister_id,
  change: Partial<signatures.UploadSnapshotMetadataArgument> = {},
) {
  const metadata = metadataOf(net, source);
  const { snapshot_id } = call(
    net,
    'upload_canister_snapshot_metadata',
    signatures.uploadCanisterSnapshotMetadata,
    { ...metadata, canister_id: canisterId, replace_snapshot: [], ...change },
  );
  const target = { canister_id: canisterId, snapshot_id };
  const upload = (kind: signatures.CandidDataPlace, chunk: Uint8Array): void => {
    const argument = { ...target, kind, chunk };
    call(net, 'upload_canister_snapshot_data', signatures.uploadCanisterSnapshotData, argument);
  };
  const sizes = {
    wasm_module: metadata.wasm_module_size,
    wasm_memory: metadata.wasm_memory_size,
    stable_memory: metadata.stable_memory_size,
  };
  for (const [part, size] of Object.entries(sizes)) {
    const read = (offset: bigint, length: bigint) =>
      dataOf(net, source, { [part]: { offset, size: length } } as signatures.CandidDataKind);
    const bytes = download(read, size);
    for (let offset = 0; offset < bytes.length; offset += 90_001) {
      const kind = { [part]: { offset: BigInt(offset) } } as signatures.CandidDataPlace;
      upload(kind, bytes.subarray(offset, offset + 90_001));
    }
  }
  for (const { hash } of metadata.wasm_chunk_store) {
    upload({ wasm_chunk: null }, dataOf(net, source, { wasm_chunk: { hash } }));
  }
  return target;
}

describe('a snapshot', () => {
  test('tells everything about itself', () => {
    const { net, id, timer, target } = withSnapshot();
    const view = net.network.canister(id);
    expect(metadataOf(net, target)).toMatchObject({
      source: { taken_from_canister: null },
      taken_at_timestamp: view.history.at(0)?.timestampNanos,
      wasm_memory_size: BigInt(view.heapBytes),
      stable_memory_size: 131_072n,
      canister_version: view.version,
      certified_data: new TextEncoder().encode('sealed'),
      global_timer: [{ active: timer }],
      wasm_chunk_store: [{ hash: expect.any(Uint8Array) as Uint8Array }],
    });
    const { globals } = metadataOf(net, target);
    expect(globals).toContainEqual({ i64: 6n });
    expect(globals).toContainEqual({ i32: expect.any(Number) as number });
  });

  test('that is downloaded and uploaded to another canister, then loaded, makes that canister a copy', () => {
    const { net, timer, target } = withSnapshot();
    const other = net.canister();
    const copied = copy(net, target, other);
    expect(metadataOf(net, copied)).toMatchObject({
      ...metadataOf(net, target),
      source: { metadata_upload: null },
      taken_at_timestamp: net.network.timeNanos,
      canister_version: net.network.canister(other).version,
    });
    net.management.loadSnapshot(other, copied.snapshot_id);
    const all = program()
      .appendNumber('heapCounter')
      .appendNumber('globalCounter')
      .appendNumber('stableCounter');
    expect(net.lookNumbers(other, all.reply())).toEqual([5n, 6n, 7n]);
    const { moduleHash } = net.network.canister(target.canister_id);
    const view = net.network.canister(other);
    expect(view).toMatchObject({ moduleHash, globalTimerNanos: timer });
    expect(new TextDecoder().decode(view.certifiedData)).toBe('sealed');
    expect(view.chunkHashes).toEqual(net.network.canister(target.canister_id).chunkHashes);
    expect(view.history.at(-1)?.details).toMatchObject({
      kind: 'loadSnapshot',
      source: 'metadataUpload',
      fromCanisterId: undefined,
    });
  });

  test('can be loaded onto another canister of the same controller, and the history says whose it was', () => {
    const { net, id, target } = withSnapshot();
    const other = net.canister({ variant: 1 });
    net.management.loadSnapshot(other, target.snapshot_id);
    expect(net.lookNumbers(other, program().appendNumber('stableCounter').reply())).toEqual([7n]);
    const details = net.network.canister(other).history.at(-1)?.details;
    expect(details?.kind === 'loadSnapshot' && details.fromCanisterId?.toText()).toBe(id.toText());
  });

  test('of a canister that the caller does not control cannot be loaded onto another', () => {
    const { net, id, target } = withSnapshot();
    const other = net.canister();
    net.management.updateSettings(id, { controllers: [] });
    expect(
      net.rejection(() => {
        net.management.loadSnapshot(other, target.snapshot_id);
      }),
    ).toMatchObject({
      errorCode: 'IC0406',
      rejectMessage: expect.stringContaining('Only a controller of the canister that snapshot') as string,
    });
  });

  test('that is larger than the canister can pay for is not loaded, and nothing is paid', () => {
    const { net, id } = withSnapshot();
    net.run(id, program().growStable(80_000n).reply());
    const large = net.management.takeSnapshot(id).id;
    const poor = net.canister({ cycles: 1_300_000_000_000n });
    const before = net.network.canister(poor);
    net.management.updateSettings(poor, { freezing_threshold: 3n * 10n ** 6n });
    const load = () => {
      net.management.loadSnapshot(poor, large);
    };
    expect(net.rejection(load).errorCode).toBe('IC0532');
    expect(net.network.canister(poor)).toMatchObject({
      moduleHash: before.moduleHash,
      stableBytes: 0,
      totalChanges: before.totalChanges,
    });
  });

  test('is loaded by whoever can carry it and pay for loading it, to the last cycle', () => {
    const { net, id } = withSnapshot();
    net.run(id, program().growStable(80_000n).reply());
    const snapshot = net.management.takeSnapshot(id);
    const target = net.management.createCanister({ cycles: 10_000_000_000n });
    const balance = () => net.network.canister(target).cycles;
    const load = () => {
      net.management.loadSnapshot(target, snapshot.id);
    };
    /** Tries, and gives the canister what it lacked, and what the next message costs. */
    const lackOf = () => {
      const before = balance();
      const { errorCode, rejectMessage } = net.rejection(load);
      const missing = BigInt(/at least (\d+) additional cycles/i.exec(rejectMessage)?.[1] ?? 0);
      net.network.addCycles(target, missing + before - balance());
      return [errorCode, missing];
    };
    expect(lackOf()).toEqual(['IC0532', expect.anything()]);
    expect(lackOf()).toEqual(['IC0207', snapshot.total_size]);
    load();
    expect(net.network.canister(target).stableBytes).toBe(80_002 * 65_536);
  });

  test('is loaded whatever the heap limit and the memory allocation are: both bind only what grows later', () => {
    const { net, target } = withSnapshot();
    const small = net.canister();
    net.management.updateSettings(small, { wasm_memory_limit: 1n, memory_allocation: 1n });
    net.management.loadSnapshot(small, target.snapshot_id);
    expect(net.lookNumbers(small, program().appendNumber('heapCounter').reply())).toEqual([5n]);
    expect(net.rejection(() => net.run(small, program().reply())).errorCode).toBe('IC0539');
  });

  test('that is uploaded must say of the low-memory hook what can be true where it is loaded', () => {
    const { net, target } = withSnapshot();
    const other = net.canister();
    const load = (status: signatures.CandidHookStatus) => {
      const upload = copy(net, target, other, { on_low_wasm_memory_hook_status: [status] });
      net.management.loadSnapshot(other, upload.snapshot_id);
    };
    for (const [status, name] of [
      [{ ready: null }, 'Ready'],
      [{ executed: null }, 'Executed'],
    ] as const) {
      const rejection = net.rejection(() => {
        load(status);
      });
      expect(rejection).toMatchObject({
        errorCode: 'IC0408',
        rejectMessage:
          `Hook status (Some(${name})) of uploaded snapshot is inconsistent with the canister's state ` +
          '(hook condition satisfied: false).',
      });
    }
    load({ condition_not_satisfied: null });
    net.management.updateSettings(other, { wasm_memory_limit: 1n, wasm_memory_threshold: 1n });
    expect(
      net.rejection(() => {
        load({ condition_not_satisfied: null });
      }).rejectMessage,
    ).toContain('(hook condition satisfied: true)');
  });

  test('that is uploaded tells whether the low-memory hook has run, and it does not run again for it', () => {
    const net = new TestNetwork();
    const [id, other] = [net.canister(), net.canister()];
    const counting = program().store('lowWasmMemory', program().addToHeap(1n)).reply();
    net.run(id, counting);
    const low = { wasm_memory_limit: 1_048_576n, wasm_memory_threshold: 1_048_576n };
    for (const canister of [id, other]) net.management.updateSettings(canister, low);
    net.network.run();
    const counter = (of: typeof id) => net.lookNumbers(of, program().appendNumber('heapCounter').reply());
    expect(counter(id)).toEqual([1n]);
    const taken = { canister_id: id, snapshot_id: net.management.takeSnapshot(id).id };
    expect(metadataOf(net, taken).on_low_wasm_memory_hook_status).toEqual([{ executed: null }]);
    const load = (snapshotId: Uint8Array) => {
      net.management.loadSnapshot(other, snapshotId);
      net.network.run();
      return counter(other);
    };
    expect(load(copy(net, taken, other).snapshot_id)).toEqual([1n]);
    const ready = copy(net, taken, other, { on_low_wasm_memory_hook_status: [{ ready: null }] });
    expect(load(ready.snapshot_id), 'an upload that says "ready" has the hook run').toEqual([2n]);
  });

  test('that was taken cannot be written to', () => {
    const { net, target } = withSnapshot();
    const argument = { ...target, kind: { wasm_memory: { offset: 0n } }, chunk: Uint8Array.of(1) };
    expect(
      net.rejection(() => {
        call(net, 'upload_canister_snapshot_data', signatures.uploadCanisterSnapshotData, argument);
      }).errorCode,
    ).toBe('IC0409');
  });

  test('is read and written only within its parts, whatever the range', () => {
    const { net, target } = withSnapshot();
    const { wasm_module_size: moduleSize } = metadataOf(net, target);
    const nat64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const near = fc.bigInt({ min: 0n, max: moduleSize + 2n });
    fc.assert(
      fc.property(fc.oneof(near, nat64), fc.oneof(near, nat64), (offset, size) => {
        const read = () => dataOf(net, target, { wasm_module: { offset, size } });
        if (size <= 2_000_000n && offset + size <= moduleSize) expect(read()).toHaveLength(Number(size));
        else expect(net.rejection(read)).toMatchObject({ rejectCode: 4, errorCode: 'IC0408' });
      }),
      { numRuns: 40 },
    );
  });

  test('of another canister is not read as if it were one’s own', () => {
    const { net, target } = withSnapshot();
    const other = net.canister();
    const foreign = { ...target, canister_id: other };
    expect(net.rejection(() => metadataOf(net, foreign)).rejectMessage).toContain(
      'does not belong to canister',
    );
  });
});

describe('an uploaded snapshot', () => {
  const nothing: Omit<signatures.UploadSnapshotMetadataArgument, 'canister_id'> = {
    replace_snapshot: [],
    wasm_module_size: 8n,
    globals: [],
    wasm_memory_size: 0n,
    stable_memory_size: 0n,
    certified_data: new Uint8Array(),
    global_timer: [],
    on_low_wasm_memory_hook_status: [],
  };
  const begin = (net: TestNetwork, argument: signatures.UploadSnapshotMetadataArgument) =>
    call(net, 'upload_canister_snapshot_metadata', signatures.uploadCanisterSnapshotMetadata, argument)
      .snapshot_id;

  test('that is no module is refused when it is loaded, and changes nothing', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const before = net.network.canister(id);
    const snapshotId = begin(net, { ...nothing, canister_id: id });
    expect(
      net.rejection(() => {
        net.management.loadSnapshot(id, snapshotId);
      }).errorCode,
    ).toBe('IC0505');
    expect(net.network.canister(id)).toMatchObject({
      moduleHash: before.moduleHash,
      version: before.version,
      totalChanges: before.totalChanges,
    });
  });

  test('whose globals or heap are not the module’s is refused when it is loaded', () => {
    const { net, id, target } = withSnapshot();
    const metadata = metadataOf(net, target);
    const module = dataOf(net, target, { wasm_module: { offset: 0n, size: metadata.wasm_module_size } });
    const load = (change: Partial<signatures.UploadSnapshotMetadataArgument>) => {
      const uploaded = begin(net, { ...metadata, replace_snapshot: [], canister_id: id, ...change });
      const argument = {
        canister_id: id,
        snapshot_id: uploaded,
        kind: { wasm_module: { offset: 0n } },
        chunk: module,
      };
      call(net, 'upload_canister_snapshot_data', signatures.uploadCanisterSnapshotData, argument);
      net.management.loadSnapshot(id, uploaded);
    };
    expect(
      net.rejection(() => {
        load({ globals: [{ i64: 1n }] });
      }).rejectMessage,
    ).toBe('Wasm exported globals of canister module and snapshot metadata do not match.');
    load({});
  });

  test.each([
    { wasm_memory_size: 1n },
    { wasm_memory_size: 2n ** 33n },
    { stable_memory_size: 65_537n },
    { stable_memory_size: 2n ** 50n },
    { wasm_module_size: 2n ** 40n },
    { certified_data: new Uint8Array(33) },
  ])('with %o is refused at once', (change) => {
    const net = new TestNetwork();
    const id = net.canister();
    expect(net.rejection(() => begin(net, { ...nothing, canister_id: id, ...change }))).toMatchObject({
      rejectCode: 4,
      errorCode: 'IC0408',
    });
    expect(net.management.listSnapshots(id)).toEqual([]);
  });

  test('that the canister could not pay to keep is refused and costs nothing', () => {
    const net = new TestNetwork();
    const id = net.canister({ cycles: 5_000_000_000_000n });
    const before = net.network.canister(id);
    const argument = { ...nothing, canister_id: id, stable_memory_size: 2n ** 36n };
    expect(net.rejection(() => begin(net, argument)).errorCode).toBe('IC0532');
    expect(net.network.canister(id).memoryBytes).toBe(before.memoryBytes);
  });
});
