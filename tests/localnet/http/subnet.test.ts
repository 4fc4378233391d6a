import { check_canister_ranges, type HashTree as AgentTree } from '@icp-sdk/core/agent';
import { Principal as AgentPrincipal } from '@icp-sdk/core/principal';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { decodeCbor } from '../../../src/localnet/certification/index.ts';
import type { ApiResponse } from '../../../src/localnet/http/index.ts';
import { systemCanisters } from '../../../src/localnet/builtin/index.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import {
  anonymous,
  cborOf,
  certifiedIn,
  keys,
  TestApi,
  textAt,
  textOf,
  valueAt,
} from './support/test-api.ts';

const subnetId = keys.subnetId.toUint8Array();
const throughSubnet = `subnet/${keys.subnetId.toText()}`;
type Label = string | Uint8Array;

function setup(api = new TestApi()) {
  const id = api.canister();
  const readThrough = (scope: 'canister' | 'subnet', ...paths: readonly Label[][]): Promise<ApiResponse> => {
    const through = scope === 'canister' ? `canister/${id.toText()}` : throughSubnet;
    return api.sendUnsigned(`v3/${through}/read_state`, api.readContent(paths, { sender: anonymous }));
  };
  return { api, id, readThrough };
}

describe('the state tree of the subnet', () => {
  test.each(['canister', 'subnet'] as const)(
    'shows keys, ranges, type and nodes through a %s',
    async (scope) => {
      const { id, readThrough } = setup();
      const tree = certifiedIn(await readThrough(scope, ['subnet']));
      const at = (...path: Label[]) => valueAt(tree, 'subnet', subnetId, ...path);
      expect(at('public_key')).toEqual(keys.rootKeyDer);
      expect(textAt(tree, 'subnet', subnetId, 'type')).toBe('application');
      expect(at('node', keys.nodeId.toUint8Array(), 'public_key')).toEqual(keys.nodeKeyDer);
      const ranges = decodeCbor(at('canister_ranges') ?? new Uint8Array()) as Uint8Array[][];
      const [[first = new Uint8Array(), last = new Uint8Array()] = []] = ranges;
      expect(Buffer.compare(first, id.toUint8Array())).toBeLessThanOrEqual(0);
      expect(Buffer.compare(id.toUint8Array(), last)).toBeLessThanOrEqual(0);
      for (const path of [
        ['public_key'],
        ['type'],
        ['canister_ranges'],
        ['node'],
        ['node', keys.nodeId.toUint8Array()],
      ]) {
        expect((await readThrough(scope, ['subnet', subnetId, ...path])).status).toBe(200);
      }
    },
  );

  test('shows ranges in shards and figures through the subnet only', async () => {
    const { readThrough } = setup();
    const [shards, metrics] = [
      ['canister_ranges', subnetId],
      ['subnet', subnetId, 'metrics'],
    ];
    const tree = certifiedIn(
      await readThrough('subnet', ['subnet', subnetId, 'canister_ranges'], shards, metrics),
    );
    const flat = valueAt(tree, 'subnet', subnetId, 'canister_ranges') ?? new Uint8Array();
    const [[first = new Uint8Array()] = []] = decodeCbor(flat) as Uint8Array[][];
    expect(valueAt(tree, 'canister_ranges', subnetId, first)).toEqual(flat);
    const figures = decodeCbor(valueAt(tree, ...metrics) ?? new Uint8Array()) as Map<number, number>;
    expect(figures.get(0)).toBe(1);
    expect(figures.get(3)).toBeGreaterThan(0);
    for (const path of [shards, metrics]) expect((await readThrough('canister', path)).status).toBe(404);
  });

  test.each<[string, Label[]]>([
    ['a part that it has not', ['subnet', subnetId, 'secrets']],
    ['a part of a node that it has not', ['subnet', subnetId, 'node', keys.nodeId.toUint8Array(), 'address']],
    ['something below a key', ['subnet', subnetId, 'public_key', 'x', 'y']],
    ['the ranges of all subnets', ['canister_ranges']],
    ['one shard', ['canister_ranges', subnetId, new Uint8Array(10)]],
    ['a part of a boundary node that it has not', ['api_boundary_nodes', Uint8Array.of(1), 'name']],
    ['something below one', ['api_boundary_nodes', Uint8Array.of(1), 'domain', 'x']],
  ])('does not show %s', async (_name, path) => {
    const { readThrough } = setup();
    for (const scope of ['canister', 'subnet'] as const) {
      expect((await readThrough(scope, path)).status).toBe(404);
    }
  });

  test('tells the figures and ranges of one subnet at a time, and of this one only', async () => {
    const { readThrough } = setup();
    const other = Uint8Array.of(1, 2, 3);
    expect((await readThrough('subnet', ['subnet', other, 'metrics'])).status).toBe(400);
    const both = await readThrough('subnet', ['canister_ranges', subnetId], ['canister_ranges', other]);
    expect(both.status).toBe(400);
    expect(textOf(both)).toContain('More than one id exists in canister_ranges paths');
    const tree = certifiedIn(await readThrough('subnet', ['canister_ranges', other]));
    expect(valueAt(tree, 'canister_ranges', other)).toBeUndefined();
  });

  test('does not show canisters', async () => {
    const { id, readThrough } = setup();
    expect((await readThrough('subnet', ['canister', id.toUint8Array(), 'module_hash'])).status).toBe(404);
  });

  test('proves that another subnet is not there, and that there are no boundary nodes', async () => {
    const { readThrough } = setup();
    const paths = [
      ['subnet', Uint8Array.of(1, 2, 3), 'public_key'],
      ['api_boundary_nodes', Uint8Array.of(1), 'domain'],
    ];
    const tree = certifiedIn(await readThrough('canister', ...paths));
    for (const path of paths) expect(valueAt(tree, ...path)).toBeUndefined();
  });

  test.each(['canister_ranges', 'subnet'])(
    'lets an agent see by /%s that a canister is not of this subnet',
    async (root) => {
      const { id, readThrough } = setup(new TestApi({ network: { nativeCanisters: systemCanisters() } }));
      const tree = certifiedIn(await readThrough('subnet', [root, subnetId])) as unknown as AgentTree;
      const isHere = (canister: string) =>
        check_canister_ranges({
          canisterId: AgentPrincipal.fromText(canister),
          subnetId: AgentPrincipal.fromText(keys.subnetId.toText()),
          tree,
        });
      // A canister that was created, the ICP ledger, and two of mainnet that lie between and behind them.
      expect(isHere(id.toText())).toBe(true);
      expect(isHere('ryjl3-tyaaa-aaaaa-aaaba-cai')).toBe(true);
      expect(isHere('rdmx6-jaaaa-aaaaa-aaadq-cai')).toBe(false);
      expect(isHere('t63gs-up777-77776-aaaba-cai')).toBe(false);
    },
  );
});

