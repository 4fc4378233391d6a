import { AnonymousIdentity, Cbor, type Identity, type SignIdentity } from '@icp-sdk/core/agent';
import { DelegationIdentity, ECDSAKeyIdentity, Ed25519KeyIdentity } from '@icp-sdk/core/identity';
import { Secp256k1KeyIdentity } from '@icp-sdk/core/identity/secp256k1';
import { Principal } from '@icp-sdk/core/principal';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type CborMap,
  decodeCbor,
  encodeCbor,
  HttpApiError,
  type HttpApiErrorCode,
  requestIdOf,
  SubnetKeys,
} from '../../../src/localnet/certification/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import {
  authenticated,
  callContent,
  canisterId,
  CanisterIdentity,
  type Content,
  delegated,
  keys,
  minuteNanos,
  nowNanos,
  signedEnvelope,
  webAuthnIdentity,
} from './support/envelopes.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const alice = Ed25519KeyIdentity.generate(new Uint8Array(32).fill(1));
const bob = Ed25519KeyIdentity.generate(new Uint8Array(32).fill(2));
const otherCanister = Principal.fromText('r7inp-6aaaa-aaaaa-aaabq-cai');

/** One identity of every kind that can sign. */
const identities: Record<string, () => SignIdentity | Promise<SignIdentity>> = {
  Ed25519: () => alice,
  'ECDSA secp256k1': () => Secp256k1KeyIdentity.generate(),
  'ECDSA P-256': () => ECDSAKeyIdentity.generate(),
  'WebAuthn with P-256': () => webAuthnIdentity('P-256'),
  'WebAuthn with RSA': () => webAuthnIdentity('RSA'),
  'a canister': () => new CanisterIdentity(canisterId),
  'a delegation': () => delegated(alice, bob),
  'a delegation of a canister, as Internet Identity gives': () =>
    delegated(new CanisterIdentity(otherCanister), bob),
  'a delegation of a WebAuthn device': () => delegated(webAuthnIdentity('P-256'), bob),
};

async function envelopeOf(identity: Identity, changes: Record<string, unknown> = {}): Promise<Uint8Array> {
  return signedEnvelope(identity, callContent(identity.getPrincipal(), changes));
}

/** The same envelope with something in it replaced. */
function changed(body: Uint8Array, changes: Record<string, unknown>): Uint8Array {
  const envelope = Cbor.decode<Record<string, unknown>>(body);
  return Cbor.encode({ ...envelope, ...changes });
}

function refusal(body: Uint8Array, ...more: [Content['request_type']?, bigint?]): HttpApiError {
  return thrownBy(HttpApiError, () => authenticated(body, ...more));
}

function expectRefusal(body: Uint8Array, code: HttpApiErrorCode, text: RegExp): void {
  const error = refusal(body);
  expect([error.code, error.status]).toEqual([code, 400]);
  expect(error.text).toMatch(text);
}

