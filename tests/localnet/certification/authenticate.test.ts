import { AnonymousIdentity, Cbor } from '@icp-sdk/core/agent';
import { Principal } from '@icp-sdk/core/principal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeCbor,
  encodeCbor,
  HttpApiError,
  requestIdOf,
} from '../../../src/localnet/certification/index.ts';
import {
  authenticated,
  callContent,
  type Content,
  delegated,
  minuteNanos,
  nowNanos,
  signedEnvelope,
} from './support/envelopes.ts';
import { alice, bob, envelopeOf, expectRefusal, refusal } from './support/refusals.ts';

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

/** Principals as bytes, so that the project's own encoder takes the content. */
function withoutObjects(content: Content): Parameters<typeof encodeCbor>[0] {
  return decodeCbor(Cbor.encode(content));
}
