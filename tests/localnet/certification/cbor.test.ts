import { Cbor } from '@icp-sdk/core/agent';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CborError,
  type CborValue,
  decodeCbor,
  encodeCbor,
} from '../../../src/localnet/certification/index.ts';

const scalar = fc.oneof(
  fc.string(),
  fc.nat(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.uint8Array({ maxLength: 20 }),
  fc.boolean(),
);
const value: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(fc.string(), tie('value')), { maxLength: 4, selector: ([key]) => key })
      .map((entries) => new Map(entries)),
  ),
})).value;

const selfDescribed = (...bytes: number[]) => Uint8Array.of(0xd9, 0xd9, 0xf7, ...bytes);

describe('CBOR', () => {
  test('of any value is read as that value', () => {
    fc.assert(
      fc.property(value, (written) => {
        expect(decodeCbor(encodeCbor(written))).toEqual(written);
      }),
    );
  });

  test('is what the agent reads and writes', () => {
    const message = { status: 'replied', reply: { arg: Uint8Array.of(1, 2) }, times: [2n ** 60n] };
    expect(Cbor.decode(encodeCbor(message))).toEqual(message);
    expect(encodeCbor(decodeCbor(Cbor.encode(message)))).toEqual(encodeCbor(message));
  });

  test('begins with the self-describing tag when it is written, and need not when it is read', () => {
    expect(encodeCbor([])).toEqual(selfDescribed(0x80));
    expect(decodeCbor(Uint8Array.of(0x80))).toEqual([]);
  });

  test('has indefinite lengths too, also around a limit of depth', () => {
    expect(decodeCbor(Uint8Array.of(0x9f, 0x9f, 0x01, 0xff, 0xbf, 0x61, 0x61, 0x80, 0xff, 0xff))).toEqual([
      [1],
      new Map([['a', []]]),
    ]);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', Uint8Array.of()],
    ['a part of a value', Uint8Array.of(0x82, 0x01)],
    ['two values', Uint8Array.of(0x01, 0x01)],
    ['a key that comes twice', Uint8Array.of(0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02)],
    [
      'a text that is longer than the bytes',
      Uint8Array.of(0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    ],
    ['an array of 2^64 values', Uint8Array.of(0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['another tag', Uint8Array.of(0xc1, 0x01)],
    ['a break alone', Uint8Array.of(0xff)],
  ])('that is %s is refused', (_name, bytes) => {
    expect(() => decodeCbor(bytes)).toThrow(CborError);
  });

  test('that is too deep, too large or has too many values is refused before it takes memory', () => {
    const nested = (levels: number) => new Uint8Array(levels + 1).fill(0x81).fill(0x80, levels);
    expect(() => decodeCbor(nested(160))).not.toThrow();
    expect(() => decodeCbor(nested(161))).toThrow(/deeper than 160/);
    expect(() => decodeCbor(nested(4_000_000))).toThrow(/deeper than 160/);
    expect(() => decodeCbor(new Uint8Array(4 * 1_048_576 + 1))).toThrow(/larger than 4194304/);
    const many = new Uint8Array(300_000).fill(0x80).fill(0x9f, 0, 1).fill(0xff, 299_999);
    expect(() => decodeCbor(many)).toThrow(/more than 200000 values/);
  });

  test('of siblings may be as deep each as one alone', () => {
    const deep = Array.from({ length: 3 }, () => Array.from({ length: 150 }).reduce((inner) => [inner], []));
    expect(decodeCbor(encodeCbor(deep as CborValue))).toEqual(deep);
    const wide = Array.from({ length: 1000 }, (_, number) => [[number], number]);
    expect(decodeCbor(encodeCbor(wide))).toEqual(wide);
  });
});
