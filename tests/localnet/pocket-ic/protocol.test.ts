import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningPocketIcServer, startPocketIcServer } from '../../../src/localnet/pocket-ic/index.ts';

type Body = string | Uint8Array<ArrayBuffer> | null;

let server: RunningPocketIcServer;
const creation = JSON.stringify({ subnet_config_set: { application: [{ state_config: 'New' }] } });

beforeAll(async () => {
  server = await startPocketIcServer();
  await post('/instances', creation);
});

afterAll(async () => {
  await server.close();
});

function post(path: string, body: Body): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', body });
}

async function answer(path: string, body: Body = null): Promise<[number, unknown]> {
  const response = await post(path, body);
  return [response.status, await response.json()];
}

const message = (text: RegExp): unknown => ({ message: expect.stringMatching(text) as string });
const none = Buffer.alloc(0).toString('base64');
const call = { sender: 'BA==', canister_id: none, method: 'm', payload: none, effective_principal: 'None' };

describe('the protocol', () => {
  test('lists instances, those that are gone too', async () => {
    await post('/instances', creation);
    await fetch(`${server.url}/instances/1`, { method: 'DELETE' });
    expect(await (await fetch(`${server.url}/instances`)).json()).toEqual(['Available', 'Deleted']);
    expect(await answer('/instances/1/update/tick', '{}')).toEqual([404, message(/^InstanceNotFound/)]);
    expect((await fetch(`${server.url}/instances/1`, { method: 'DELETE' })).status).toBe(404);
  });

  test('can give an instance its time at the start', async () => {
    const time = { initial_time: { Timestamp: { nanos_since_epoch: 5 } } };
    const created = (await (
      await post('/instances', JSON.stringify({ ...(JSON.parse(creation) as object), ...time }))
    ).json()) as { Created: { instance_id: number } };
    const path = `/instances/${created.Created.instance_id}/read/get_time`;
    expect(await (await fetch(`${server.url}${path}`)).text()).toBe('{"nanos_since_epoch":5}');
  });

  test('knows what became of an update call, and tells its caller only', async () => {
    const submitted = (
      await answer(
        '/instances/0/update/submit_ingress_message',
        JSON.stringify({
          ...call,
          method: 'provisional_create_canister_with_cycles',
          payload: Buffer.from('DIDL\x01\x6c\x00\x01\x00', 'latin1').toString('base64'),
        }),
      )
    )[1] as { Ok: unknown };
    const status = (caller: string) =>
      answer(
        '/instances/0/read/ingress_status',
        JSON.stringify({ raw_message_id: submitted.Ok, raw_caller: caller }),
      );
    expect(await status('BA==')).toEqual([200, null]);
    await post('/instances/0/update/tick', '{}');
    expect(await status('BA==')).toEqual([200, { Ok: expect.any(String) as string }]);
    expect(await status('AQ==')).toEqual([400, message(/^Forbidden/)]);
  });

  test('serves the HTTP interface of an instance', async () => {
    const status = await fetch(`${server.url}/instances/0/api/v2/status`);
    expect([status.status, status.headers.get('content-type')]).toEqual([200, 'application/cbor']);
    const headers = { 'content-type': 'application/cbor' };
    const id = 'lxzze-o7777-77777-aaaaa-cai';
    const url = `${server.url}/instances/0/api/v3/canister/${id}/query`;
    expect((await fetch(url, { method: 'POST', headers, body: 'junk' })).status).toBe(400);
  });

  test('lists gateways and stops each once', async () => {
    const forward = JSON.stringify({ forward_to: { PocketIcInstance: 0 } });
    const [, created] = (await answer('/http_gateway', forward)) as [
      number,
      { Created: { instance_id: number; port: number } },
    ];
    const { instance_id: id, port } = created.Created;
    expect(await (await fetch(`${server.url}/http_gateway`)).json()).toMatchObject([
      { instance_id: id, port },
    ]);
    expect((await post(`/http_gateway/${id}/stop`, null)).status).toBe(200);
    expect((await post(`/http_gateway/${id}/stop`, null)).status).toBe(404);
    expect(await answer('/http_gateway', '{"forward_to":{"Replica":"http://localhost"}}')).toEqual([
      200,
      { Error: message(/^NotSupported/) },
    ]);
  });

  test.each<[string, string, string | Uint8Array<ArrayBuffer>, number, RegExp]>([
    ['a path that does not exist', '/instances/0/read/nothing', '{}', 404, /^NotFound/],
    ['an instance that does not exist', '/instances/99/update/tick', '{}', 404, /^InstanceNotFound/],
    ['an instance that is no number', '/instances/x/update/tick', '{}', 400, /must be a number/],
    ['no JSON', '/instances/0/update/set_time', '{', 400, /is not JSON/],
    ['no object', '/instances/0/update/set_time', '[]', 400, /must be a JSON object/],
    ['no UTF-8', '/instances/0/update/set_time', Uint8Array.of(0x22, 0xff), 400, /is not UTF-8/],
    ['no field', '/instances/0/update/set_time', '{}', 400, /"nanos_since_epoch" is missing/],
    [
      'a time that is no integer',
      '/instances/0/update/set_time',
      '{"nanos_since_epoch":1.5}',
      400,
      /an integer of at least 0/,
    ],
    [
      'a time that canisters could not see',
      '/instances/0/update/set_time',
      '{"nanos_since_epoch":18446744073709551616}',
      400,
      /fit into 64 bits/,
    ],
    [
      'a principal that is no base64',
      '/instances/0/read/get_cycles',
      '{"canister_id":"AA"}',
      400,
      /not padded base64/,
    ],
    [
      'a principal that is too long',
      '/instances/0/read/get_cycles',
      `{"canister_id":"${'A'.repeat(40)}"}`,
      400,
      /more than 29/,
    ],
    [
      'a blob that was never uploaded',
      '/instances/0/update/set_stable_memory',
      `{"canister_id":"${none}","blob_id":"AA=="}`,
      400,
      /^CanisterNotFound/,
    ],
    [
      'an effective principal of no kind',
      '/instances/0/read/query',
      JSON.stringify({ ...call, effective_principal: { Node: 'AA==' } }),
      400,
      /"effective_principal" is/,
    ],
    [
      'a message id that was never given',
      '/instances/0/update/await_ingress_message',
      `{"message_id":"${Buffer.alloc(32, 7).toString('base64')}"}`,
      400,
      /no ingress message/,
    ],
    ['block makers', '/instances/0/update/tick', '{"blockmakers":{}}', 400, /^NotSupported/],
  ])('answers %s with what is wrong', async (_, path, body, status, text) => {
    expect(await answer(path, body)).toEqual([status, message(text)]);
  });

  test('answers any body within a second', async () => {
    const paths = [
      '/instances',
      '/http_gateway',
      '/instances/0/read/query',
      '/instances/0/update/submit_ingress_message',
      '/instances/0/read/ingress_status',
      '/instances/0/update/add_cycles',
      '/instances/0/extensions/faults',
    ];
    const valid = [creation, JSON.stringify(call), '{"canister_id":"AA==","amount":12345678901234567890}'];
    const mutated = fc
      .tuple(fc.constantFrom(...valid), fc.nat(), fc.string({ maxLength: 4 }))
      .map(([text, at, junk]) => text.slice(0, at % text.length) + junk + text.slice((at % text.length) + 1));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.oneof(mutated, fc.json()), async (path, body) => {
        const begun = Date.now();
        const response = await post(path, body);
        expect([200, 400, 404]).toContain(response.status);
        JSON.parse(await response.text());
        expect(Date.now() - begun).toBeLessThan(1_000);
      }),
      { numRuns: 300 },
    );
  });
});
