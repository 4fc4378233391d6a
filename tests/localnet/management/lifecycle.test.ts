import { describe, expect, test } from 'vitest';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { alice, emptyModule, ManagementHarness } from './management-harness.ts';
import { rejectionOf } from './rejection-of.ts';

describe('uninstall_code', () => {
  test('clears code and chunks, keeps cycles, settings, status and snapshots, and is recorded', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const client = harness.client(alice);
    client.takeSnapshot(target.id);
    client.uploadChunk(target.id, emptyModule);
    const kept = () => ({
      cycles: target.cycles,
      settings: target.settings,
      status: target.status,
      snapshots: target.snapshots.size,
    });
    const before = kept();
    client.uninstallCode(target.id);
    expect([target.code, target.chunkStore.size]).toEqual([undefined, 0]);
    expect(kept()).toEqual(before);
    expect(target.history.recent.at(-1)).toMatchObject({
      canisterVersion: target.version,
      details: { kind: 'codeUninstall' },
    });
  });
});

describe('delete_canister', () => {
  test('burns the cycles and forgets the canister', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister(123n);
    const client = harness.client(alice);
    client.stopCanister(target.id);
    client.deleteCanister(target.id);
    expect(harness.services.findCanister(target.id)).toBeUndefined();
    expect(harness.state.cycles.burned).toBe(123n);
    expect(rejectionOf(() => client.canisterStatus(target.id)).errorCode).toBe('IC0301');
  });

  test('needs a stopped canister', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const rejection = rejectionOf(() => {
      harness.client(alice).deleteCanister(target.id);
    });
    expect(rejection).toMatchObject({ rejectCode: 5, errorCode: 'IC0510' });
    expect(rejection.message).toContain(
      `Canister ${target.id.toText()} must be stopped before it is deleted.`,
    );
  });

  test('needs empty queues', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const client = harness.client(alice);
    client.stopCanister(target.id);
    harness.busy.add(target);
    expect(
      rejectionOf(() => {
        client.deleteCanister(target.id);
      }),
    ).toMatchObject({
      rejectCode: 2,
      errorCode: 'IC0203',
    });
  });

  test('is refused to the canister itself, even as its own controller', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    target.settings.controllers = [target.id];
    target.status = 'stopped';
    const argument = { canister_id: target.id };
    const call = () => {
      harness.invoke(target, 'delete_canister', signatures.deleteCanister, argument);
    };
    expect(rejectionOf(call).message).toContain(`Canister ${target.id.toText()} cannot delete itself.`);
  });
});

describe('start_canister and stop_canister', () => {
  test('change the status and raise the version', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const client = harness.client(alice);
    client.stopCanister(target.id);
    expect(client.canisterStatus(target.id)).toMatchObject({
      status: { stopped: null },
      ready_for_migration: true,
    });
    client.startCanister(target.id);
    expect(client.canisterStatus(target.id)).toMatchObject({
      status: { running: null },
      ready_for_migration: false,
    });
  });
});