describe('the id of the subnet in the URL', () => {
  const management = { canister_id: new Uint8Array() };
  const nothing = program();

  test('is for creations', async () => {
    const { api } = setup();
    const content = api.callContent(Principal.managementCanister(), nothing, {
      ...management,
      method_name: 'provisional_create_canister_with_cycles',
      arg: IDL.encode([IDL.Record({})], [{}]),
    });
    const requestId = await api.requestIdOfAnswered(`v4/${throughSubnet}/call`, content);
    expect(api.network.canisterIds()).toHaveLength(2);
    // Its status is read where the call went.
    const read = (path: string) =>
      api.send(`v3/${path}/read_state`, api.readContent([['request_status', requestId]]));
    expect(textAt(certifiedIn(await read(throughSubnet)), 'request_status', requestId, 'status')).toBe(
      'replied',
    );
    const [first] = api.network.canisterIds();
    expect((await read(`canister/${first?.toText() ?? ''}`)).status).toBe(403);
  });

  test('is for create_canister, which is only for administrators of a subnet', async () => {
    const { api, id } = setup();
    const content = api.callContent(id, nothing, {
      ...management,
      method_name: 'create_canister',
      arg: IDL.encode([IDL.Record({})], [{}]),
    });
    for (const through of [throughSubnet, `canister/${id.toText()}`]) {
      const response = await api.send(`v4/${through}/call`, content);
      expect(cborOf(response).get('status')).toBe('non_replicated_rejection');
    }
  });

  test('is for the query list_canisters, which any canister id will do for as well', async () => {
    const { api, id } = setup();
    const content = api.queryContent(id, nothing, {
      ...management,
      method_name: 'list_canisters',
      arg: IDL.encode([], []),
    });
    for (const through of [throughSubnet, 'canister/2vxsx-fae']) {
      expect(cborOf(await api.send(`v3/${through}/query`, content)).get('status')).toBe('replied');
    }
  });

  test('is for nothing else', async () => {
    const { api, id } = setup();
    const refused = async (path: string, content: Parameters<TestApi['send']>[1]) => {
      const response = await api.send(path, content);
      expect(response.status).toBe(400);
      expect(textOf(response)).toContain('through the id of a subnet');
    };
    const status = { method_name: 'canister_status', arg: candidCanisterId(id) };
    const list = { ...management, method_name: 'list_canisters', arg: IDL.encode([], []) };
    await refused(`v4/${throughSubnet}/call`, api.callContent(id, program().reply()));
    await refused(`v4/${throughSubnet}/call`, api.callContent(id, nothing, { ...management, ...status }));
    await refused(`v4/${throughSubnet}/call`, api.callContent(id, nothing, list));
    await refused(`v3/${throughSubnet}/query`, api.queryContent(id, program().reply()));
    await refused(`v3/${throughSubnet}/query`, api.queryContent(id, nothing, { ...management, ...status }));
    const elsewhere = 'subnet/2vxsx-fae';
    expect((await api.send(`v4/${elsewhere}/call`, api.callContent(id, nothing, list))).status).toBe(404);
    expect((await api.send(`v3/${elsewhere}/query`, api.queryContent(id, nothing, list))).status).toBe(404);
    expect((await api.send(`v3/${elsewhere}/read_state`, api.readContent([['time']]))).status).toBe(404);
  });
});

