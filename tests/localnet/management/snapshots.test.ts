import { describe, expect, test } from 'vitest';
import { alice, emptyModule, freezingLimit, ManagementHarness } from './management-harness.ts';
import { rejectionOf } from './rejection-of.ts';

function setup() {
  const harness = new ManagementHarness();
  const target = harness.addCanister();
  return { harness, target, client: harness.client(alice) };
}

describe('snapshots', () => {
  test('a loaded snapshot brings back code and chunks, and the version goes on rising', () => {
    const { target, client } = setup();
    client.uploadChunk(target.id, emptyModule);
    const snapshot = client.takeSnapshot(target.id);
    const code = target.code;
    client.uninstallCode(target.id);
    const versionBefore = target.version;
    client.loadSnapshot(target.id, snapshot.id);
    expect(target.code).toEqual(code);
    expect(target.chunkStore.size).toBe(1);
    expect(target.version).toBe(versionBefore + 1n);
    expect(target.history.recent.at(-1)).toMatchObject({
      canisterVersion: target.version,
      details: { kind: 'loadSnapshot', snapshotId: snapshot.id, canisterVersion: 1n },
    });
  });

  test('what happens after taking a snapshot does not change it', () => {
    const { target, client } = setup();
    const snapshot = client.takeSnapshot(target.id);
    client.uploadChunk(target.id, emptyModule);
    if (target.code !== undefined) target.code.certifiedData = Uint8Array.of(1);
    client.loadSnapshot(target.id, snapshot.id);
    expect(target.chunkStore.size).toBe(0);
    expect(target.code?.certifiedData).toEqual(new Uint8Array());
  });

  test('ids are never used again, and replacing frees the place of the old one', () => {
    const { target, client } = setup();
    const first = client.takeSnapshot(target.id);
    const second = client.takeSnapshot(target.id, { replace: first.id });
    expect(second.id).not.toEqual(first.id);
    client.deleteSnapshot(target.id, second.id);
    const third = client.takeSnapshot(target.id);
    expect(client.listSnapshots(target.id)).toEqual([third]);
    expect([first.id, second.id]).not.toContainEqual(third.id);
  });

  test('a canister keeps ten', () => {
    const { target, client } = setup();
    for (let count = 0; count < 10; count += 1) client.takeSnapshot(target.id);
    expect(rejectionOf(() => client.takeSnapshot(target.id))).toMatchObject({
      rejectCode: 4,
      errorCode: 'IC0406',
    });
    expect(client.listSnapshots(target.id)).toHaveLength(10);
  });

  test('taking and loading cost 2 billion cycles and one for each byte, as long as the canister does not freeze', () => {
    const harness = new ManagementHarness();
    const bytes = BigInt(emptyModule.length);
    const fee = 2_000_000_000n + bytes;
    const target = harness.addCanister(2n * fee + freezingLimit - 1n);
    const client = harness.client(alice);
    const { id, total_size } = client.takeSnapshot(target.id);
    expect(total_size).toBe(bytes);
    expect(target.cycles).toBe(fee + freezingLimit - 1n);
    const rejection = rejectionOf(() => {
      client.loadSnapshot(target.id, id);
    });
    expect(rejection).toMatchObject({ rejectCode: 2, errorCode: 'IC0207' });
    expect(rejection.message).toContain('at least 1 additional cycles');
  });

  test('an empty canister has nothing to keep', () => {
    const { target, client } = setup();
    client.uninstallCode(target.id);
    expect(rejectionOf(() => client.takeSnapshot(target.id))).toEqual({
      rejectCode: 4,
      errorCode: 'IC0406',
      message: `Failed to create snapshot for empty canister ${target.id.toText()}:`,
    });
  });

  test('a snapshot that does not exist is not found', () => {
    const { target, client } = setup();
    const id = Uint8Array.of(1, 2);
    for (const call of [
      () => {
        client.loadSnapshot(target.id, id);
      },
      () => {
        client.deleteSnapshot(target.id, id);
      },
      () => client.takeSnapshot(target.id, { replace: id }),
    ]) {
      expect(rejectionOf(call)).toMatchObject({ rejectCode: 3, errorCode: 'IC0305' });
    }
  });
});
