import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonValue, parseJson, writeJson } from '../../../src/localnet/pocket-ic/bare-json.ts';
import { ProtocolError } from '../../../src/localnet/pocket-ic/protocol-error.ts';

/** Any JSON; integers beyond what a double holds are bigints, as `parseJson` gives them. */
const anyJson = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }),
    fc.bigInt({ min: 10n ** 15n, max: 2n ** 128n }),
    fc.bigInt({ min: -(2n ** 64n), max: -(10n ** 15n) }),
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^[#"\\0-9]{0,20}$/),
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
    ),
  ),
})).value;

describe('JSON with bare integers', () => {
  test('keeps times and amounts of cycles exactly', () => {
    const text = '{"nanos_since_epoch":1620328630000000001,"amount":340282366920938463463374607431768211455}';
    const value = { nanos_since_epoch: 1_620_328_630_000_000_001n, amount: 2n ** 128n - 1n };
    expect(parseJson(text)).toEqual(value);
    expect(writeJson(value)).toBe(text);
  });

  test('reads what it wrote, whatever it is', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(parseJson(writeJson(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test('takes digits in a string for text', () => {
    expect(
      parseJson('{"a":"1620328630000000001","b":"\\"1620328630000000001","c":["#1","##1234567890123456"]}'),
    ).toEqual({
      a: '1620328630000000001',
      b: '"1620328630000000001',
      c: ['#1', '##1234567890123456'],
    });
  });

  test('leaves out fields that are undefined', () => {
    expect(writeJson({ a: 1, b: undefined })).toBe('{"a":1}');
  });

  test.each([
    '',
    '{',
    'nope',
    '{"a":12345678901234567890',
    '12345678901234567890x',
    `${'['.repeat(200_000)}1234567890123456`,
  ])('refuses text that is no JSON', (text) => {
    expect(() => parseJson(text)).toThrow(ProtocolError);
  });
});
