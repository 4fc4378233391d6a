import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { interfaceToPic, type PicPrincipal, toPic } from '../../support/pocket-ic-types.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { picNetwork } from './pic-network.ts';

const net = picNetwork();
const anonymous = toPic(Principal.anonymous());
const alice = toPic(Principal.selfAuthenticating(new Uint8Array([1])));
const texts = (principals: readonly PicPrincipal[]): string[] => principals.map(String);
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const heapCounter = program().appendNumber('heapCounter').reply();
const stableCounter = program().appendNumber('stableCounter').reply();

/** The module made so large that it travels in chunks: with a custom section of random bytes in front. */
function inflated(wasm: Uint8Array, bytes: number): Uint8Array {
  const name = Buffer.from('\x07padding', 'latin1');
  const length = Buffer.from(leb128(name.length + bytes));
  const section = Buffer.concat([Buffer.of(0), length, name, randomBytes(bytes)]);
  const header = 8;
  return new Uint8Array(Buffer.concat([wasm.subarray(0, header), section, wasm.subarray(header)]));
}

function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb128(value >>> 7)];
}

describe('the client creates a canister', () => {
  test('for whoever sends, with the cycles it asks for', async () => {
    const canisterId = await net.pic.createCanister({ sender: alice, cycles: 5_000_000_000_000n });
    expect(texts(await net.pic.getControllers(canisterId))).toEqual([alice.toText()]);
    // What the client says is a bigint is a number whenever one is exact.
    expect(Number(await net.pic.getCyclesBalance(canisterId))).toBe(5_000_000_000_000);
    expect(canisterId.toText()).toBe((await net.pic.getDefaultEffectiveCanisterId()).toText());
  });

  test('with all the settings there are', async () => {
    const canisterId = await net.pic.createCanister({
      controllers: [alice, anonymous],
      computeAllocation: 1n,
      memoryAllocation: 10_000_000n,
      freezingThreshold: 1_000n,
      reservedCyclesLimit: 4_000_000_000_000n,
      logVisibility: { allowedViewers: [alice] },
      snapshotVisibility: { public: null },
      logMemoryLimit: 4_096n,
      wasmMemoryLimit: 20_000_000n,
      wasmMemoryThreshold: 1_000_000n,
      environmentVariables: [{ name: 'COLOUR', value: 'blue' }],
    });
    const { settings, status, moduleHash } = await net.pic.canisterStatus({ canisterId });
    expect(texts(settings.controllers).sort()).toEqual(texts([alice, anonymous]).sort());
    expect(settings).toMatchObject({
      computeAllocation: 1n,
      memoryAllocation: 10_000_000n,
      freezingThreshold: 1_000n,
      reservedCyclesLimit: 4_000_000_000_000n,
      wasmMemoryLimit: 20_000_000n,
      wasmMemoryThreshold: 1_000_000n,
      environmentVariables: [{ name: 'COLOUR', value: 'blue' }],
    });
    expect(status).toEqual({ running: null });
    expect(moduleHash).toBeNull();
  });

  test('with a particular id, or on the one subnet', async () => {
    const targetCanisterId = toPic(Principal.fromText('lz3um-vp777-77777-aaaba-cai'));
    const [subnet] = await net.pic.getApplicationSubnets();
    if (subnet === undefined) throw new Error('There is no subnet.');
    expect(String(await net.pic.createCanister({ targetCanisterId }))).toBe(targetCanisterId.toText());
    await expect(net.pic.createCanister({ targetCanisterId })).rejects.toThrow(/CanisterIdAlreadyExists/);
    const canisterId = await net.pic.createCanister({ targetSubnetId: subnet.id });
    expect(String(await net.pic.getCanisterSubnetId(canisterId))).toBe(subnet.id.toText());
  });
});

describe('the client installs code', () => {
  test('from bytes or from a file, upgrades it and installs it anew', async () => {
    const canisterId = await net.pic.createCanister();
    const wasm = programmableCanister();
    const folder = mkdtempSync(join(tmpdir(), 'pocket-ic-wasm-'));
    writeFileSync(join(folder, 'canister.wasm'), wasm);
    await net.pic.installCode({ canisterId, wasm: join(folder, 'canister.wasm') });
    rmSync(folder, { recursive: true });
    expect((await net.pic.canisterStatus({ canisterId })).moduleHash).toEqual(sha256(wasm));

    await net.run(canisterId, program().addToHeap(1n).growStable(1n).writeStable(7n).reply());
    expect(await net.lookNumber(canisterId, heapCounter)).toBe(1n);
    const next = programmableCanister({ variant: 2 });
    await net.pic.upgradeCanister({
      canisterId,
      wasm: next,
      upgradeModeOptions: { skip_pre_upgrade: [true], wasm_memory_persistence: [] },
    });
    expect((await net.pic.canisterStatus({ canisterId })).moduleHash).toEqual(sha256(next));
    expect(await net.lookNumber(canisterId, heapCounter)).toBe(0n);
    expect(await net.lookNumber(canisterId, stableCounter)).toBe(7n);

    await net.pic.reinstallCode({ canisterId, wasm, arg: program().addToHeap(3n).bytes });
    expect(await net.lookNumber(canisterId, heapCounter)).toBe(3n);
    expect(await net.lookNumber(canisterId, stableCounter)).toBe(0n);
  });

  test('too large for a message in chunks that are uploaded a dozen at a time', async () => {
    const canisterId = await net.pic.createCanister({ sender: alice });
    const wasm = inflated(programmableCanister(), 13_500_000);
    await net.pic.installCode({ canisterId, wasm, sender: alice, arg: program().addToHeap(2n).bytes });
    expect((await net.pic.canisterStatus({ canisterId, sender: alice })).moduleHash).toEqual(sha256(wasm));
    expect(await net.lookNumber(canisterId, heapCounter)).toBe(2n);
  });

  test('that is no module, or as nobody who may, in vain', async () => {
    const canisterId = await net.pic.createCanister();
    await expect(net.pic.installCode({ canisterId, wasm: new Uint8Array([1, 2, 3]) })).rejects.toThrow(
      /CanisterInvalidWasm/,
    );
    await expect(
      net.pic.installCode({ canisterId, wasm: programmableCanister(), sender: alice }),
    ).rejects.toThrow(/CanisterInvalidController\. Certified: false/);
  });
});

