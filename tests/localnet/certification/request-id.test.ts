import { requestIdOf as requestIdOfAgent } from '@icp-sdk/core/agent';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLeb128, encodeLeb128, requestIdOf } from '../../../src/localnet/certification/index.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a request id', () => {
  test('is the one of the example in the interface spec', () => {
    const content = {
      request_type: 'call',
      sender: Uint8Array.of(4),
      ingress_expiry: 1_685_570_400_000_000_000n,
      canister_id: Uint8Array.of(0, 0, 0, 0, 0, 0, 4, 0xd2),
      method_name: 'hello',
      arg: Uint8Array.of(68, 73, 68, 76, 0, 0xfd, 0x2a),
    };
    expect(hex(requestIdOf(content))).toBe(
      '1d1091364d6bb8a6c16b203ee75467d59ead468f523eb058880ae8ec80e2b101',
    );
  });

  test('does not depend on the order of the fields, nor on absent ones, nor on map or object', () => {
    const fields = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.nat(), fc.uint8Array()));
    const twice = fields.chain((content) =>
      fc.record({
        content: fc.constant(content),
        shuffled: fc.shuffledSubarray(Object.entries(content), { minLength: Object.keys(content).length }),
      }),
    );
    fc.assert(
      fc.property(twice, ({ content, shuffled }) => {
        const id = hex(requestIdOf(content));
        expect(hex(requestIdOf(new Map(shuffled)))).toBe(id);
        expect(hex(requestIdOf({ ...content, 'an absent field that no string is': undefined }))).toBe(id);
      }),
    );
  });

  test('is the one of the agent, also for nested values', () => {
    const scalar = fc.oneof(fc.string(), fc.bigInt({ min: 0n, max: 2n ** 70n }), fc.uint8Array());
    const nested = fc.dictionary(
      fc.string(),
      fc.oneof(scalar, fc.array(scalar), fc.dictionary(fc.string(), scalar)),
    );
    fc.assert(
      fc.property(nested, (content) => {
        expect(hex(requestIdOf(content))).toBe(hex(requestIdOfAgent(content)));
      }),
    );
  });

  test('changes with every field', () => {
    const content = { method_name: 'a', arg: Uint8Array.of(1), nonce: Uint8Array.of(2), ingress_expiry: 5 };
    const changes = [
      { method_name: 'b' },
      { arg: Uint8Array.of(2) },
      { nonce: undefined },
      { ingress_expiry: 6 },
    ];
    const ids = [{}, ...changes].map((change) => hex(requestIdOf({ ...content, ...change })));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is not defined for what the interface spec gives no hash', () => {
    for (const value of [-1, 1.5, true]) expect(() => requestIdOf({ value })).toThrow(RangeError);
  });
});

describe('LEB128', () => {
  test('of any natural number is read as that number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n }), (number) => {
        expect(decodeLeb128(encodeLeb128(number))).toBe(number);
      }),
    );
    expect(encodeLeb128(624_485)).toEqual(Uint8Array.of(0xe5, 0x8e, 0x26));
  });

  test('that does not end, or ends too early, is no number', () => {
    for (const bytes of [[], [0x80], [0x01, 0x01]])
      expect(decodeLeb128(Uint8Array.from(bytes))).toBeUndefined();
  });
});
