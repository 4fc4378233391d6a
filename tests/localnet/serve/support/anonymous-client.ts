import { randomBytes } from 'node:crypto';
import { Principal } from '@dfinity/principal';
import {
  type CborMap,
  decodeCbor,
  encodeCbor,
  lookupValue,
  requestIdOf,
  SubnetKeys,
  verifyCertificate,
} from '../../../../src/localnet/certification/index.ts';
import type { CallTransport } from '../../../../src/client/index.ts';

const { rootKeyDer } = new SubnetKeys();
const anonymous = Principal.anonymous().toUint8Array();
const expiryNanos = 120_000_000_000n;

/** Speaks to an endpoint in the name of nobody, without an agent's work of verifying most of what it gets. */
export class AnonymousClient implements CallTransport {
  constructor(private readonly url: string) {}

  async update(
    canisterId: Principal,
    method: string,
    arg: Uint8Array,
    effectiveCanisterId = canisterId,
  ): Promise<Uint8Array> {
    const { requestId, certificate } = await this.acknowledged(canisterId, method, arg, effectiveCanisterId);
    const reply = lookupValue(verifyCertificate(certificate, rootKeyDer), [
      'request_status',
      requestId,
      'reply',
    ]);
    if (reply === undefined) throw new Error(`${method} was not answered with a reply.`);
    return reply;
  }

  query(): Promise<Uint8Array> {
    return Promise.reject(new Error('Not needed by these tests.'));
  }

  /** Makes an update call, until the endpoint has said that it was executed. */
  async acknowledged(
    canisterId: Principal,
    method: string,
    arg: Uint8Array,
    effectiveCanisterId = canisterId,
  ): Promise<{ readonly requestId: Uint8Array; readonly certificate: Uint8Array }> {
    const content = {
      request_type: 'call',
      sender: anonymous,
      canister_id: canisterId.toUint8Array(),
      method_name: method,
      arg,
      ingress_expiry: BigInt(Date.now()) * 1_000_000n + expiryNanos,
      nonce: new Uint8Array(randomBytes(16)),
    };
    const answer = await this.#post(`v4/canister/${effectiveCanisterId.toText()}/call`, content);
    if (answer.get('status') !== 'replied') throw new Error('The call was refused before it was accepted.');
    return { requestId: requestIdOf(content), certificate: answer.get('certificate') as Uint8Array };
  }

  /** What the certified state says about a request: `replied`, `rejected` or undefined. */
  async statusOf(canisterId: Principal, requestId: Uint8Array): Promise<string | undefined> {
    const label = new TextEncoder().encode('request_status');
    const answer = await this.#post(`v3/canister/${canisterId.toText()}/read_state`, {
      request_type: 'read_state',
      sender: anonymous,
      paths: [[label, requestId]],
      ingress_expiry: BigInt(Date.now()) * 1_000_000n + expiryNanos,
    });
    const tree = verifyCertificate(answer.get('certificate') as Uint8Array, rootKeyDer);
    const status = lookupValue(tree, ['request_status', requestId, 'status']);
    return status === undefined ? undefined : new TextDecoder().decode(status);
  }

  async #post(path: string, content: Parameters<typeof requestIdOf>[0]): Promise<CborMap> {
    const response = await fetch(`${this.url}/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/cbor' },
      body: encodeCbor({ content }) as Uint8Array<ArrayBuffer>,
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.status !== 200) throw new Error(`${response.status}: ${new TextDecoder().decode(bytes)}`);
    return decodeCbor(bytes) as CborMap;
  }
}
