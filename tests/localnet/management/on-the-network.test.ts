import { createHash } from 'node:crypto';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import {
  CallRejectedError,
  LocalNetwork,
  managementCanisterId,
  managementClient,
} from '../../../src/localnet/index.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { program } from '../support/program.ts';
import { TestNetwork, user } from '../support/test-network.ts';

const mebibyte = 1_048_576;
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A valid module of any size: one custom section of bytes that do not compress. */
function moduleOfSize(bytes: number): Uint8Array {
  const content = bytes - header.length - 6;
  const leb128 = [0, 7, 14, 21, 28].map((shift) => ((content >>> shift) & 0x7f) | (shift < 28 ? 0x80 : 0));
  const module = Uint8Array.from({ length: bytes }, (_, index) => (index * 2_654_435_761) >>> 24);
  module.set([...header, 0, ...leb128, 1, 0x78]);
  return module;
}

function setup() {
  const network = new LocalNetwork({ recountCycles: true });
  return { network, management: managementClient(network, user) };
}

describe('the management canister of a network', () => {
  test('installs a module of several mebibytes through the chunk store, in messages a user may send', () => {
    const { network, management } = setup();
    const id = management.createCanister();
    const module = moduleOfSize(5 * mebibyte);
    management.installCode(id, { module });
    expect(network.canister(id).moduleHash).toEqual(
      Uint8Array.from(createHash('sha256').update(module).digest()),
    );
    expect(network.canister(id).chunkHashes).toHaveLength(5);
  });

  test('does not take a module larger than a message in one message', () => {
    const { network, management } = setup();
    const id = management.createCanister();
    const arg = signatures.installCode.encodeArgument({
      canister_id: id,
      mode: { install: null },
      wasm_module: moduleOfSize(2 * mebibyte),
      arg: new Uint8Array(),
      sender_canister_version: [],
    });
    const call = { sender: user, canisterId: managementCanisterId, method: 'install_code', arg };
    expect(() => network.submitUpdate(call)).toThrow(CallRejectedError);
  });

  test('a chunk is stored only if the canister can go on keeping it', () => {
    const { network, management } = setup();
    // Enough for the upload, but not for keeping a mebibyte for thirty days.
    const id = management.createCanister({ cycles: 300_000_000n });
    const upload = () => management.uploadChunk(id, Uint8Array.of(1));
    const before = network.canister(id).cycles;
    const rejection = thrownBy(CallRejectedError, upload);
    const messageFee = before - network.canister(id).cycles;
    expect(rejection.errorCode).toBe('IC0532');
    expect(rejection.rejectMessage).toContain('Canister cannot grow memory by 1048576 bytes');
    expect(network.canister(id).chunkHashes).toEqual([]);
    const missing = BigInt(/At least (\d+)/.exec(rejection.rejectMessage)?.[1] ?? 0);
    network.addCycles(id, messageFee + missing - 1n);
    expect(thrownBy(CallRejectedError, upload).rejectMessage).toContain('At least 1 additional');
    network.addCycles(id, messageFee + 1n);
    upload();
    expect(network.canister(id).chunkHashes).toHaveLength(1);
  });

  test('the target pays for receiving a call about it, a new canister for nothing', () => {
    const { network, management } = setup();
    const id = management.createCanister({ cycles: 1_000_000_000_000n });
    expect(network.canister(id).cycles).toBe(1_000_000_000_000n);
    management.canisterStatus(id);
    const afterStatus = network.canister(id).cycles;
    expect(afterStatus).toBeLessThan(1_000_000_000_000n);
    management.topUpCanister(id, 5n);
    expect(network.canister(id).cycles).toBe(afterStatus + 5n);
  });

  test('settings of a frozen canister can be changed, so that it thaws', () => {
    const { network, management } = setup();
    const id = management.createCanister({ cycles: 1_000_000_000_000n });
    management.installCode(id, { module: Uint8Array.from(header) });
    management.updateSettings(id, { freezing_threshold: 2n ** 60n });
    expect(() => {
      management.stopCanister(id);
    }).toThrow(/IC0207/);
    management.updateSettings(id, { freezing_threshold: 1n });
    management.stopCanister(id);
    expect(network.canister(id).status).toBe('stopped');
  });

  test('answers the status as a query, which costs nothing and shows the same', () => {
    const { network, management } = setup();
    const id = management.createCanister();
    const call = {
      sender: user,
      canisterId: managementCanisterId,
      method: 'canister_status',
      arg: IDL.encode([IDL.Record({ canister_id: IDL.Principal })], [{ canister_id: id }]),
    };
    const before = network.canister(id).cycles;
    const queried = signatures.canisterStatus.decodeResult(network.query(call));
    expect(network.canister(id).cycles).toBe(before);
    const updated = management.canisterStatus(id);
    expect({ ...queried, cycles: 0n }).toEqual({ ...updated, cycles: 0n });
    const byStranger = { ...call, sender: Principal.anonymous() };
    expect(() => network.query(byStranger)).toThrow(/Only the controllers of the canister/);
  });

  test('counts in the status everything that the canister occupies, snapshots and log included', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.run(id, program().print('something').reply());
    net.management.uploadChunk(id, Uint8Array.of(1));
    const { total_size: snapshotBytes } = net.management.takeSnapshot(id);
    const { memory_size, memory_metrics: metrics } = net.management.canisterStatus(id);
    expect(metrics.snapshots_size).toBe(snapshotBytes);
    expect(Object.values<bigint>({ ...metrics }).every((bytes) => bytes >= 0n)).toBe(true);
    expect(memory_size).toBe(Object.values<bigint>({ ...metrics }).reduce((sum, bytes) => sum + bytes));
  });

  test('shows the log to controllers', () => {
    const test = new TestNetwork();
    const id = test.canister();
    const arg = IDL.encode([IDL.Record({ canister_id: IDL.Principal })], [{ canister_id: id }]);
    expect(() => test.network.update({ sender: user, canisterId: id, method: 'absent', arg })).toThrow(
      /IC0536/,
    );
    const call = { sender: user, canisterId: managementCanisterId, method: 'fetch_canister_logs', arg };
    const logs = signatures.fetchCanisterLogs.decodeResult(test.network.query(call));
    expect(logs.canister_log_records.map(({ content }) => new TextDecoder().decode(content))).toEqual(
      test.network.canister(id).log,
    );
  });

  test('can be made to refuse installations as too frequent, once', () => {
    const { network, management } = setup();
    const id = management.createCanister();
    const message = `Canister ${id.toText()} is rate limited because it executed too many instructions in the previous install_code messages. Please retry installation after several minutes.`;
    network.faults.add(
      { method: 'install_code', nth: 1 },
      { kind: 'reject', rejection: { rejectCode: 2, errorCode: 'IC0209', message } },
    );
    const install = () => {
      management.installCode(id, { module: Uint8Array.from(header) });
    };
    expect(install).toThrow(/reject code 2, IC0209/);
    install();
    expect(network.canister(id).moduleHash).toBeDefined();
  });

  test('a checkpoint brings back chunks, settings, history and snapshots', () => {
    const { network, management } = setup();
    const id = management.createCanister();
    management.installCode(id, { module: Uint8Array.from(header) });
    const view = () => ({ ...network.canister(id), snapshots: management.listSnapshots(id).length });
    const checkpoint = network.checkpoint();
    const before = view();
    network.restore(checkpoint);
    management.uploadChunk(id, Uint8Array.of(1));
    management.takeSnapshot(id);
    management.updateSettings(id, { controllers: [user, Principal.anonymous()], freezing_threshold: 1n });
    network.restore(checkpoint);
    expect(view()).toEqual(before);
  });

  test('ids follow one another, pass over taken ones and are never used again', () => {
    const { management } = setup();
    const first = management.createCanister();
    expect(first.toText()).toBe('lxzze-o7777-77777-aaaaa-cai');
    const specifiedId = Principal.fromText('lz3um-vp777-77777-aaaba-cai');
    const second = management.createCanister();
    management.stopCanister(second);
    management.deleteCanister(second);
    expect(management.createCanister({ specifiedId }).toText()).toBe(specifiedId.toText());
    const later = [1, 2].map(() => management.createCanister().toText());
    expect(later).not.toContain(second.toText());
    expect(later).not.toContain(specifiedId.toText());
    expect(new Set(later).size).toBe(2);
  });
});
