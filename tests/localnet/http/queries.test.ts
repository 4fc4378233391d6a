import { createPublicKey, verify } from 'node:crypto';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import {
  type CborMap,
  encodeLeb128,
  requestIdOf,
  verifyCertificate,
} from '../../../src/localnet/certification/index.ts';
import { managementClient } from '../../../src/localnet/index.ts';
import { type Program, program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { type Fields, Signer } from './support/signer.ts';
import { anonymous, cborOf, keys, TestApi, valueAt } from './support/test-api.ts';

const management = Principal.managementCanister();
const CanisterId = IDL.Record({ canister_id: IDL.Principal });

function setup() {
  const api = new TestApi();
  const id = api.canister();
  const path = (version = 3) => `v${version}/canister/${id.toText()}/query`;
  return { api, id, path };
}

function replyIn(answer: CborMap): Uint8Array {
  expect(answer.get('status')).toBe('replied');
  return (answer.get('reply') as CborMap).get('arg') as Uint8Array;
}

/** Whether the node of the network signed the answer to this query. */
function isSigned(query: Fields, answer: CborMap): boolean {
  const signed = new Map(answer);
  signed.delete('signatures');
  const [signature] = answer.get('signatures') as CborMap[];
  expect(signature?.get('identity')).toEqual(keys.nodeId.toUint8Array());
  const hash = requestIdOf({
    ...(Object.fromEntries(signed) as Fields),
    timestamp: signature?.get('timestamp'),
    request_id: requestIdOf(query),
  });
  const key = createPublicKey({ key: Buffer.from(keys.nodeKeyDer), format: 'der', type: 'spki' });
  const message = Buffer.concat([Buffer.from('\x0Bic-response'), hash]);
  return verify(null, message, key, signature?.get('signature') as Uint8Array);
}

describe('a query', () => {
  test.each([2, 3])('is answered with a reply that a node signed (v%i)', async (version) => {
    const { api, id, path } = setup();
    const content = api.queryContent(id, program().reply('hello'));
    const answer = cborOf(await api.send(path(version), content));
    expect(new TextDecoder().decode(replyIn(answer))).toBe('hello');
    expect(isSigned(content, answer)).toBe(true);
    expect(isSigned({ ...content, method_name: 'other' }, answer)).toBe(false);
    expect((answer.get('signatures') as CborMap[])[0]?.get('timestamp')).toBe(api.nowNanos);
  });

  test('that fails is answered with a rejection that a node signed', async () => {
    const { api, id, path } = setup();
    const content = api.queryContent(id, program().trap('I fell'));
    const answer = cborOf(await api.send(path(), content));
    expect(Object.fromEntries(answer)).toMatchObject({
      status: 'rejected',
      reject_code: 5,
      error_code: 'IC0503',
      reject_message: expect.stringContaining('I fell') as unknown,
    });
    expect(isSigned(content, answer)).toBe(true);
  });

  test.each([
    ['none', 'IC0536', 5],
    ['run', 'IC0536', 5],
  ])('of the method %s is rejected with %s', async (method_name, error_code, reject_code) => {
    const { api, id, path } = setup();
    const answer = cborOf(await api.send(path(), api.queryContent(id, program(), { method_name })));
    expect(Object.fromEntries(answer)).toMatchObject({ status: 'rejected', error_code, reject_code });
  });

  test('of a canister that does not exist is rejected', async () => {
    const { api } = setup();
    const missing = Principal.fromText('lz3um-vp777-77777-aaaba-cai');
    const content = api.queryContent(missing, program());
    const answer = cborOf(await api.send(`v3/canister/${missing.toText()}/query`, content));
    expect(Object.fromEntries(answer)).toMatchObject({ status: 'rejected', error_code: 'IC0301' });
  });

  test('changes nothing', async () => {
    const { api, id, path } = setup();
    const counting = program().addToHeap(1n).appendNumber('heapCounter').reply();
    const answers = [];
    for (let time = 0; time < 2; time += 1) {
      answers.push(replyIn(cborOf(await api.send(path(), api.queryContent(id, counting)))));
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  test('has the time of now', async () => {
    const { api, id, path } = setup();
    const timeOf = async () => {
      const content = api.queryContent(id, program().appendNumber('time').reply());
      return new DataView(replyIn(cborOf(await api.send(path(), content))).slice().buffer).getBigUint64(
        0,
        true,
      );
    };
    expect(await timeOf()).toBe(api.nowNanos);
    api.nowNanos += 3_600_000_000_000n;
    expect(await timeOf()).toBe(api.nowNanos);
  });

  test('of a composite method is answered', async () => {
    const { api, id, path } = setup();
    const content = api.queryContent(id, program().reply('all'), { method_name: 'compose' });
    expect(new TextDecoder().decode(replyIn(cborOf(await api.send(path(), content))))).toBe('all');
  });
});

describe('certified data', () => {
  const certificateIn = (bytes: Uint8Array) => verifyCertificate(bytes, keys.rootKeyDer);

  async function askedFor({ api, id, path }: ReturnType<typeof setup>) {
    const size = program().system('data_certificate_size').appendNumber('lastResult').reply();
    const answer = replyIn(cborOf(await api.send(path(), api.queryContent(id, size))));
    const bytes = Number(new DataView(answer.slice().buffer).getBigUint64(0, true));
    const content = api.queryContent(id, program().appendSystemBlob('data_certificate', bytes).reply());
    const tree = certificateIn(replyIn(cborOf(await api.send(path(), content))));
    expect(valueAt(tree, 'time')).toEqual(encodeLeb128(api.nowNanos));
    return valueAt(tree, 'canister', id.toUint8Array(), 'certified_data');
  }

  test('is empty at first, and what was set last afterwards', async () => {
    const fixture = setup();
    const { api, id } = fixture;
    expect(await askedFor(fixture)).toEqual(new Uint8Array());
    await api.call(id, program().certify('first').reply());
    expect(await askedFor(fixture)).toEqual(new TextEncoder().encode('first'));
    await api.call(id, program().certify('second').reply());
    await api.call(id, program().certify('third').trap('not this'));
    expect(await askedFor(fixture)).toEqual(new TextEncoder().encode('second'));
  });

  test('stays what it was when too much of it is set', async () => {
    const fixture = setup();
    await fixture.api.call(fixture.id, program().certify('kept').reply());
    await fixture.api.call(fixture.id, program().certify('x'.repeat(33)).reply());
    expect(await askedFor(fixture)).toEqual(new TextEncoder().encode('kept'));
  });

  test('is set in init, before and after an upgrade, and gone with the code', async () => {
    const fixture = setup();
    const { api, id } = fixture;
    const management = managementClient(api.network, api.alice.principal);
    const install = (mode: 'reinstall' | 'upgrade', initial: Program) => {
      management.installCode(id, { mode, module: programmableCanister(), arg: initial.bytes });
    };
    const text = async () => new TextDecoder().decode(await askedFor(fixture));
    install('reinstall', program().certify('init').store('preUpgrade', program().certify('before')));
    expect(await text()).toBe('init');
    install('upgrade', program());
    expect(await text()).toBe('before');
    install('upgrade', program().certify('after'));
    expect(await text()).toBe('after');
    install('reinstall', program());
    expect(await text()).toBe('');
    install('reinstall', program().certify('again'));
    management.uninstallCode(id);
    expect(api.network.canister(id).certifiedData).toEqual(new Uint8Array());
  });

  test('has no certificate in an update call', async () => {
    const { api, id } = setup();
    const present = program().system('data_certificate_present').appendNumber('lastResult').reply();
    const response = await api.call(id, present);
    const [requestId] = api.sentRequestIds.slice(-1);
    const tree = certificateIn(cborOf(response).get('certificate') as Uint8Array);
    expect(valueAt(tree, 'request_status', requestId ?? new Uint8Array(), 'reply')).toEqual(
      new Uint8Array(8),
    );
  });
});

describe('a query of the management canister', () => {
  test('tells controllers the status of a canister, and nobody else', async () => {
    const { api, id, path } = setup();
    const stranger = new Signer();
    const request = { method_name: 'canister_status', arg: IDL.encode([CanisterId], [{ canister_id: id }]) };
    const mine = api.queryContent(management, program(), request);
    expect(cborOf(await api.send(path(), mine)).get('status')).toBe('replied');
    const theirs = { ...mine, sender: stranger.sender };
    expect(Object.fromEntries(cborOf(await api.send(path(), theirs, stranger)))).toMatchObject({
      status: 'rejected',
      error_code: 'IC0512',
    });
    expect(cborOf(await api.sendUnsigned(path(), { ...mine, sender: anonymous })).get('status')).toBe(
      'rejected',
    );
  });

  test('fetches logs', async () => {
    const { api, id, path } = setup();
    await api.call(id, program().trap('for the log'));
    const content = api.queryContent(management, program(), {
      method_name: 'fetch_canister_logs',
      arg: IDL.encode([CanisterId], [{ canister_id: id }]),
    });
    const reply = replyIn(cborOf(await api.send(path(), content)));
    expect(Buffer.from(reply).includes('for the log')).toBe(true);
  });

  test('of an update method is rejected', async () => {
    const { api, id, path } = setup();
    const content = api.queryContent(management, program(), {
      method_name: 'stop_canister',
      arg: IDL.encode([CanisterId], [{ canister_id: id }]),
    });
    expect(cborOf(await api.send(path(), content)).get('status')).toBe('rejected');
    expect(api.network.canister(id).status).toBe('running');
  });
});