describe('the client administers a canister', () => {
  test('changes its settings', async () => {
    const canisterId = await net.canister();
    await net.pic.updateCanisterSettings({ canisterId, freezingThreshold: 5n, controllers: [alice] });
    expect(texts(await net.pic.getControllers(canisterId))).toEqual([alice.toText()]);
    const { settings } = await net.pic.canisterStatus({ canisterId, sender: alice });
    expect(settings.freezingThreshold).toBe(5n);
    await expect(net.pic.canisterStatus({ canisterId })).rejects.toThrow(/CanisterInvalidController/);
  });

  test('stops and starts it', async () => {
    const canisterId = await net.canister();
    await net.pic.stopCanister({ canisterId });
    expect((await net.pic.canisterStatus({ canisterId })).status).toEqual({ stopped: null });
    await expect(net.run(canisterId, program().reply())).rejects.toThrow(/CanisterStopped/);
    await net.pic.startCanister({ canisterId });
    expect(await net.run(canisterId, program().reply())).toEqual(new Uint8Array());
  });

  test('takes a snapshot and goes back to it', async () => {
    const canisterId = await net.canister();
    const management = net.pic.createActor<Snapshots>(snapshots, toPic(Principal.managementCanister()));
    await net.run(canisterId, program().addToHeap(1n).reply());
    const { id } = await management.take_canister_snapshot({ canister_id: canisterId, replace_snapshot: [] });
    await net.run(canisterId, program().addToHeap(1n).reply());
    expect(await net.lookNumber(canisterId, heapCounter)).toBe(2n);
    const load = { canister_id: canisterId, snapshot_id: id, sender_canister_version: [] };
    await management.load_canister_snapshot(load);
    expect(await net.lookNumber(canisterId, heapCounter)).toBe(1n);
    expect(await management.list_canister_snapshots({ canister_id: canisterId })).toMatchObject([{ id }]);
    await management.delete_canister_snapshot({ canister_id: canisterId, snapshot_id: id });
    expect(await management.list_canister_snapshots({ canister_id: canisterId })).toEqual([]);
  });

  test('asks for one that does not exist, and is told so', async () => {
    const canisterId = toPic(Principal.fromText('lz3um-vp777-77777-aaaba-cai'));
    expect(await net.pic.getCanisterSubnetId(canisterId)).toBeNull();
    const unknown = /CanisterNotFound\(CanisterId\(lz3um-vp777-77777-aaaba-cai\)\)/;
    await expect(net.pic.getControllers(canisterId)).rejects.toThrow(unknown);
    await expect(net.pic.getCyclesBalance(canisterId)).rejects.toThrow(unknown);
    await expect(net.pic.addCycles(canisterId, 1n)).rejects.toThrow(unknown);
    await expect(net.pic.getStableMemory(canisterId)).rejects.toThrow(unknown);
    await expect(net.pic.setStableMemory(canisterId, new Uint8Array(1))).rejects.toThrow(unknown);
  });
});

interface Snapshots {
  take_canister_snapshot: (arg: object) => Promise<{ id: Uint8Array }>;
  load_canister_snapshot: (arg: object) => Promise<void>;
  list_canister_snapshots: (arg: object) => Promise<{ id: Uint8Array }[]>;
  delete_canister_snapshot: (arg: object) => Promise<void>;
}

/** The management canister as far as snapshots go. */
const snapshots = interfaceToPic(({ IDL: idl }) => {
  const id = idl.Vec(idl.Nat8);
  const snapshot = idl.Record({ id, taken_at_timestamp: idl.Nat64, total_size: idl.Nat64 });
  const canister = { canister_id: idl.Principal };
  const named = { ...canister, snapshot_id: id };
  const take = idl.Record({ ...canister, replace_snapshot: idl.Opt(id) });
  const load = idl.Record({ ...named, sender_canister_version: idl.Opt(idl.Nat64) });
  return idl.Service({
    take_canister_snapshot: idl.Func([take], [snapshot], []),
    load_canister_snapshot: idl.Func([load], [], []),
    list_canister_snapshots: idl.Func([idl.Record(canister)], [idl.Vec(snapshot)], []),
    delete_canister_snapshot: idl.Func([idl.Record(named)], [], []),
  });
});
