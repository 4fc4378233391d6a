import { Principal } from '@dfinity/principal';
import { IDL } from '@dfinity/candid';
import { describe, expect, test } from 'vitest';
import { requestIdOf } from '../../../src/localnet/certification/index.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { certifiedIn, cborOf, TestApi, textAt, valueAt } from './support/test-api.ts';

const statusOf = (id: Uint8Array) => ['request_status', id] as const;

function setup(options: ConstructorParameters<typeof TestApi>[0] = {}) {
  const api = new TestApi(options);
  const id = api.canister();
  const path = (version: number) => `v${version}/canister/${id.toText()}/call`;
  const counted = () => {
    const arg = program().appendNumber('heapCounter').reply().bytes;
    const reply = api.network.query({ sender: api.alice.principal, canisterId: id, method: 'look', arg });
    return new DataView(reply.buffer, reply.byteOffset).getBigUint64(0, true);
  };
  return { api, id, path, counted };
}

describe('a synchronous call', () => {
  test.each([3, 4])('is answered with a certificate of its reply (v%i)', async (version) => {
    const { api, id, path } = setup();
    const content = api.callContent(id, program().reply('hello'));
    const response = await api.send(path(version), content);
    expect(cborOf(response).get('status')).toBe('replied');
    const tree = certifiedIn(response);
    const status = statusOf(requestIdOf(content));
    expect(textAt(tree, ...status, 'status')).toBe('replied');
    expect(textAt(tree, ...status, 'reply')).toBe('hello');
    expect(valueAt(tree, ...status, 'reject_code')).toBeUndefined();
    expect(valueAt(tree, 'time')).toBeDefined();
  });

  test('is answered with a certificate of its rejection', async () => {
    const { api, id, path } = setup();
    const content = api.callContent(id, program().trap('I fell'));
    const tree = certifiedIn(await api.send(path(4), content));
    const status = statusOf(requestIdOf(content));
    expect(textAt(tree, ...status, 'status')).toBe('rejected');
    expect(valueAt(tree, ...status, 'reject_code')).toEqual(Uint8Array.of(5));
    expect(textAt(tree, ...status, 'error_code')).toBe('IC0503');
    expect(textAt(tree, ...status, 'reject_message')).toContain('I fell');
    expect(valueAt(tree, ...status, 'reply')).toBeUndefined();
  });

  test('shows nothing of other requests', async () => {
    const { api, id, path } = setup();
    const other = api.callContent(id, program().reply('secret'));
    await api.send(path(4), other);
    const response = await api.send(path(4), api.callContent(id, program().reply('mine')));
    expect(Buffer.from(response.body).includes('mine')).toBe(true);
    expect(Buffer.from(response.body).includes('secret')).toBe(false);
    expect(Buffer.from(response.body).includes(Buffer.from(requestIdOf(other)))).toBe(false);
  });

  test('refused before it is accepted has no certificate', async () => {
    const { api, path } = setup();
    const picky = api.canister(programmableCanister({ inspectMessage: true }));
    const content = api.callContent(picky, program().reply('never'));
    const response = await api.send(`v4/canister/${picky.toText()}/call`, content);
    expect(Object.fromEntries(cborOf(response))).toMatchObject({
      status: 'non_replicated_rejection',
      reject_code: 4,
      error_code: 'IC0406',
    });
    const missing = Principal.fromText('lz3um-vp777-77777-aaaba-cai');
    const unknown = await api.send(
      `v4/canister/${missing.toText()}/call`,
      api.callContent(missing, program().reply()),
    );
    expect(Object.fromEntries(cborOf(unknown))).toEqual({
      status: 'non_replicated_rejection',
      reject_code: 3,
      error_code: 'IC0301',
      reject_message: `Canister ${missing.toText()} not found.`,
    });
    expect((await api.send(path(2), { ...content, canister_id: missing.toUint8Array() })).status).toBe(400);
  });

  test('that takes too long is answered 202, and read later', async () => {
    const { api, id, path } = setup({ answerTimeoutMs: 1 });
    api.live.pause();
    const content = api.callContent(id, program().reply('late'));
    const response = await api.send(path(4), content);
    expect([response.status, response.body.length]).toEqual([202, 0]);
    const status = statusOf(requestIdOf(content));
    const early = certifiedIn(await api.read(id, [status]));
    expect(textAt(early, ...status, 'status')).toBe('received');
    expect(valueAt(early, ...status, 'reply')).toBeUndefined();
    api.live.resume();
    await api.send(path(4), content);
    const late = certifiedIn(await api.read(id, [status]));
    expect(textAt(late, ...status, 'status')).toBe('replied');
    expect(textAt(late, ...status, 'reply')).toBe('late');
  });

  test('that waits for another canister is processing', async () => {
    const { api, id, path } = setup({ answerTimeoutMs: 1 });
    api.network.faults.add({ caller: id, callee: id }, { kind: 'delayReply', milliseconds: 3_600_000 });
    const waiting = program().call({ to: id, arg: program().reply(), onReply: program().reply('done') });
    const content = api.callContent(id, waiting);
    api.live.pause();
    expect((await api.send(path(4), content)).status).toBe(202);
    api.network.run();
    const status = statusOf(requestIdOf(content));
    expect(textAt(certifiedIn(await api.read(id, [status])), ...status, 'status')).toBe('processing');
  });

  test('whose answer is forgotten is done', async () => {
    const { api, id, path } = setup();
    const content = api.callContent(id, program().reply('old'));
    await api.send(path(4), content);
    api.nowNanos += 320_000_000_000n;
    const status = statusOf(requestIdOf(content));
    const tree = certifiedIn(await api.read(id, [status]));
    expect(textAt(tree, ...status, 'status')).toBe('done');
    expect(valueAt(tree, ...status, 'reply')).toBeUndefined();
  });
});

