import { gzipSync } from 'node:zlib';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId, managementClient } from '../../../src/localnet/index.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { TestNetwork, user } from '../support/test-network.ts';
import { callFrom, CanisterRejected, manageFrom } from './support/canister-calls.ts';

const stranger = Principal.selfAuthenticating(Uint8Array.of(77));
const module = programmableCanister();
const other = programmableCanister({ variant: 1 });

function setup() {
  const net = new TestNetwork();
  return { net, management: net.management, wrong: managementClient(net.network, stranger) };
}

describe('regular canisters', () => {
  test('create and install', () => {
    const { net } = setup();
    expect(net.runText(net.canister(), program().reply('it runs'))).toBe('it runs');
  });

  test('create_canister necessary', () => {
    const { net, management } = setup();
    const neverCreated = Principal.fromText('lqy7q-dh777-77777-aaaaq-cai');
    const install = () => {
      management.installCode(neverCreated, { module });
    };
    expect(net.rejection(install)).toMatchObject({ rejectCode: 3, errorCode: 'IC0301' });
  });

  test('management requests', () => {
    const { net, management, wrong } = setup();
    const id = management.createCanister();
    management.installCode(id, { module });
    const codes = [
      () => {
        management.installCode(id, { module });
      },
      () => {
        wrong.installCode(id, { module, mode: 'reinstall' });
      },
      () => {
        wrong.installCode(id, { module, mode: 'upgrade' });
      },
      () => {
        wrong.updateSettings(id, { controllers: [stranger] });
      },
    ].map((attempt) => net.rejection(attempt).errorCode);
    expect(codes).toEqual(['IC0514', 'IC0512', 'IC0512', 'IC0512']);
    management.installCode(id, { module: other, mode: 'reinstall' });
    management.installCode(id, { module, mode: 'upgrade' });
    management.updateSettings(id, { controllers: [stranger] });
    expect(
      net.rejection(() => {
        management.installCode(id, { module, mode: 'upgrade' });
      }).errorCode,
    ).toBe('IC0512');
    wrong.installCode(id, { module: other, mode: 'reinstall' });
    expect(net.network.canister(id).totalChanges).toBe(6n);
  });

  test('install (gzip compressed)', () => {
    const { net, management } = setup();
    const id = management.createCanister();
    const compressed = new Uint8Array(gzipSync(module));
    management.installCode(id, { module: compressed });
    expect(net.runText(id, program().reply('unpacked'))).toBe('unpacked');
    const raw = net.canister();
    expect(net.network.canister(id).moduleHash).not.toEqual(net.network.canister(raw).moduleHash);
  });

  test('reinstall on empty', () => {
    const { net, management } = setup();
    const id = management.createCanister();
    management.installCode(id, { module, mode: 'reinstall' });
    expect(net.runText(id, program().reply('there'))).toBe('there');
  });

  test('canister_status', () => {
    const { management } = setup();
    const id = management.createCanister();
    expect(management.canisterStatus(id)).toMatchObject({ status: { running: null }, module_hash: [] });
    management.installCode(id, { module });
    expect(management.canisterStatus(id).module_hash).toHaveLength(1);
    management.stopCanister(id);
    expect(management.canisterStatus(id)).toMatchObject({
      status: { stopped: null },
      ready_for_migration: true,
    });
  });

  test('aaaaa-aa (inter-canister)', () => {
    const { net } = setup();
    const caller = net.canister();
    const { canister_id } = manageFrom(
      net,
      caller,
      'create_canister',
      signatures.createCanister,
      { settings: [], sender_canister_version: [] },
      2_000_000_000_000n,
    );
    const install = (mode: signatures.CandidInstallMode, wasm: Uint8Array) => {
      manageFrom(net, caller, 'install_code', signatures.installCode, {
        mode,
        canister_id,
        wasm_module: wasm,
        arg: new Uint8Array(),
        sender_canister_version: [],
      });
    };
    install({ install: null }, module);
    install({ reinstall: null }, module);
    install({ upgrade: [] }, other);
    expect(
      thrownBy(CanisterRejected, () => {
        install({ install: null }, module);
      }),
    ).toMatchObject({ rejectCode: 5, text: expect.stringMatching(/^IC0514: /) as string });
    expect(net.runText(canister_id, program().appendCaller().reply()).length).toBeGreaterThan(0);
    expect(net.network.canister(canister_id).controllers.map((id) => id.toText())).toEqual([caller.toText()]);
  });

  test('as canister to own subnet', () => {
    const { net } = setup();
    const caller = net.canister();
    const answer = callFrom(net, caller, {
      to: net.network.subnetId,
      method: 'create_canister',
      arg: signatures.createCanister.encodeArgument({ settings: [], sender_canister_version: [] }),
      cycles: 2_000_000_000_000n,
    });
    if (answer.kind === 'reject') throw new CanisterRejected(answer.code, answer.text);
    const { canister_id } = signatures.createCanister.decodeResult(answer.bytes);
    expect(net.network.canister(canister_id).controllers.map((id) => id.toText())).toEqual([caller.toText()]);
  });

  test('aaaaa-aa (inter-canister, large)', () => {
    const { net, management } = setup();
    const caller = net.canister();
    const id = management.createCanister({ settings: { controllers: [caller] } });
    // Nearly as much as the user's message that tells the caller to make the call may hold.
    const padding = new Uint8Array(1_900_000);
    const large = Buffer.concat([module, customSection('padding', padding)]);
    manageFrom(net, caller, 'install_code', signatures.installCode, {
      mode: { install: null },
      canister_id: id,
      wasm_module: new Uint8Array(large),
      arg: new Uint8Array(),
      sender_canister_version: [],
    });
    expect(net.runText(id, program().reply('large'))).toBe('large');
  });

  test('randomness', () => {
    const { net } = setup();
    const caller = net.canister();
    const draw = () => manageFrom(net, caller, 'raw_rand', signatures.rawRand, undefined);
    const [first, second] = [draw(), draw()];
    expect([first.length, second.length]).toEqual([32, 32]);
    expect(first).not.toEqual(second);
    const asUser = () =>
      net.network.update({
        sender: user,
        canisterId: managementCanisterId,
        method: 'raw_rand',
        arg: signatures.rawRand.encodeArgument(undefined),
      });
    expect(net.rejection(asUser)).toMatchObject({ rejectCode: 4, errorCode: 'IC0406' });
  });

  test('unknown management method', () => {
    const { net } = setup();
    const arg = new Uint8Array();
    expect(
      callFrom(net, net.canister(), { to: managementCanisterId, method: 'nonexistent_method', arg }),
    ).toEqual({
      kind: 'reject',
      code: 5,
      text: "IC0536: Management canister has no method 'nonexistent_method'",
    });
  });
});

describe('provisional_create_canister_with_cycles', () => {
  const free = Principal.fromText('lz3um-vp777-77777-aaaba-cai');

  test('specified_id', () => {
    const { management } = setup();
    expect(management.createCanister({ specifiedId: free }).toText()).toBe(free.toText());
  });

  test('specified_id already taken', () => {
    const { net, management } = setup();
    management.createCanister({ specifiedId: free });
    expect(net.rejection(() => management.createCanister({ specifiedId: free }))).toMatchObject({
      rejectCode: 2,
      errorCode: 'IC0205',
    });
  });

  test("specified_id does not belong to the subnet's canister ranges", () => {
    const { net, management } = setup();
    const specifiedId = Principal.selfAuthenticating(Uint8Array.of(5));
    expect(net.rejection(() => management.createCanister({ specifiedId })).errorCode).toBe('IC0405');
  });
});

function customSection(name: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([leb(Buffer.byteLength(name)), Buffer.from(name), content]);
  return Buffer.concat([Buffer.from([0]), leb(named.length), named]);
}

function leb(value: number): Buffer {
  const bytes: number[] = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return Buffer.from(bytes);
}
