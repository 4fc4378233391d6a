import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import type { CanisterState } from '../../../src/localnet/state.ts';
import { managementCanister } from '../../../src/localnet/management/index.ts';
import { methodNames } from '../../../src/localnet/management/methods.ts';
import { alice, bob, emptyModule, ManagementHarness } from './management-harness.ts';

/** Callers for which a method gets past the question who may call it. */
type Caller =
  'controlling user' | 'other user' | 'controlling canister' | 'other canister' | 'the canister itself';

const anyCanister: Caller[] = ['controlling canister', 'other canister', 'the canister itself'];
const anybody: Caller[] = ['controlling user', 'other user', ...anyCanister];
const controllers: Caller[] = ['controlling user', 'controlling canister'];

/** Who may call what, as the interface specification says (ic-semantics 4.2). */
const mayCall: Record<string, Caller[]> = {
  create_canister: anyCanister,
  raw_rand: anyCanister,
  http_request: anyCanister,
  deposit_cycles: anyCanister,
  canister_info: anyCanister,
  canister_metadata: anyCanister,
  provisional_create_canister_with_cycles: anybody,
  provisional_top_up_canister: anybody,
  update_settings: controllers,
  install_code: controllers,
  install_chunked_code: controllers,
  uninstall_code: controllers,
  start_canister: controllers,
  stop_canister: controllers,
  delete_canister: controllers,
  take_canister_snapshot: controllers,
  load_canister_snapshot: controllers,
  list_canister_snapshots: controllers,
  delete_canister_snapshot: controllers,
  upload_chunk: [...controllers, 'the canister itself'],
  stored_chunks: [...controllers, 'the canister itself'],
  clear_chunk_store: [...controllers, 'the canister itself'],
  canister_status: [...controllers, 'the canister itself'],
  canister_metrics: controllers,
  read_canister_snapshot_metadata: controllers,
  read_canister_snapshot_data: controllers,
  upload_canister_snapshot_metadata: controllers,
  upload_canister_snapshot_data: controllers,
  fetch_canister_logs: ['controlling canister'],
  subnet_info: anyCanister,
  node_metrics_history: anyCanister,
  list_canisters: [],
};

/** One argument that fits every method: unknown fields are ignored, missing ones are optional. */
function argumentFor(target: Principal): Uint8Array {
  const blob = IDL.Vec(IDL.Nat8);
  const type = IDL.Record({
    canister_id: IDL.Principal,
    target_canister: IDL.Principal,
    settings: IDL.Record({}),
    mode: IDL.Variant({ reinstall: IDL.Null }),
    wasm_module: blob,
    wasm_module_hash: blob,
    chunk_hashes_list: IDL.Vec(IDL.Record({ hash: blob })),
    arg: blob,
    chunk: blob,
    snapshot_id: blob,
    name: IDL.Text,
    url: IDL.Text,
    method: IDL.Variant({ get: IDL.Null }),
    headers: IDL.Vec(IDL.Empty),
    amount: IDL.Nat,
    subnet_id: IDL.Principal,
    start_at_timestamp_nanos: IDL.Nat64,
    kind: IDL.Variant({ wasm_module: IDL.Record({ offset: IDL.Nat64, size: IDL.Nat64 }) }),
    globals: IDL.Vec(IDL.Empty),
    wasm_module_size: IDL.Nat64,
    wasm_memory_size: IDL.Nat64,
    stable_memory_size: IDL.Nat64,
    certified_data: blob,
  });
  return IDL.encode(
    [type],
    [
      {
        canister_id: target,
        target_canister: target,
        settings: {},
        mode: { reinstall: null },
        wasm_module: emptyModule,
        wasm_module_hash: new Uint8Array(32),
        chunk_hashes_list: [],
        arg: new Uint8Array(),
        chunk: new Uint8Array(),
        snapshot_id: new Uint8Array(),
        name: 'candid:service',
        url: 'https://example.com/',
        method: { get: null },
        headers: [],
        amount: 1n,
        subnet_id: target,
        start_at_timestamp_nanos: 0n,
        kind: { wasm_module: { offset: 0n, size: 0n } },
        globals: [],
        wasm_module_size: 0n,
        wasm_memory_size: 0n,
        stable_memory_size: 0n,
        certified_data: new Uint8Array(),
      },
    ],
  );
}

function setup(): {
  harness: ManagementHarness;
  target: CanisterState;
  callers: Record<Caller, Principal | CanisterState>;
} {
  const harness = new ManagementHarness();
  const target = harness.addCanister();
  const controllingCanister = harness.addCanister();
  target.settings.controllers = [alice, controllingCanister.id];
  const callers = {
    'controlling user': alice,
    'other user': bob,
    'controlling canister': controllingCanister,
    'other canister': harness.addCanister(),
    'the canister itself': target,
  };
  return { harness, target, callers };
}

/** Error codes that mean "you may not", as opposed to an ordinary failure further on. */
const refusals = new Set(['IC0512', 'IC0406', 'IC0504']);

function isRefused(method: string, caller: Caller): boolean {
  const { harness, target, callers } = setup();
  const result = harness.execute(callers[caller], method, argumentFor(target.id)).result;
  return (
    result.kind === 'reject' &&
    refusals.has(result.rejection.errorCode) &&
    !/^Error from Wasm chunk store|cycles are required\.$|has no metadata section/.test(
      result.rejection.message,
    )
  );
}

