import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CandidInfo } from '../../../src/localnet/management/candid-history.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import type { CanisterState } from '../../../src/localnet/state.ts';
import { alice, bob, emptyModule, ManagementHarness } from './management-harness.ts';
import { rejectionOf } from './rejection-of.ts';

function infoOf(
  harness: ManagementHarness,
  asking: CanisterState,
  target: CanisterState,
  count?: bigint,
): CandidInfo {
  const argument = {
    canister_id: target.id,
    num_requested_changes: count === undefined ? ([] as []) : ([count] as [bigint]),
  };
  return harness.invoke(asking, 'canister_info', signatures.canisterInfo, argument);
}

describe('canister_info', () => {
  test('shows as many of the last changes as are asked for, the newest last', () => {
    const harness = new ManagementHarness();
    const asking = harness.addCanister();
    const client = harness.client(alice);
    const target = harness.canister(client.createCanister());
    client.installCode(target.id, { module: emptyModule });
    client.uninstallCode(target.id);
    const kinds = (count?: bigint) =>
      infoOf(harness, asking, target, count).recent_changes.map(({ details }) => Object.keys(details)[0]);
    expect(kinds()).toEqual([]);
    expect(kinds(2n)).toEqual(['code_deployment', 'code_uninstall']);
    expect(kinds(99n)).toEqual(['creation', 'code_deployment', 'code_uninstall']);
    expect(infoOf(harness, asking, target)).toMatchObject({
      total_num_changes: 3n,
      module_hash: [],
      controllers: [alice],
    });
  });

  test('only changes of controllers enter the history, each with the new controllers and the version after it', () => {
    const harness = new ManagementHarness();
    const asking = harness.addCanister();
    const target = harness.addCanister();
    const client = harness.client(alice);
    client.updateSettings(target.id, { freezing_threshold: 1n });
    expect(infoOf(harness, asking, target).total_num_changes).toBe(0n);
    client.updateSettings(target.id, { controllers: [bob] });
    expect(infoOf(harness, asking, target, 1n).recent_changes).toEqual([
      {
        timestamp_nanos: harness.services.timeNanos,
        canister_version: 3n,
        origin: { from_user: { user_id: alice } },
        details: { controllers_change: { controllers: [bob] } },
      },
    ]);
  });

  test('names the calling canister, with its version only when it stated it', () => {
    const harness = new ManagementHarness();
    const manager = harness.addCanister();
    const target = harness.addCanister();
    target.settings.controllers = [manager.id];
    const uninstall = (stated: [] | [bigint]) => {
      harness.invoke(manager, 'uninstall_code', signatures.uninstallCode, {
        canister_id: target.id,
        sender_canister_version: stated,
      });
    };
    uninstall([]);
    uninstall([manager.version]);
    expect(infoOf(harness, manager, target, 2n).recent_changes.map(({ origin }) => origin)).toEqual([
      { from_canister: { canister_id: manager.id, canister_version: [] } },
      { from_canister: { canister_id: manager.id, canister_version: [manager.version] } },
    ]);
  });

  test('any sequence of changes: the total counts them all, the last 20 stay, versions only rise', () => {
    const actions = fc.array(fc.constantFrom('reinstall', 'uninstall', 'controllers', 'threshold'), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(actions, (sequence) => {
        const harness = new ManagementHarness();
        const asking = harness.addCanister();
        const client = harness.client(alice);
        const target = harness.canister(client.createCanister());
        for (const action of sequence) {
          if (action === 'reinstall')
            client.installCode(target.id, { mode: 'reinstall', module: emptyModule });
          if (action === 'uninstall') client.uninstallCode(target.id);
          if (action === 'controllers') client.updateSettings(target.id, { controllers: [alice] });
          if (action === 'threshold') client.updateSettings(target.id, { freezing_threshold: 9n });
        }
        const total = 1 + sequence.filter((action) => action !== 'threshold').length;
        const { total_num_changes, recent_changes } = infoOf(harness, asking, target, 100n);
        expect(total_num_changes).toBe(BigInt(total));
        expect(recent_changes).toHaveLength(Math.min(total, 20));
        const versions = recent_changes.map(({ canister_version }) => canister_version);
        expect(versions).toEqual([...new Set(versions)].sort((a, b) => (a < b ? -1 : 1)));
        expect(target.version).toBe(BigInt(sequence.length));
      }),
    );
  });
});

describe('canister_status', () => {
  test('adds up the memory and shows cycles, version and module hash', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister(77n);
    const status = harness.client(alice).canisterStatus(target.id);
    expect(status).toMatchObject({
      cycles: 77n,
      version: 1n,
      module_hash: [target.code?.moduleHash],
      idle_cycles_burned_per_day: 5n,
      reserved_cycles: 0n,
    });
    expect(status.memory_size).toBe(Object.values({ ...status.memory_metrics }).reduce((a, b) => a + b, 0n));
  });

  test('of an empty canister has no module hash', () => {
    const harness = new ManagementHarness();
    const client = harness.client(alice);
    expect(client.canisterStatus(client.createCanister()).module_hash).toEqual([]);
  });
});

describe('canister_metadata', () => {
  const section = (visibility: string, name: string, content: string): number[] => {
    const encode = (text: string) => [...new TextEncoder().encode(text)];
    const label = encode(`icp:${visibility} ${name}`);
    const body = [label.length, ...label, ...encode(content)];
    return [0, body.length, ...body];
  };
  const module = Uint8Array.from([
    ...emptyModule,
    ...section('public', 'candid:service', 'service : {}'),
    ...section('private', 'secret', 'hush'),
  ]);

  test('public sections are for every canister, private ones for controllers', () => {
    const harness = new ManagementHarness();
    const asking = harness.addCanister();
    const target = harness.addCanister();
    harness.client(alice).installCode(target.id, { mode: 'reinstall', module });
    const read = (name: string) => {
      const argument = { canister_id: target.id, name };
      return new TextDecoder().decode(
        harness.invoke(asking, 'canister_metadata', signatures.canisterMetadata, argument).value,
      );
    };
    expect(read('candid:service')).toBe('service : {}');
    for (const name of ['secret', 'absent']) {
      expect(rejectionOf(() => read(name))).toEqual({
        rejectCode: 4,
        errorCode: 'IC0406',
        message: `The canister ${target.id.toText()} has no metadata section with the name ${name}.`,
      });
    }
    target.settings.controllers = [asking.id];
    expect(read('secret')).toBe('hush');
    harness.client(asking.id).uninstallCode(target.id);
    expect(rejectionOf(() => read('candid:service')).message).toBe(
      `The canister ${target.id.toText()} has no Wasm module and hence no metadata is available.`,
    );
  });
});

describe('raw_rand', () => {
  test('gives 32 bytes', () => {
    const harness = new ManagementHarness();
    expect(harness.invoke(harness.addCanister(), 'raw_rand', signatures.rawRand, undefined)).toHaveLength(32);
  });
});
