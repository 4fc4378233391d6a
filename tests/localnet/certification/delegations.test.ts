import { Cbor } from '@icp-sdk/core/agent';
import { type DelegationIdentity, Ed25519KeyIdentity } from '@icp-sdk/core/identity';
import { describe, expect, test } from 'vitest';
import { authenticated, canisterId, delegated, minuteNanos, nowNanos } from './support/envelopes.ts';
import { alice, bob, changed, envelopeOf, expectRefusal, otherCanister } from './support/refusals.ts';

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