describe('users who call a subnet by its id instead of aaaaa-aa', () => {
  const otherSubnet = Principal.selfAuthenticating(Uint8Array.of(1));
  const install = (id: Principal) =>
    IDL.encode(
      [
        IDL.Record({
          mode: IDL.Variant({ install: IDL.Null }),
          canister_id: IDL.Principal,
          wasm_module: IDL.Vec(IDL.Nat8),
          arg: IDL.Vec(IDL.Nat8),
        }),
      ],
      [{ mode: { install: null }, canister_id: id, wasm_module: programmableCanister(), arg: [] }],
    );

  test.each([
    ['this subnet', keys.subnetId],
    ['another subnet', otherSubnet],
  ])('are refused, whatever stands in the URL: %s', async (_name, called) => {
    const { api } = setup();
    const empty = api.emptyCanister();
    const changes = { canister_id: called.toUint8Array(), method_name: 'install_code', arg: install(empty) };
    for (const through of [
      `canister/${empty.toText()}`,
      `canister/${called.toText()}`,
      `subnet/${called.toText()}`,
    ]) {
      const call = await api.send(`v4/${through}/call`, api.callContent(empty, program(), changes));
      const status = { ...changes, method_name: 'canister_status', arg: candidCanisterId(empty) };
      const query = await api.send(`v3/${through}/query`, api.queryContent(empty, program(), status));
      for (const response of [call, query]) {
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(response.status).toBeLessThan(500);
      }
    }
    expect(api.network.canister(empty).moduleHash).toBeUndefined();
  });
});

function candidCanisterId(id: Principal): Uint8Array {
  return IDL.encode([IDL.Record({ canister_id: IDL.Principal })], [{ canister_id: id }]);
}
