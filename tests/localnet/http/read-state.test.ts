import { Principal } from '@dfinity/principal';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  decodeCbor,
  decodeLeb128,
  encodeLeb128,
  lookupSubtree,
  requestIdOf,
  verifyCertificate,
  SubnetKeys,
} from '../../../src/localnet/certification/index.ts';
import { managementClient } from '../../../src/localnet/index.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { Signer } from './support/signer.ts';
import {
  anonymous,
  cborOf,
  certifiedIn,
  keys,
  minuteNanos,
  TestApi,
  textAt,
  textOf,
  valueAt,
} from './support/test-api.ts';
import { withCustomSection } from './support/with-metadata.ts';

const unknownId = new Uint8Array(32).fill(9);

function setup(module?: Uint8Array) {
  const api = new TestApi();
  const id = api.canister(module);
  const info = (label: string) => ['canister', id.toUint8Array(), label];
  const metadata = (name: string | Uint8Array) => ['canister', id.toUint8Array(), 'metadata', name];
  return { api, id, info, metadata };
}

describe('a certificate of the state', () => {
  test('is signed with the root key and no other', async () => {
    const { api, id } = setup();
    const certificate = cborOf(await api.read(id, [['time']])).get('certificate') as Uint8Array;
    expect(() => verifyCertificate(certificate, keys.rootKeyDer)).not.toThrow();
    expect(() => verifyCertificate(certificate, new SubnetKeys('another').rootKeyDer)).toThrow('not signed');
  });

  test('has the time, asked for or not', async () => {
    const { api, id, info } = setup();
    for (const paths of [[], [['time']], [info('controllers')]]) {
      const time = valueAt(certifiedIn(await api.read(id, paths)), 'time');
      expect(time).toEqual(encodeLeb128(api.nowNanos));
    }
  });

  test('is given out again for a second while nothing has changed, and never with another state', async () => {
    const { api, id, info } = setup();
    const read = async () => cborOf(await api.read(id, [info('module_hash')])).get('certificate');
    const first = await read();
    api.nowNanos += 999_000_000n;
    expect(await read()).toEqual(first);
    managementClient(api.network, api.alice.principal).installCode(id, {
      mode: 'reinstall',
      module: programmableCanister({ variant: 3 }),
      arg: new Uint8Array(),
    });
    const changed = await read();
    expect(changed).not.toEqual(first);
    api.nowNanos += 1_000_000_000n;
    const later = (await read()) as Uint8Array;
    expect(later).not.toEqual(changed);
    expect(valueAt(verifyCertificate(later, keys.rootKeyDer), 'time')).toEqual(encodeLeb128(api.nowNanos));
  });
});

describe('what is certified of a canister', () => {
  test('that is empty: its controllers and no module', async () => {
    const { api } = setup();
    const empty = api.emptyCanister();
    const labels = ['controllers', 'module_hash', 'canister_creation_timestamp'];
    const paths = labels.map((label) => ['canister', empty.toUint8Array(), label]);
    const tree = certifiedIn(await api.readUnsigned(empty, paths));
    const [controllers, moduleHash, created] = paths.map((path) => valueAt(tree, ...path));
    expect(decodeCbor(controllers ?? new Uint8Array())).toEqual([api.alice.sender]);
    expect(moduleHash).toBeUndefined();
    expect(decodeLeb128(created ?? new Uint8Array())).toBe(api.nowNanos);
  });

  test('the time at which its code was last installed, upgraded or loaded from a snapshot', async () => {
    const { api, id, info } = setup();
    const management = managementClient(api.network, api.alice.principal);
    const installedAt = async () => {
      const tree = certifiedIn(await api.readUnsigned(id, [info('last_install_timestamp')]));
      const value = valueAt(tree, ...info('last_install_timestamp'));
      return value && decodeLeb128(value);
    };
    /** @returns the time then */
    const wait = () => {
      api.nowNanos += minuteNanos;
      api.live.moveClock();
      return api.nowNanos;
    };
    const options = { module: programmableCanister(), arg: new Uint8Array() };
    const created = api.nowNanos;
    wait();
    expect(await installedAt()).toBe(created);
    for (const mode of ['upgrade', 'reinstall'] as const) {
      const time = wait();
      management.installCode(id, { ...options, mode });
      wait();
      expect(await installedAt()).toBe(time);
    }
    const { id: snapshot } = management.takeSnapshot(id);
    const loaded = wait();
    management.loadSnapshot(id, snapshot);
    wait();
    management.updateSettings(id, { controllers: [api.alice.principal] });
    expect(await installedAt()).toBe(loaded);
    management.uninstallCode(id);
    expect(await installedAt()).toBeUndefined();
  });

  test('with code: the hash of its module', async () => {
    const { api, id, info } = setup();
    const tree = certifiedIn(await api.readUnsigned(id, [info('module_hash')]));
    const expected = createHash('sha256').update(programmableCanister()).digest();
    expect(valueAt(tree, ...info('module_hash'))).toEqual(new Uint8Array(expected));
    expect(lookupSubtree(tree, info('controllers')).status).toBe('unknown');
  });

  test.each([0, 1, 3])('its %i controllers', async (count) => {
    const { api, id, info } = setup();
    const controllers = Array.from({ length: count }, () => new Signer().principal);
    managementClient(api.network, api.alice.principal).updateSettings(id, { controllers });
    const tree = certifiedIn(await api.readUnsigned(id, [info('controllers')]));
    const listed = decodeCbor(valueAt(tree, ...info('controllers')) ?? new Uint8Array()) as Uint8Array[];
    const hex = (id: Uint8Array) => Buffer.from(id).toString('hex');
    expect(new Set(listed.map(hex))).toEqual(new Set(controllers.map((one) => hex(one.toUint8Array()))));
  });

  test('that does not exist: that it does not', async () => {
    const { api } = setup();
    const missing = Principal.fromText('lz3um-vp777-77777-aaaba-cai');
    const path = ['canister', missing.toUint8Array(), 'module_hash'];
    expect(valueAt(certifiedIn(await api.readUnsigned(missing, [path])), ...path)).toBeUndefined();
  });

  test('is not its certified data, nor anything else', async () => {
    const { api, id, info } = setup();
    for (const path of [info('certified_data'), info('cycles'), [...info('module_hash'), 'more']]) {
      expect((await api.read(id, [path])).status).toBe(404);
    }
  });
});

