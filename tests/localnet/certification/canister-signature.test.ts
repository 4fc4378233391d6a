import { Cbor } from '@icp-sdk/core/agent';
import { expect, test } from 'vitest';
import { SubnetKeys } from '../../../src/localnet/certification/index.ts';
import { authenticated, canisterId, CanisterIdentity, keys } from './support/envelopes.ts';
import { alice, changed, envelopeOf, expectRefusal, otherCanister } from './support/refusals.ts';

/** What whoever sends a request signs. */
function signedBytes(requestId: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from('\x0Aic-request'), requestId]));
}

test("another network's canister is not believed, nor one that did not certify it", async () => {
  const stranger = new CanisterIdentity(canisterId, new SubnetKeys('elsewhere'));
  expectRefusal(await envelopeOf(stranger), 'INVALID_SIGNATURE', /not signed by this network's root key/);
  const canister = new CanisterIdentity(canisterId);
  const body = await envelopeOf(canister);
  const sender_sig = await canister.sign(Uint8Array.of(1));
  expectRefusal(changed(body, { sender_sig }), 'INVALID_SIGNATURE', /does not hold the signed message/);
  // The right message under another seed, and by another canister.
  const message = signedBytes(authenticated(body).requestId);
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

test('what a canister attests of the sender must be signed by it', async () => {
  const canister = new CanisterIdentity(canisterId);
  const info = Buffer.from('name: Alice');
  const signed = Buffer.concat([Buffer.from('\x0Eic-sender-info'), info]);
  const sender_info = { info, signer: canisterId, sig: await canister.sign(new Uint8Array(signed)) };
  const request = authenticated(await envelopeOf(canister, { sender_info }));
  expect(request.senderInfo?.info).toEqual(new Uint8Array(info));
  const forged = { ...sender_info, info: Buffer.from('name: Bob') };
  expectRefusal(await envelopeOf(canister, { sender_info: forged }), 'INVALID_SENDER_INFO', /does not hold/);
  expectRefusal(await envelopeOf(alice, { sender_info }), 'INVALID_SENDER_INFO', /the signer must be/);
});

test.each([
  ['an empty seed', new Uint8Array(0)],
  ['a seed of one byte', new Uint8Array(1)],
  ['a long seed', new Uint8Array(300).fill(7)],
])('a request signed under %s is believed, and under another seed is not', async (_name, seed) => {
  const canister = new CanisterIdentity(canisterId, keys, seed);
  const body = await envelopeOf(canister);
  const request = authenticated(body);
  expect(request.sender.toText()).toBe(canister.getPrincipal().toText());
  const other = new CanisterIdentity(canisterId, keys, Uint8Array.of(1, ...seed));
  const sender_sig = await other.sign(signedBytes(request.requestId));
  expectRefusal(changed(body, { sender_sig }), 'INVALID_SIGNATURE', /does not hold the signed message/);
});
