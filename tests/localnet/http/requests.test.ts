import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { encodeCbor } from '../../../src/localnet/certification/index.ts';
import type { ApiResponse } from '../../../src/localnet/http/index.ts';
import { program } from '../support/program.ts';
import { type Fields, bodyOf, Signer } from './support/signer.ts';
import { anonymous, cborOf, minuteNanos, TestApi, textOf } from './support/test-api.ts';

const ok = program().reply('ok');

function setup() {
  const api = new TestApi();
  const id = api.canister();
  const at = (endpoint: string, version = 3) => `v${version}/canister/${id.toText()}/${endpoint}`;
  return { api, id, at };
}

/** Requests of each kind that would be answered 200 at their own endpoint. */
function validContents({
  api,
  id,
}: ReturnType<typeof setup>): Record<'call' | 'query' | 'read_state', Fields> {
  return {
    call: api.callContent(id, ok),
    query: api.queryContent(id, ok),
    read_state: api.readContent([['time']]),
  };
}

function expectRefused(response: ApiResponse, status = 400): void {
  expect(response.status).toBe(status);
  expect(response.contentType).toMatch(/^text\/plain/);
  expect(textOf(response)).not.toBe('');
}

describe('a request at the wrong place', () => {
  test.each([
    ['call', 'query'],
    ['query', 'call'],
    ['query', 'read_state'],
    ['read_state', 'query'],
    ['call', 'read_state'],
    ['read_state', 'call'],
  ] as const)('a %s at the endpoint of %s is refused', async (kind, endpoint) => {
    const fixture = setup();
    const response = await fixture.api.send(fixture.at(endpoint), validContents(fixture)[kind]);
    expectRefused(response);
    expect(textOf(response)).toContain(kind);
  });

  test.each([
    '/',
    '/api',
    '/api/v2/statu',
    '/api/v1/canister/aaaaa-aa/call',
    '/api/v5/canister/aaaaa-aa/call',
    '/api/v4/canister/aaaaa-aa/query',
    '/api/v3/subnet/aaaaa-aa/call',
    '/api/v2/subnet/aaaaa-aa/query',
    '/api/v2/canister//call',
    '/api/v2/canister/aaaaa-aa/call/more',
    '/api/v2/canister/aaaaa-aa',
    '/api/v2/constructor/aaaaa-aa/call',
  ])('nothing is found at %s', async (path) => {
    const { api } = setup();
    const request = { method: 'POST', path, contentType: 'application/cbor', body: new Uint8Array() };
    expectRefused(await api.api.handle(request), 404);
  });

  test('the wrong method is refused', async () => {
    const { api, at } = setup();
    const request = { contentType: 'application/cbor', body: new Uint8Array() };
    expectRefused(await api.api.handle({ ...request, method: 'GET', path: `/api/${at('call')}` }), 405);
    expectRefused(await api.api.handle({ ...request, method: 'POST', path: '/api/v2/status' }), 405);
  });
});

describe('the effective canister id', () => {
  test.each(['call', 'query', 'read_state'] as const)(
    'of another canister is refused in %s',
    async (kind) => {
      const fixture = setup();
      const other = fixture.api.canister();
      const contents = {
        ...validContents(fixture),
        read_state: fixture.api.readContent([['canister', fixture.id.toUint8Array(), 'controllers']]),
      };
      expectRefused(await fixture.api.send(`v3/canister/${other.toText()}/${kind}`, contents[kind]));
      expect((await fixture.api.send(fixture.at(kind), contents[kind])).status).toBe(200);
    },
  );

  test('of a management call is the canister in its argument', async () => {
    const { api, id } = setup();
    const other = api.canister();
    const content = api.callContent(Principal.managementCanister(), ok, {
      method_name: 'stop_canister',
      arg: candidCanisterId(id),
    });
    expectRefused(await api.send(`v3/canister/${other.toText()}/call`, content));
    expect(api.network.canister(id).status).toBe('running');
    expect((await api.send(`v3/canister/${id.toText()}/call`, content)).status).toBe(200);
    expect(api.network.canister(id).status).toBe('stopped');
  });

  test.each(['foobar', 'aaaaa-ab', 'a'.repeat(5000), '%00', "';--"])('%s is no principal', async (text) => {
    const fixture = setup();
    const contents = validContents(fixture);
    for (const kind of ['call', 'query', 'read_state'] as const) {
      expectRefused(await fixture.api.send(`v3/canister/${text}/${kind}`, contents[kind]));
    }
  });

  test('outside of the network is refused', async () => {
    const { api } = setup();
    const foreign = Principal.fromText('2vxsx-fae');
    expectRefused(await api.send(`v3/canister/2vxsx-fae/call`, api.callContent(foreign, ok)));
    expectRefused(await api.send(`v3/canister/2vxsx-fae/query`, api.queryContent(foreign, ok)));
    expectRefused(await api.send(`v3/canister/2vxsx-fae/read_state`, api.readContent([['time']])));
  });

  test.each(['call', 'query', 'read_state'] as const)(
    'aaaaa-aa is refused in %s, because it says nothing about the subnet',
    async (kind) => {
      const fixture = setup();
      const contents = validContents(fixture);
      expectRefused(await fixture.api.send(`v3/canister/aaaaa-aa/${kind}`, contents[kind]));
      const management = { canister_id: new Uint8Array(), method_name: 'raw_rand' };
      if (kind !== 'read_state') {
        expectRefused(
          await fixture.api.send(`v3/canister/aaaaa-aa/${kind}`, { ...contents[kind], ...management }),
        );
      }
    },
  );

  test('may be anything where there is none yet: in provisional_create_canister_with_cycles', async () => {
    const { api } = setup();
    for (const text of ['aaaaa-aa', '2vxsx-fae', 'lxzze-o7777-77777-aaaaa-cai']) {
      const content = api.callContent(Principal.managementCanister(), ok, {
        method_name: 'provisional_create_canister_with_cycles',
        arg: candidEmptyRecord,
      });
      const response = await api.send(`v3/canister/${text}/call`, content);
      expect(cborOf(response).get('status')).toBe('replied');
    }
  });
});