describe('metadata', () => {
  const module = [
    ['icp:public open', 'for all'],
    ['icp:private closed', 'for some'],
    ['icp:public ☃ snow man', 'cold'],
    ['icp:public ', 'nameless'],
    ['icp:public with  two  spaces ', 'wide'],
  ].reduce(
    (wasm, [name = '', content = '']) => withCustomSection(wasm, name, content),
    programmableCanister(),
  );

  test.each([
    ['open', 'for all'],
    ['☃ snow man', 'cold'],
    ['', 'nameless'],
    ['with  two  spaces ', 'wide'],
  ])("that is public is for everybody: '%s'", async (name, content) => {
    const { api, id, metadata } = setup(module);
    const tree = certifiedIn(await api.readUnsigned(id, [metadata(name)]));
    expect(textAt(tree, ...metadata(name))).toBe(content);
  });

  test('that is private is for controllers', async () => {
    const { api, id, metadata } = setup(module);
    const tree = certifiedIn(await api.read(id, [metadata('closed')]));
    expect(textAt(tree, ...metadata('closed'))).toBe('for some');
    expect((await api.readUnsigned(id, [metadata('closed')])).status).toBe(403);
    const stranger = new Signer();
    const content = api.readContent([metadata('open'), metadata('closed')], { sender: stranger.sender });
    const refused = await api.send(`v3/canister/${id.toText()}/read_state`, content, stranger);
    expect(refused.status).toBe(403);
    expect(textOf(refused)).toContain('closed');
  });

  test('that is absent is proven absent, and what stands beside it is not shown', async () => {
    const { api, id, metadata } = setup(module);
    const response = await api.readUnsigned(id, [metadata('nothing')]);
    expect(valueAt(certifiedIn(response), ...metadata('nothing'))).toBeUndefined();
    for (const content of ['for all', 'for some', 'cold']) {
      expect(Buffer.from(response.body).includes(content)).toBe(false);
    }
    const { api: bare, id: other } = setup();
    const path = ['canister', other.toUint8Array(), 'metadata', 'open'];
    expect(valueAt(certifiedIn(await bare.readUnsigned(other, [path])), ...path)).toBeUndefined();
  });

  test('whose name is not UTF-8 is refused', async () => {
    const { api, id, metadata } = setup(module);
    expect((await api.read(id, [metadata(Uint8Array.of(0xe2, 0x28, 0xa1))])).status).toBe(400);
  });

  test('is not read as a whole', async () => {
    const { api, id, info, metadata } = setup(module);
    expect((await api.read(id, [info('metadata')])).status).toBe(404);
    expect((await api.read(id, [[...metadata('open'), 'deeper']])).status).toBe(404);
  });
});

