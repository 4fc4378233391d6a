import { Principal as AgentPrincipal } from '@icp-sdk/core/principal';
import { describe, expect, test } from 'vitest';
import { type CborMap, decodeCbor, requestIdOf } from '../../../src/localnet/certification/index.ts';
import { CanisterIdentity, type Content, signedEnvelope } from '../certification/support/envelopes.ts';
import { program, type Program } from '../support/program.ts';
import { certifiedIn, cborOf, minuteNanos, TestApi, textOf, valueAt } from './support/test-api.ts';

const info = new TextEncoder().encode('name: Alice');

/** A canister that is asked, and a user whose key is the signature of another canister. */
function setup() {
  const api = new TestApi();
  const id = api.canister();
  const signer = AgentPrincipal.fromText(api.emptyCanister().toText());
  const identity = new CanisterIdentity(signer);

  async function attested(bytes = info): Promise<Record<string, unknown>> {
    const signed = Buffer.concat([Buffer.from('\x0Eic-sender-info'), bytes]);
    return { info: bytes, signer, sig: await identity.sign(new Uint8Array(signed)) };
  }

  async function envelope(kind: 'call' | 'query', body: Program, senderInfo?: unknown): Promise<Uint8Array> {
    const content: Content = {
      request_type: kind,
      canister_id: AgentPrincipal.fromText(id.toText()),
      method_name: kind === 'call' ? 'run' : 'look',
      arg: body.bytes,
      sender: identity.getPrincipal(),
      ingress_expiry: api.nowNanos + minuteNanos,
      ...(senderInfo === undefined ? {} : { sender_info: senderInfo }),
    };
    return signedEnvelope(identity, content);
  }

  async function call(body: Program, senderInfo?: unknown): Promise<Uint8Array | undefined> {
    const bytes = await envelope('call', body, senderInfo);
    const requestId = requestIdOf((decodeCbor(bytes) as CborMap).get('content') as CborMap);
    const response = await api.post(`v4/canister/${id.toText()}/call`, bytes);
    return valueAt(certifiedIn(response), 'request_status', requestId, 'reply');
  }

  async function query(body: Program, senderInfo?: unknown): Promise<unknown> {
    const bytes = await envelope('query', body, senderInfo);
    const response = await api.post(`v3/canister/${id.toText()}/query`, bytes);
    return (cborOf(response).get('reply') as CborMap).get('arg');
  }

  return { api, id, signer, attested, envelope, call, query };
}

describe('what a canister attests of the user who sends a request', () => {
  const tell = (signerBytes: number) =>
    program()
      .appendSystemBlob('msg_caller_info_data', info.length)
      .appendSystemBlob('msg_caller_info_signer', signerBytes)
      .reply();

  test('reaches the canister that is called or asked', async () => {
    const { signer, attested, call, query } = setup();
    const told = Uint8Array.from([...info, ...signer.toUint8Array()]);
    const body = tell(signer.toUint8Array().length);
    expect(await call(body, await attested())).toEqual(told);
    expect(await query(body, await attested())).toEqual(told);
  });

  test('is empty when nothing is attested', async () => {
    const { call, query } = setup();
    const sizes = program()
      .system('msg_caller_info_data_size')
      .appendNumber('lastResult')
      .system('msg_caller_info_signer_size')
      .appendNumber('lastResult')
      .reply();
    expect(await call(sizes)).toEqual(new Uint8Array(16));
    expect(await query(sizes)).toEqual(new Uint8Array(16));
  });

  test('is refused when it was changed on the way, and the canister is not called', async () => {
    const { api, id, attested, envelope } = setup();
    const forged = { ...(await attested()), info: new TextEncoder().encode('name: Bob') };
    for (const kind of ['call', 'query'] as const) {
      const body = await envelope(kind, program().addToHeap(1n).reply(), forged);
      const path = `v${kind === 'call' ? 4 : 3}/canister/${id.toText()}/${kind}`;
      const response = await api.post(path, body);
      expect(response.status).toBe(400);
      expect(textOf(response)).toMatch(/^Invalid sender info: /);
    }
    expect(api.network.run()).toBe(0);
  });
});
