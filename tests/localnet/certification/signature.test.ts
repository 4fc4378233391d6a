import { AnonymousIdentity, Cbor, type SignIdentity } from '@icp-sdk/core/agent';
import { ECDSAKeyIdentity, Ed25519KeyIdentity } from '@icp-sdk/core/identity';
import { Secp256k1KeyIdentity } from '@icp-sdk/core/identity/secp256k1';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type CborMap, decodeCbor } from '../../../src/localnet/certification/index.ts';
import {
  authenticated,
  callContent,
  canisterId,
  CanisterIdentity,
  delegated,
  signedEnvelope,
  webAuthnIdentity,
} from './support/envelopes.ts';
import {
  alice,
  bob,
  changed,
  envelopeOf,
  expectRefusal,
  otherCanister,
  refusal,
} from './support/refusals.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** One identity of every kind that can sign. */
const identities: Record<string, () => SignIdentity | Promise<SignIdentity>> = {
  Ed25519: () => alice,
  'ECDSA secp256k1': () => Secp256k1KeyIdentity.generate(),
  'ECDSA P-256': () => ECDSAKeyIdentity.generate(),
  'WebAuthn with P-256': () => webAuthnIdentity('P-256'),
  'WebAuthn with RSA': () => webAuthnIdentity('RSA'),
  'WebAuthn with Ed25519': () => webAuthnIdentity('Ed25519'),
  'a canister': () => new CanisterIdentity(canisterId),
  'a delegation': () => delegated(alice, bob),
  'a delegation of a canister, as Internet Identity gives': () =>
    delegated(new CanisterIdentity(otherCanister), bob),
  'a delegation of a WebAuthn device': () => delegated(webAuthnIdentity('P-256'), bob),
};

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
    const unsigned = Cbor.encode({ content: callContent(alice.getPrincipal()) });
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