describe('who may call the management canister', () => {
  test('every method has a rule', () => {
    expect([...methodNames].sort()).toEqual(Object.keys(mayCall).sort());
  });

  for (const [method, allowed] of Object.entries(mayCall)) {
    test(`${method} obeys ${allowed.length === 0 ? 'nobody in updates' : allowed.join(', ')}`, () => {
      expect(anybody.filter((caller) => !isRefused(method, caller))).toEqual(
        anybody.filter((caller) => allowed.includes(caller)),
      );
    });

    test(`${method} is refused at ingress exactly to the users who may not call it`, () => {
      const { harness, target } = setup();
      const accepted = (sender: Principal): boolean =>
        'payer' in
        managementCanister.checkIngress(harness.services, {
          sender,
          method,
          arg: argumentFor(target.id),
          effectiveCanisterId: undefined,
        });
      expect([accepted(alice), accepted(bob)]).toEqual([
        allowed.includes('controlling user'),
        allowed.includes('other user'),
      ]);
    });
  }

  test('a wrong controller is told who the controllers are', () => {
    const { harness, target } = setup();
    const { result } = harness.execute(bob, 'start_canister', argumentFor(target.id));
    expect(result).toMatchObject({ kind: 'reject', rejection: { rejectCode: 5, errorCode: 'IC0512' } });
    const text = result.kind === 'reject' ? result.rejection.message : '';
    const controllerTexts = target.settings.controllers.map((controller) => controller.toText()).join(' ');
    expect(text).toContain(
      `Only the controllers of the canister ${target.id.toText()} can control it.\n` +
        `Canister's controllers: ${controllerTexts}\nSender's ID: ${bob.toText()}`,
    );
  });

  test('users are refused canister-only methods before and, should one slip through, at execution', () => {
    const { harness, target } = setup();
    const arg = argumentFor(target.id);
    const ingress = { sender: alice, method: 'raw_rand', arg, effectiveCanisterId: undefined };
    expect(managementCanister.checkIngress(harness.services, ingress)).toEqual({
      rejection: {
        rejectCode: 4,
        errorCode: 'IC0406',
        message: 'Only canisters can call ic00 method raw_rand',
      },
    });
    expect(harness.execute(alice, 'raw_rand', arg).result).toEqual({
      kind: 'reject',
      rejection: { rejectCode: 5, errorCode: 'IC0504', message: 'raw_rand cannot be called by a user.' },
    });
  });

  test('unknown methods do not exist, whatever their name', () => {
    const { harness, target, callers } = setup();
    for (const method of ['nonexistent_method', 'toString', '__proto__', '']) {
      expect(harness.execute(callers['other canister'], method, argumentFor(target.id)).result).toEqual({
        kind: 'reject',
        rejection: {
          rejectCode: 5,
          errorCode: 'IC0536',
          message: `Management canister has no method '${method}'`,
        },
      });
    }
  });

  test('only the target pays for receiving a call about it; the provisional methods are free', () => {
    const { harness, target } = setup();
    const payerOf = (method: string) => {
      const arg = argumentFor(target.id);
      return managementCanister.checkIngress(harness.services, {
        sender: alice,
        method,
        arg,
        effectiveCanisterId: undefined,
      });
    };
    expect(payerOf('start_canister')).toEqual({ payer: target });
    expect(payerOf('provisional_create_canister_with_cycles')).toEqual({ payer: undefined });
    expect(payerOf('provisional_top_up_canister')).toEqual({ payer: undefined });
  });

  test('visibility settings let others read the status, the logs and the snapshots', () => {
    const { harness, target } = setup();
    const query = (method: string) =>
      method === 'list_canister_snapshots'
        ? harness.execute(bob, method, argumentFor(target.id)).result.kind
        : managementCanister.query(harness.services, { sender: bob, method, arg: argumentFor(target.id) })
            .kind;
    const reading = ['canister_status', 'fetch_canister_logs', 'list_canister_snapshots'];
    expect(reading.map(query)).toEqual(['reject', 'reject', 'reject']);
    target.settings.statusVisibility = { kind: 'allowedViewers', viewers: [bob] };
    target.settings.logVisibility = { kind: 'public' };
    target.settings.snapshotVisibility = { kind: 'allowedViewers', viewers: [bob] };
    expect(reading.map(query)).toEqual(['reply', 'reply', 'reply']);
  });

  test('what needs more than one machine is answered with an error that says so', () => {
    const { harness, target, callers } = setup();
    const { result } = harness.execute(callers['other canister'], 'sign_with_ecdsa', argumentFor(target.id));
    expect(result).toMatchObject({ kind: 'reject', rejection: { rejectCode: 4, errorCode: 'IC0406' } });
    expect(result.kind === 'reject' && result.rejection.message).toContain('not available on the embedded');
  });

  test('only reading methods can be queried', () => {
    const { harness, target } = setup();
    const arg = argumentFor(target.id);
    const queryable = methodNames.filter(
      (method) => managementCanister.query(harness.services, { sender: alice, method, arg }).kind === 'reply',
    );
    expect(queryable.sort()).toEqual([
      'canister_info',
      'canister_metrics',
      'canister_status',
      'fetch_canister_logs',
      'list_canisters',
    ]);
    for (const method of ['list_canister_snapshots', 'start_canister', 'nothing']) {
      expect(managementCanister.query(harness.services, { sender: alice, method, arg })).toEqual({
        kind: 'reject',
        rejection: { rejectCode: 5, errorCode: 'IC0536', message: `Query method ${method} not found.` },
      });
    }
  });
});