describe('every field a request must have', () => {
  const fields = {
    call: ['request_type', 'sender', 'canister_id', 'method_name', 'arg', 'ingress_expiry'],
    query: ['request_type', 'sender', 'canister_id', 'method_name', 'arg', 'ingress_expiry'],
    read_state: ['request_type', 'sender', 'paths', 'ingress_expiry'],
  } as const;
  const cases = Object.entries(fields).flatMap(([kind, names]) =>
    names.map((name) => [kind as keyof typeof fields, name] as const),
  );

  test.each(cases)('a %s without %s is refused', async (kind, name) => {
    const fixture = setup();
    const content = validContents(fixture)[kind];
    expect((await fixture.api.send(fixture.at(kind), content)).status).toBe(200);
    const rest = Object.fromEntries(Object.entries(content).filter(([field]) => field !== name));
    expectRefused(await fixture.api.send(fixture.at(kind), rest));
    expectRefused(
      await fixture.api.sendUnsigned(
        fixture.at(kind),
        name === 'sender' ? rest : { ...rest, sender: anonymous },
      ),
    );
  });

  test.each(cases)('a %s with a %s of the wrong type is refused', async (kind, name) => {
    const fixture = setup();
    for (const wrong of [7, 'text', new Uint8Array(30), [], new Map(), -1, true, null]) {
      const content = { ...validContents(fixture)[kind], sender: anonymous, [name]: wrong };
      if (name === 'paths' && Array.isArray(wrong)) continue;
      if (name === 'arg' && wrong instanceof Uint8Array) continue;
      if (name === 'method_name' && wrong === 'text') continue;
      if (name === 'ingress_expiry' && wrong === 7 && kind !== 'call') continue;
      const response = await fixture.api.sendUnsigned(fixture.at(kind), content);
      expect(response.status, `${name} = ${JSON.stringify(wrong)}`).toBe(400);
    }
  });
});

describe('the sender', () => {
  test('may be anonymous, saying so', async () => {
    const { api, id, at } = setup();
    const sender = program().appendCaller().reply();
    const call = await api.sendUnsigned(at('call'), api.callContent(id, sender, { sender: anonymous }));
    expect(cborOf(call).get('status')).toBe('replied');
    const query = await api.sendUnsigned(at('query'), api.queryContent(id, sender, { sender: anonymous }));
    expect((cborOf(query).get('reply') as Map<string, Uint8Array>).get('arg')).toEqual(anonymous);
  });

  test.each(['call', 'query', 'read_state'] as const)(
    'must have signed, and signed exactly this: %s',
    async (kind) => {
      const fixture = setup();
      const { api, at } = fixture;
      const content = validContents(fixture)[kind];
      const signed = api.alice.sign(content);
      const signature = signed.sender_sig as Uint8Array;
      const other = new Signer();
      const spoilt = [
        { content },
        { ...signed, sender_sig: undefined },
        { ...signed, sender_pubkey: undefined },
        { ...signed, sender_sig: signature.map((byte, index) => (index === 3 ? byte ^ 1 : byte)) },
        { ...signed, sender_sig: signature.slice(1) },
        { ...signed, sender_sig: new Uint8Array() },
        { ...signed, sender_pubkey: other.publicKeyDer },
        { ...signed, content: { ...content, ingress_expiry: api.nowNanos + 2n * minuteNanos } },
        { ...other.sign(content) },
        { ...signed, content: { ...content, sender: anonymous } },
      ];
      for (const envelope of spoilt) expectRefused(await api.post(at(kind), bodyOf(envelope)));
      expect((await api.post(at(kind), bodyOf(signed))).status).toBe(200);
    },
  );

  test('must have signed a read of nothing too', async () => {
    const { api, at } = setup();
    const content = api.readContent([]);
    expectRefused(await api.sendUnsigned(at('read_state'), content));
    expect((await api.send(at('read_state'), content)).status).toBe(200);
  });
});