describe('the status of a request', () => {
  async function requested() {
    const fixture = setup();
    const { api, id } = fixture;
    const content = api.callContent(id, program().reply('mine'));
    const requestId = await api.requestIdOfAnswered(`v4/canister/${id.toText()}/call`, content);
    return { ...fixture, requestId };
  }

  test('that nobody made is proven absent', async () => {
    const { api, id } = await requested();
    for (const path of [
      ['request_status', unknownId],
      ['request_status', unknownId, 'status'],
    ]) {
      expect(valueAt(certifiedIn(await api.read(id, [path])), ...path)).toBeUndefined();
      expect(valueAt(certifiedIn(await api.readUnsigned(id, [path])), ...path)).toBeUndefined();
    }
  });

  test('can be asked for in part', async () => {
    const { api, id, requestId } = await requested();
    const tree = certifiedIn(await api.read(id, [['request_status', requestId, 'status']]));
    expect(textAt(tree, 'request_status', requestId, 'status')).toBe('replied');
    expect(lookupSubtree(tree, ['request_status', requestId, 'reply']).status).toBe('unknown');
  });

  test('of two requests to one canister cannot be asked for at once', async () => {
    const { api, id, requestId } = await requested();
    const second = await api.requestIdOfAnswered(
      `v4/canister/${id.toText()}/call`,
      api.callContent(id, program().reply('two')),
    );
    const both = [
      ['request_status', requestId],
      ['request_status', second, 'reply'],
    ];
    const refused = await api.read(id, both);
    expect(refused.status).toBe(400);
    expect(textOf(refused)).toContain('More than one id exists in request_status paths');
    const parts = ['status', 'reply'].map((label) => ['request_status', requestId, label]);
    expect(textAt(certifiedIn(await api.read(id, parts)), 'request_status', requestId, 'reply')).toBe('mine');
  });

  test('is for its sender only', async () => {
    const { api, id, requestId } = await requested();
    expect((await api.readUnsigned(id, [['request_status', requestId]])).status).toBe(403);
    const stranger = new Signer();
    const path = `v4/canister/${id.toText()}/call`;
    const own = api.callContent(id, program().reply('own'), { sender: stranger.sender });
    await api.send(path, own, stranger);
    const read = (ids: Uint8Array[]) =>
      api.send(
        `v3/canister/${id.toText()}/read_state`,
        api.readContent(
          ids.map((one) => ['request_status', one]),
          { sender: stranger.sender },
        ),
        stranger,
      );
    expect((await read([requestIdOf(own)])).status).toBe(200);
    const refused = await read([requestIdOf(own), requestId]);
    expect(refused.status).toBe(403);
    expect(textOf(refused)).toBe('Request IDs must be for requests signed by the caller.');
  });

  test('is asked for through the canister that was called', async () => {
    const { api, id, requestId } = await requested();
    const other = api.canister();
    const second = await api.requestIdOfAnswered(
      `v4/canister/${other.toText()}/call`,
      api.callContent(other, program().reply('two')),
    );
    expect((await api.read(other, [['request_status', requestId]])).status).toBe(403);
    const both = [
      ['request_status', requestId],
      ['request_status', second],
    ];
    expect((await api.read(id, both)).status).toBe(403);
  });

  test.each([0, 1, 31, 33, 1000])('with an id of %i bytes is refused', async (length) => {
    const { api, id } = await requested();
    expect((await api.read(id, [['request_status', new Uint8Array(length)]])).status).toBe(400);
  });

  test.each([
    [['request_status']],
    [['request_status', unknownId, 'secrets']],
    [['request_status', unknownId, 'status', 'x']],
  ])('is not found at %j', async (path) => {
    const { api, id } = await requested();
    expect((await api.read(id, [path])).status).toBe(404);
  });
});

describe('paths that lead nowhere', () => {
  test.each([
    ['the root', []],
    ['something else', ['foo']],
    ['streams', ['streams']],
    ['all canisters', ['canister']],
    ['a whole canister', ['canister', new Uint8Array(10)]],
    ['something below the time', ['time', 'x']],
    ['a label that is not UTF-8', [Uint8Array.of(0xff)]],
    ['an empty label', ['']],
  ])('are refused: %s', async (_name, path) => {
    const { api, id } = setup();
    expect((await api.read(id, [path])).status).toBe(404);
    expect((await api.read(id, [['time'], path])).status).toBe(404);
    const content = api.readContent([path], { sender: anonymous });
    const subnet = `v3/subnet/${api.network.subnetId.toText()}/read_state`;
    expect((await api.sendUnsigned(subnet, content)).status).toBe(404);
  });

  test('are too many or too long', async () => {
    const { api, id } = setup();
    expect((await api.read(id, new Array<string[]>(1001).fill(['time']))).status).toBe(400);
    expect((await api.read(id, [new Array<string>(128).fill('subnet')])).status).toBe(400);
    expect((await api.read(id, new Array<string[]>(1000).fill(['time']))).status).toBe(200);
  });
});
