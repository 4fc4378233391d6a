import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  Cbor,
  Endpoint,
  type HttpAgentRequest,
  type Identity,
  type PublicKey,
  type Signature,
  SignIdentity,
  wrapDER,
} from '@icp-sdk/core/agent';
import { DelegationChain, DelegationIdentity, WebAuthnIdentity } from '@icp-sdk/core/identity';
import { Principal } from '@icp-sdk/core/principal';
import { vi } from 'vitest';
import {
  authenticate,
  type CborValue,
  digest,
  encodeCbor,
  labeledTree,
  SubnetKeys,
  type TreeSource,
} from '../../../../src/localnet/certification/index.ts';

export const keys = new SubnetKeys();
export const nowNanos = 1_700_000_000_123_456_789n;
export const minuteNanos = 60_000_000_000n;
export const canisterId = Principal.fromText('rwlgt-iiaaa-aaaaa-aaaaa-cai');

export type Content = Record<string, unknown> & { request_type: 'call' | 'query' | 'read_state' };

export function callContent(sender: Principal, changes: Record<string, unknown> = {}): Content {
  return {
    request_type: 'call',
    canister_id: canisterId,
    method_name: 'greet',
    arg: Uint8Array.of(68, 73, 68, 76, 0, 0),
    sender,
    ingress_expiry: nowNanos + minuteNanos,
    nonce: new Uint8Array(16).fill(9),
    ...changes,
  };
}

/** The envelope exactly as `@icp-sdk/core` signs it. */
export async function signedEnvelope(identity: Identity, content: Content): Promise<Uint8Array> {
  const request = { endpoint: Endpoint.Call, request: {}, body: content } as unknown as HttpAgentRequest;
  const transformed = (await identity.transformRequest(request)) as { body: unknown };
  return Cbor.encode(transformed.body);
}

export function authenticated<T extends Content['request_type'] = 'call'>(
  body: Uint8Array,
  requestType?: T,
  timeNanos = nowNanos,
) {
  const type = (requestType ?? 'call') as T;
  return authenticate(body, { requestType: type, timeNanos, rootKeyDer: keys.rootKeyDer });
}

/** A delegation of `from` to `to`, valid for a minute. */
export async function delegated(
  from: SignIdentity,
  to: SignIdentity,
  options: Parameters<typeof DelegationChain.create>[3] = {},
  expirationNanos = nowNanos + minuteNanos,
): Promise<DelegationIdentity> {
  const expiration = new Date(Number(expirationNanos / 1_000_000n));
  const chain = await DelegationChain.create(from, to.getPublicKey(), expiration, options);
  return DelegationIdentity.fromDelegation(to, chain);
}

/**
 * An authenticator in software, behind the `navigator.credentials` that the identity asks for its signatures.
 * Undo it with `vi.unstubAllGlobals()`.
 */
export function webAuthnIdentity(kind: 'P-256' | 'RSA' | 'Ed25519'): WebAuthnIdentity {
  const { privateKey, publicKey } = keyPairOf(kind);
  const get = ({ publicKey: { challenge } }: { publicKey: { challenge: Uint8Array } }) =>
    Promise.resolve({ response: assertion(privateKey, challenge), authenticatorAttachment: null });
  vi.stubGlobal('navigator', { credentials: { get } });
  return new WebAuthnIdentity(Uint8Array.of(1), coseOf(publicKey), undefined);
}

function keyPairOf(kind: 'P-256' | 'RSA' | 'Ed25519') {
  switch (kind) {
    case 'P-256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'RSA':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'Ed25519':
      return generateKeyPairSync('ed25519');
  }
}

function assertion(privateKey: KeyObject, challenge: Uint8Array) {
  const clientDataJSON = Buffer.from(
    JSON.stringify({
      type: 'webauthn.get',
      challenge: Buffer.from(challenge).toString('base64url'),
      origin: 'http://localhost',
    }),
  );
  const authenticatorData = new Uint8Array(37).fill(3);
  const clientDataHash = createHash('sha256').update(clientDataJSON).digest();
  const digestAlgorithm = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const signature = sign(digestAlgorithm, Buffer.concat([authenticatorData, clientDataHash]), privateKey);
  return { authenticatorData, clientDataJSON, signature: new Uint8Array(signature) };
}

/** A public key as authenticators give it: a CBOR map with numbers for names. */
function coseOf(publicKey: KeyObject): Uint8Array {
  const jwk = publicKey.export({ format: 'jwk' });
  const part = (value: string | undefined) => new Uint8Array(Buffer.from(value ?? '', 'base64url'));
  const entries = ((): [number, CborValue][] => {
    switch (jwk.kty) {
      case 'RSA':
        return [
          [1, 3],
          [3, -257],
          [-1, part(jwk.n)],
          [-2, part(jwk.e)],
        ];
      case 'OKP':
        return [
          [1, 1],
          [3, -8],
          [-1, 6],
          [-2, part(jwk.x)],
        ];
      default:
        return [
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, part(jwk.x)],
          [-3, part(jwk.y)],
        ];
    }
  })();
  // Without the self-describing tag, which authenticators do not write.
  return encodeCbor(new Map(entries)).slice(3);
}

/** An identity whose signatures are a canister's: what it signs stands in the tree that the canister certifies. */
export class CanisterIdentity extends SignIdentity {
  constructor(
    readonly signer: Principal,
    readonly network = keys,
    readonly seed = Uint8Array.of(5, 6, 7),
  ) {
    super();
  }

  getPublicKey(): PublicKey {
    const id = this.signer.toUint8Array();
    const key = Uint8Array.of(id.length, ...id, ...this.seed);
    const der = wrapDER(key, Uint8Array.from(Buffer.from('300c060a2b0601040183b8430102', 'hex')));
    return { toDer: () => der };
  }

  sign(message: Uint8Array): Promise<Signature> {
    const empty = new Uint8Array(0);
    const entries = new Map([[hashOf(this.seed), new Map([[hashOf(message), empty]])]]);
    const tree = labeledTree(new Map([['sig', entries]]));
    const canister = new Map([['certified_data', digest(tree)]]);
    const state = labeledTree(
      new Map<string, TreeSource>([
        ['canister', new Map([[this.signer.toUint8Array(), canister]])],
        ['time', Uint8Array.of(1)],
      ]),
    );
    const signature = encodeCbor({ certificate: this.network.certify(state), tree });
    return Promise.resolve(signature as Signature);
  }
}

function hashOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