describe('an asynchronous call (v2)', () => {
  test('is accepted with 202 and nothing else', async () => {
    const { api, id, path, counted } = setup();
    const response = await api.send(path(2), api.callContent(id, program().addToHeap(1n).reply()));
    expect([response.status, response.body.length]).toEqual([202, 0]);
    api.network.run();
    expect(counted()).toBe(1n);
  });

  test('that is refused is answered with the rejection', async () => {
    const { api } = setup();
    const empty = api.emptyCanister();
    const content = api.callContent(empty, program().reply());
    const response = await api.send(`v2/canister/${empty.toText()}/call`, content);
    expect(Object.fromEntries(cborOf(response))).toMatchObject({
      status: 'non_replicated_rejection',
      error_code: 'IC0537',
    });
  });
});

describe('the same request again', () => {
  test('is executed once and answered the same', async () => {
    const { api, id, path, counted } = setup();
    const content = api.callContent(id, program().addToHeap(1n).appendNumber('heapCounter').reply());
    const first = await api.send(path(4), content);
    const others = [await api.send(path(4), content), await api.send(path(3), content)];
    expect(counted()).toBe(1n);
    const reply = (response: typeof first) =>
      valueAt(certifiedIn(response), ...statusOf(requestIdOf(content)), 'reply');
    for (const other of others) expect(reply(other)).toEqual(reply(first));
    expect((await api.send(path(2), content)).status).toBe(202);
    expect(counted()).toBe(1n);
  });

  test('sent many times at once is executed once, and everybody gets the answer', async () => {
    const { api, id, path, counted } = setup();
    const content = api.callContent(id, program().addToHeap(1n).reply('once'));
    const responses = await Promise.all(Array.from({ length: 10 }, () => api.send(path(4), content)));
    for (const response of responses) {
      expect(textAt(certifiedIn(response), ...statusOf(requestIdOf(content)), 'reply')).toBe('once');
    }
    expect(counted()).toBe(1n);
  });

  test('with another nonce is another request', async () => {
    const { api, id, path, counted } = setup();
    const content = api.callContent(id, program().addToHeap(1n).reply());
    await api.send(path(4), content);
    await api.send(path(4), { ...content, nonce: Uint8Array.of(1) });
    expect(counted()).toBe(2n);
  });
});

describe('a call of the management canister', () => {
  const management = Principal.managementCanister();
  const CanisterId = IDL.Record({ canister_id: IDL.Principal });

  test('is executed for who signed it', async () => {
    const { api, id } = setup();
    const content = api.callContent(management, program(), {
      method_name: 'stop_canister',
      arg: IDL.encode([CanisterId], [{ canister_id: id }]),
    });
    const path = `v4/canister/${id.toText()}/call`;
    const tree = certifiedIn(await api.send(path, content));
    expect(textAt(tree, ...statusOf(requestIdOf(content)), 'status')).toBe('replied');
    expect(api.network.canister(id).status).toBe('stopped');
    const status = statusOf(requestIdOf(content));
    expect(textAt(certifiedIn(await api.read(id, [status])), ...status, 'status')).toBe('replied');
  });

  test('that only canisters may make is refused', async () => {
    const { api, id } = setup();
    const content = api.callContent(management, program(), {
      method_name: 'raw_rand',
      arg: IDL.encode([], []),
    });
    const response = await api.send(`v4/canister/${id.toText()}/call`, content);
    expect(Object.fromEntries(cborOf(response))).toMatchObject({
      status: 'non_replicated_rejection',
      reject_code: 4,
      error_code: 'IC0406',
      reject_message: 'Only canisters can call ic00 method raw_rand',
    });
  });
});
