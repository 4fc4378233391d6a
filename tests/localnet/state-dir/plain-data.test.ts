import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPlainData, writePlainData } from '../../../src/localnet/state-dir/plain-data.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(undefined),
  fc.constant(null),
  fc.uint8Array(),
  fc.uint8Array({ maxLength: 29 }).map((bytes) => Principal.fromUint8Array(bytes)),
);

/** As fields of our types are called; `constructor` and `__proto__` are none. */
const fieldName = fc.stringMatching(/^[a-z]{1,5}[A-Z][a-z]{1,5}$/);

const { value: plainData } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fieldName, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(fc.string(), { maxLength: 4 }).map((items) => new Set(items)),
  ),
}));

test('any plain data is read as it was written', () => {
  fc.assert(
    fc.property(plainData, (value) => {
      expect(readPlainData(writePlainData(value))).toStrictEqual(value);
    }),
  );
});

test('what was shared is written once and shared again', () => {
  const page = new Uint8Array(4096).fill(7);
  const bytes = writePlainData({ pages: Array.from({ length: 100 }, () => page) });
  expect(bytes.length).toBeLessThan(2 * 4096);
  const { pages } = readPlainData(bytes) as { pages: Uint8Array[] };
  expect(new Set(pages).size).toBe(1);
  // Not a window of the file that was read.
  expect(pages[0]?.buffer.byteLength).toBe(4096);
});

test('what could not be read again is refused when it is written', () => {
  class Counter {
    count = 1;
  }
  for (const value of [{ later: () => 1 }, { counter: new Counter() }, new Map([[1, Symbol('s')]])]) {
    expect(thrownBy(TypeError, () => writePlainData(value)).message).toContain(
      'cannot be part of the stored state',
    );
  }
});