describe('targets of a delegation', () => {
  async function delegated(kind: 'call' | 'query' | 'read_state', includesCanister: boolean) {
    const { api, id, at } = setup();
    const session = new Signer();
    const targets = [includesCanister ? id.toUint8Array() : Uint8Array.of(1, 2, 3)];
    const delegation = api.alice.delegateTo(session, { expiration: api.nowNanos + minuteNanos, targets });
    const sendDelegated = (content: Fields) =>
      api.post(
        at(content.request_type as string),
        bodyOf({
          ...session.sign(content),
          sender_pubkey: api.alice.publicKeyDer,
          sender_delegation: [delegation],
        }),
      );
    const earlier = api.callContent(id, ok);
    const requestId = await api.requestIdOfAnswered(at('call'), earlier);
    const contents = {
      call: api.callContent(id, ok),
      query: api.queryContent(id, ok),
      read_state: api.readContent([['request_status', requestId]]),
    };
    return sendDelegated(contents[kind]);
  }

  test.each(['call', 'query', 'read_state'] as const)('limit a %s to them', async (kind) => {
    expect((await delegated(kind, true)).status).toBe(200);
    const refused = await delegated(kind, false);
    expectRefused(refused, kind === 'read_state' ? 403 : 400);
    expect(textOf(refused)).toContain('is not one of the delegation targets');
  });
});

describe('the expiry', () => {
  test.each(['call', 'query', 'read_state'] as const)('of a %s must lie ahead, not too far', async (kind) => {
    const fixture = setup();
    const { api, at } = fixture;
    const expiring = (ingress_expiry: bigint) =>
      api.send(at(kind), { ...validContents(fixture)[kind], ingress_expiry });
    for (const wrong of [0n, api.nowNanos - 1n, api.nowNanos + 6n * minuteNanos, 2n ** 64n - 1n]) {
      const response = await expiring(wrong);
      expectRefused(response);
      expect(textOf(response)).toMatch(/^Invalid request expiry: /);
    }
    expect((await expiring(api.nowNanos + 5n * minuteNanos)).status).toBe(200);
  });
});

describe('a body that is no request', () => {
  test.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('hello')],
    ['a CBOR number', encodeCbor(7)],
    ['a CBOR array', encodeCbor([])],
    ['an empty map', encodeCbor({})],
    ['a map without content', encodeCbor({ sender_sig: new Uint8Array() })],
    ['deep nesting', new Uint8Array(100_000).fill(0x81)],
    ['a huge length', Uint8Array.of(0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['a key twice', Uint8Array.of(0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02)],
  ])('%s is answered 400 with a text', async (_name, body) => {
    const { api, at } = setup();
    for (const kind of ['call', 'query', 'read_state']) expectRefused(await api.post(at(kind), body));
  });

  test('larger than 4 MiB is answered 413', async () => {
    const { api, at } = setup();
    expectRefused(await api.post(at('call'), new Uint8Array(4 * 1_048_576 + 1)), 413);
  });

  test.each([undefined, 'application/json', 'text/cbor', 'application/cborx'])(
    'of content type %s is answered 415',
    async (contentType) => {
      const { api, at } = setup();
      const request = { method: 'POST', path: `/api/${at('query')}`, contentType, body: new Uint8Array() };
      expectRefused(await api.api.handle(request), 415);
    },
  );

  test('may name the content type with a parameter and in capitals', async () => {
    const { api, at, id } = setup();
    const body = bodyOf(api.alice.sign(api.queryContent(id, ok)));
    expect((await api.post(at('query'), body, 'Application/CBOR; charset=binary')).status).toBe(200);
  });
});

/** `(record { canister_id = … })` */
function candidCanisterId(id: Principal): Uint8Array {
  const bytes = id.toUint8Array();
  // One record type with the field canister_id: principal (hash 1,313,628,723).
  const header = [0x44, 0x49, 0x44, 0x4c, 1, 0x6c, 1, 0xb3, 0xc4, 0xb1, 0xf2, 0x04, 0x68, 1, 0];
  return Uint8Array.from([...header, 1, bytes.length, ...bytes]);
}

/** `(record {})` */
const candidEmptyRecord = Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 1, 0x6c, 0, 1, 0);