describe('who is believed', () => {
  test.each(Object.keys(identities))('a request signed by %s', async (name) => {
    const identity = await identities[name]?.();
    if (identity === undefined) throw new Error('no such identity');
    const request = authenticated(await envelopeOf(identity));
    expect(request).toMatchObject({ requestType: 'call', method: 'greet', targets: undefined });
    expect(request.sender.toText()).toBe(identity.getPrincipal().toText());
  });

  test.each(Object.keys(identities))(
    'but with any bit of the signature of %s flipped it is not',
    async (name) => {
      const identity = await identities[name]?.();
      if (identity === undefined) throw new Error('no such identity');
      const body = await envelopeOf(identity);
      const signature = Cbor.decode<{ sender_sig: Uint8Array }>(body).sender_sig;
      // A canister's signature takes a pairing to check; the others are quick.
      const numRuns = name.includes('canister') ? 15 : 60;
      const flips = fc.record({ byte: fc.nat(signature.length - 1), bit: fc.nat(7) });
      fc.assert(
        fc.property(flips, ({ byte, bit }) => {
          const flipped = Uint8Array.from(signature);
          flipped[byte] = (flipped[byte] ?? 0) ^ (1 << bit);
          // Text or bytes are two ways to write the same client data; every other flip in the CBOR counts.
          fc.pre(!isSameMap(signature, flipped));
          const error = refusal(changed(body, { sender_sig: flipped }));
          expect(error.code).toBe('INVALID_SIGNATURE');
        }),
        { numRuns },
      );
    },
  );

  test('a request that was changed after it was signed is not', async () => {
    const body = await envelopeOf(alice);
    const { content } = Cbor.decode<{ content: Record<string, unknown> }>(body);
    const forged = changed(body, { content: { ...content, method_name: 'transfer' } });
    expectRefusal(forged, 'INVALID_SIGNATURE', /^Invalid signature: Invalid basic signature: Ed25519/);
  });

  test('a WebAuthn signature under another request is not', async () => {
    const identity = webAuthnIdentity('P-256');
    const other = await envelopeOf(identity, { method_name: 'transfer' });
    const { sender_sig } = Cbor.decode<{ sender_sig: Uint8Array }>(other);
    const body = changed(await envelopeOf(identity), { sender_sig });
    expectRefusal(body, 'INVALID_SIGNATURE', /WebAuthn error: the challenge .* is not what is signed here/);
  });

  test('somebody who signs with a key that is not the sender is not', async () => {
    const body = await signedEnvelope(bob, callContent(alice.getPrincipal()));
    expectRefusal(body, 'USER_ID_DOES_NOT_MATCH', /^The user id '.*' does not match the public key '/);
  });

  test('a sender without signature is not, and the anonymous sender must not have one', async () => {
    const unsigned = encodeEnvelope(callContent(alice.getPrincipal()));
    expectRefusal(unsigned, 'MISSING_SIGNATURE', /^Missing signature from user: /);
    const anonymous = new AnonymousIdentity();
    const body = await envelopeOf(anonymous);
    expect(authenticated(body).sender.isAnonymous()).toBe(true);
    const signed = changed(body, {
      sender_pubkey: alice.getPublicKey().toDer(),
      sender_sig: new Uint8Array(64),
    });
    expectRefusal(signed, 'ANONYMOUS_SIGNATURE', /^Signature is not allowed/);
  });

  test('a key of no known kind is not', async () => {
    const der = Uint8Array.of(0x30, 3, 1, 2, 3);
    const identity = Object.assign(Ed25519KeyIdentity.generate(), {
      getPublicKey: () => ({ toDer: () => der }),
    }) as unknown as SignIdentity;
    expectRefusal(await envelopeOf(identity), 'INVALID_SIGNATURE', /^Invalid signature: Invalid public key/);
  });

  test('a canister of another network is not, nor one that did not certify the message', async () => {
    const stranger = new CanisterIdentity(canisterId, new SubnetKeys('elsewhere'));
    expectRefusal(await envelopeOf(stranger), 'INVALID_SIGNATURE', /not signed by this network's root key/);
    const canister = new CanisterIdentity(canisterId);
    const body = await envelopeOf(canister);
    const sender_sig = await canister.sign(Uint8Array.of(1));
    expectRefusal(changed(body, { sender_sig }), 'INVALID_SIGNATURE', /does not hold the signed message/);
    // The right message under another seed, and by another canister.
    const message = new Uint8Array(
      Buffer.from([...Buffer.from('\x0Aic-request'), ...authenticated(body).requestId]),
    );
    const otherSeed = await new CanisterIdentity(canisterId, keys, Uint8Array.of(8)).sign(message);
    expectRefusal(
      changed(body, { sender_sig: otherSeed }),
      'INVALID_SIGNATURE',
      /does not hold the signed message/,
    );
    const elsewhere = await new CanisterIdentity(otherCanister).sign(message);
    expectRefusal(
      changed(body, { sender_sig: elsewhere }),
      'INVALID_SIGNATURE',
      /the tree is not what canister/,
    );
    // A tree that holds the message, beside a certificate of another one.
    const { certificate } = Cbor.decode<{ certificate: Uint8Array }>(sender_sig);
    const genuine = Cbor.decode<{ sender_sig: Uint8Array }>(body).sender_sig;
    const { tree } = Cbor.decode<{ tree: unknown }>(genuine);
    const mixed = changed(body, { sender_sig: Cbor.encode({ certificate, tree }) });
    expectRefusal(mixed, 'INVALID_SIGNATURE', /the tree is not what canister .* certified/);
  });
});

/** An envelope nobody signed. */
function encodeEnvelope(content: Content): Uint8Array {
  return Cbor.encode({ content });
}

describe('delegations', () => {
  async function chainOf(length: number): Promise<DelegationIdentity> {
    let identity = await delegated(alice, keyOf(1));
    for (let link = 2; link <= length; link += 1) {
      const previous = identity.getDelegation();
      const next = await delegated(keyOf(link - 1), keyOf(link), { previous });
      identity = next;
    }
    return identity;
  }
  const keyOf = (number: number) => Ed25519KeyIdentity.generate(new Uint8Array(32).fill(100 + number));

  test('up to 20 of them make a chain', async () => {
    expect(authenticated(await envelopeOf(await chainOf(20))).sender.toText()).toBe(
      alice.getPrincipal().toText(),
    );
    expectRefusal(
      await envelopeOf(await chainOf(21)),
      'INVALID_DELEGATION',
      /^Invalid delegation: Chain of delegations is too long: got 21 delegations, but at most 20 are allowed\.$/,
    );
  });

  test('a link that is missing breaks the chain', async () => {
    const body = await envelopeOf(await chainOf(3));
    const { sender_delegation } = Cbor.decode<{ sender_delegation: unknown[] }>(body);
    const broken = changed(body, { sender_delegation: sender_delegation.toSpliced(1, 1) });
    expectRefusal(broken, 'INVALID_DELEGATION', /^Invalid delegation: Invalid basic signature/);
  });

  test('a chain that comes back to one of its keys is refused', async () => {
    const forth = await delegated(alice, bob);
    const back = await delegated(bob, alice, { previous: forth.getDelegation() });
    expectRefusal(await envelopeOf(back), 'INVALID_DELEGATION', /contains at least one cycle/);
  });

  test('the targets of all links together say whom the request may call', async () => {
    const targets = [canisterId, otherCanister];
    const wide = await delegated(alice, bob, { targets });
    const request = authenticated(await envelopeOf(wide));
    expect(request.targets?.map((target) => target.toText())).toEqual(
      targets.map((target) => target.toText()),
    );
    const narrow = await delegated(bob, keyOf(1), {
      targets: [otherCanister],
      previous: wide.getDelegation(),
    });
    expect(authenticated(await envelopeOf(narrow, { canister_id: otherCanister })).targets).toHaveLength(1);
    expectRefusal(
      await envelopeOf(narrow),
      'NOT_A_DELEGATION_TARGET',
      /^Canister 'rwlgt-iiaaa-aaaaa-aaaaa-cai' is not one of the delegation targets\.$/,
    );
  });

  test('a later link cannot allow what an earlier one does not', async () => {
    const narrow = await delegated(alice, bob, { targets: [otherCanister] });
    const targets = [canisterId, otherCanister];
    const wide = await delegated(bob, keyOf(1), { targets, previous: narrow.getDelegation() });
    expect(authenticated(await envelopeOf(wide, { canister_id: otherCanister })).targets).toHaveLength(1);
    expectRefusal(await envelopeOf(wide), 'NOT_A_DELEGATION_TARGET', /is not one of the delegation targets/);
  });

  test('one has at most 1000 targets', async () => {
    const targets = Array.from({ length: 1001 }, () => canisterId);
    const body = await envelopeOf(await delegated(alice, bob, { targets }));
    expectRefusal(body, 'INVALID_DELEGATION', /expected at most 1000 targets per delegation, but got 1001$/);
  });

  test('one that has run out is refused', async () => {
    const body = await envelopeOf(await delegated(alice, bob, {}, nowNanos - minuteNanos));
    expectRefusal(
      body,
      'INVALID_DELEGATION_EXPIRY',
      /^Invalid delegation expiry: Specified sender delegation has expired:\nProvided expiry: {4}2023-11-14 22:12:20\.123 UTC\n/,
    );
  });

  test('one that permits queries does not permit update calls', async () => {
    const identity = await delegated(alice, bob, { permissions: 'queries' });
    expectRefusal(await envelopeOf(identity), 'INVALID_DELEGATION', /permits queries only/);
    const body = await envelopeOf(identity, { request_type: 'query' });
    expect(authenticated(body, 'query').requestType).toBe('query');
    const strange = await delegated(alice, bob, { permissions: 'everything' });
    expectRefusal(await envelopeOf(strange), 'INVALID_DELEGATION', /"everything"/);
  });
});

describe('the time of a request', () => {
  const expectExpiry = (body: Uint8Array) => {
    expectRefusal(
      body,
      'INVALID_REQUEST_EXPIRY',
      /^Invalid request expiry: Specified ingress_expiry not within expected range: /,
    );
  };

  test('it must not have expired, nor expire later than in five minutes and a half', async () => {
    const latest = nowNanos + 330_000_000_000n;
    for (const ingress_expiry of [nowNanos, latest]) {
      expect(authenticated(await envelopeOf(alice, { ingress_expiry })).ingressExpiryNanos).toBe(
        ingress_expiry,
      );
    }
    for (const ingress_expiry of [nowNanos - 1n, latest + 1n])
      expectExpiry(await envelopeOf(alice, { ingress_expiry }));
  });

  test('the refusal names the times in the form that agents know', async () => {
    const { text } = refusal(await envelopeOf(alice, { ingress_expiry: 0n }));
    expect(text).toBe(
      'Invalid request expiry: Specified ingress_expiry not within expected range: ' +
        'Minimum allowed expiry: 2023-11-14 22:13:20.123456789 UTC, ' +
        'Maximum allowed expiry: 2023-11-14 22:18:50.123456789 UTC, ' +
        'Provided expiry:        1970-01-01 00:00:00 UTC',
    );
  });

  test('the anonymous sender may ask at any time, but not call', async () => {
    const anonymous = new AnonymousIdentity();
    const old = { ingress_expiry: 0n };
    expect(
      authenticated(await envelopeOf(anonymous, { ...old, request_type: 'query' }), 'query'),
    ).toBeDefined();
    expectExpiry(await envelopeOf(anonymous, old));
    expectExpiry(await envelopeOf(alice, old));
  });
});

describe('the content of a request', () => {
  test('its id is the one that the agent computes, and unknown fields count into it', async () => {
    const body = await envelopeOf(alice, { some_later_field: 'x' });
    const { content } = Cbor.decode<{ content: Record<string, never> }>(body);
    expect(authenticated(body).requestId).toEqual(requestIdOf(content));
  });

  test('read_state has paths, at most 1000 of at most 127 labels', async () => {
    const read = async (paths: unknown) =>
      signedEnvelope(alice, {
        request_type: 'read_state',
        sender: alice.getPrincipal(),
        ingress_expiry: nowNanos + minuteNanos,
        paths,
      });
    const label = Uint8Array.of(116);
    expect(authenticated(await read([[label], []]), 'read_state').paths).toEqual([[label], []]);
    const tooMany = refusal(await read(Array.from({ length: 1001 }, () => [])), 'read_state');
    expect(tooMany.text).toBe(
      'Too many paths in read state request: got 1001 paths, but at most 1000 are allowed.',
    );
    const tooDeep = refusal(await read([Array.from({ length: 128 }, () => label)]), 'read_state');
    expect(tooDeep.text).toMatch(/got 128 labels, but at most 127 are allowed\.$/);
    expect(refusal(await read([[1]]), 'read_state').code).toBe('MALFORMED_REQUEST');
  });

  test('a call that comes to the endpoint of queries is refused', async () => {
    expect(refusal(await envelopeOf(alice), 'query').code).toBe('WRONG_REQUEST_TYPE');
  });

  test('a nonce has at most 32 bytes', async () => {
    expect(authenticated(await envelopeOf(alice, { nonce: new Uint8Array(32) }))).toBeDefined();
    expectRefusal(
      await envelopeOf(alice, { nonce: new Uint8Array(33) }),
      'NONCE_TOO_BIG',
      /^Nonce in request is too big: got 33 bytes, but at most 32 are allowed\.$/,
    );
  });

  test('what a canister attests of the sender must be signed by it', async () => {
    const canister = new CanisterIdentity(canisterId);
    const info = Buffer.from('name: Alice');
    const signed = Buffer.concat([Buffer.from('\x0Eic-sender-info'), info]);
    const sender_info = { info, signer: canisterId, sig: await canister.sign(new Uint8Array(signed)) };
    const request = authenticated(await envelopeOf(canister, { sender_info }));
    expect(request.senderInfo?.info).toEqual(new Uint8Array(info));
    const forged = { ...sender_info, info: Buffer.from('name: Bob') };
    expectRefusal(
      await envelopeOf(canister, { sender_info: forged }),
      'INVALID_SENDER_INFO',
      /does not hold/,
    );
    expectRefusal(await envelopeOf(alice, { sender_info }), 'INVALID_SENDER_INFO', /the signer must be/);
  });

  test.each<[string, Record<string, unknown>]>([
    ['no sender', { sender: undefined }],
    ['a sender that is a text', { sender: 'aaaaa-aa' }],
    ['a sender that is too long', { sender: new Uint8Array(30) }],
    ['no expiry', { ingress_expiry: undefined }],
    ['an expiry beyond 64 bits', { ingress_expiry: 'later' }],
    ['no method', { method_name: 5 }],
    ['no argument', { arg: [1] }],
    ['a nonce that is a text', { nonce: 'x' }],
    ['another type', { request_type: 'purge' }],
    ['a negative number', { number: -1 }],
  ])('%s is malformed', (_name, changes) => {
    const body = encodeCbor({ content: withoutObjects(callContent(Principal.anonymous(), changes)) });
    expectRefusal(body, 'MALFORMED_REQUEST', /^Could not parse body as CBOR request: /);
  });

  test('whatever bytes come, the answer is a client error', async () => {
    const body = await envelopeOf(await delegated(alice, bob));
    const mutations = fc.array(fc.record({ at: fc.nat(body.length - 1), byte: fc.nat(255) }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutations), (input) => {
        const mutated = input instanceof Uint8Array ? input : Uint8Array.from(body);
        if (Array.isArray(input)) for (const { at, byte } of input) mutated[at] = byte;
        try {
          authenticated(mutated);
        } catch (error) {
          if (!(error instanceof HttpApiError)) throw error;
          expect(error.status).toBe(400);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Whether both are CBOR maps of the same bytes, be they written as text or as byte strings. */
function isSameMap(one: Uint8Array, other: Uint8Array): boolean {
  const textOf = (part: unknown) => Buffer.from(part as string).toString('latin1');
  const fieldsOf = (bytes: Uint8Array) =>
    [...(decodeCbor(bytes) as CborMap)].map((field) => field.map(textOf));
  try {
    return JSON.stringify(fieldsOf(one)) === JSON.stringify(fieldsOf(other));
  } catch {
    return false;
  }
}

/** Principals as bytes, so that the project's own encoder takes the content. */
function withoutObjects(content: Content): Parameters<typeof encodeCbor>[0] {
  return decodeCbor(Cbor.encode(content));
}
