import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCandid } from '../../src/localnet/decode-candid.ts';
import { targetOfCall } from '../../src/localnet/management/index.ts';

const twoThousandMillion = [0x80, 0x80, 0x80, 0x80, 0x08];
const vec = 0x6d;
const record = 0x6c;
const nothing = 0x7f;
const bool = 0x7e;
const reserved = 0x70;

function message(...bytes: readonly number[]): Uint8Array {
  return Uint8Array.from([...Buffer.from('DIDL'), ...bytes]);
}

/** A record whose field 5 is a vector of what the first type of the table says. */
const inRecord = (element: number) => [vec, element, record, 1, 5, 0, 1, 1] as const;

describe('a message of few bytes and many values', () => {
  test.each([
    ['vec null', message(2, ...inRecord(nothing), ...twoThousandMillion)],
    ['vec reserved', message(2, ...inRecord(reserved), ...twoThousandMillion)],
    ['vec record {}', message(2, vec, 1, record, 0, 1, 0, ...twoThousandMillion)],
    [
      'many bytes, each with a thousand nulls beside it',
      message(
        2,
        vec,
        1,
        record,
        0xe9,
        0x07,
        0,
        bool,
        ...Array.from({ length: 1000 }, (_, field) => [
          (field & 127) | 128,
          (field >> 7) + 1,
          nothing,
        ]).flat(),
        1,
        0,
        0xa0,
        0x8d,
        0x06,
        ...new Uint8Array(100_000),
      ),
    ],
    ['a record that holds itself', message(1, record, 1, 0, 0, 1, 0)],
  ])('is refused: %s', (_name, bytes) => {
    expect(() => decodeCandid([IDL.Reserved], bytes)).toThrow('more values than its size allows');
  });

  test('is not read for the canister that a management call concerns', () => {
    const bomb = message(2, ...inRecord(nothing), ...twoThousandMillion);
    expect(targetOfCall('canister_status', bomb)).toBeUndefined();
  });
});

test('every other message is decoded as the library decodes it', () => {
  const inner = IDL.Rec();
  inner.fill(IDL.Record({ next: IDL.Opt(inner), name: IDL.Text }));
  const type = IDL.Record({
    numbers: IDL.Vec(IDL.Nat),
    integers: IDL.Vec(IDL.Int),
    blob: IDL.Vec(IDL.Nat8),
    words: IDL.Vec(IDL.Nat64),
    floats: IDL.Vec(IDL.Float64),
    choices: IDL.Vec(IDL.Record({ choice: IDL.Variant({ Yes: IDL.Null, No: IDL.Int16 }) })),
    principals: IDL.Vec(IDL.Principal),
    method: IDL.Opt(IDL.Func([IDL.Nat], [IDL.Text], ['query'])),
    list: IDL.Opt(inner),
    bools: IDL.Vec(IDL.Bool),
  });
  const values = fc.record({
    numbers: fc.array(fc.bigInt({ min: 0n })),
    integers: fc.array(fc.bigInt()),
    blob: fc.uint8Array(),
    words: fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    floats: fc.array(fc.double({ noNaN: true })),
    choices: fc
      .array(fc.option(fc.integer({ min: -9, max: 9 })))
      .map((choices) => choices.map((No) => ({ choice: No === null ? { Yes: null } : { No } }))),
    principals: fc.array(fc.uint8Array({ maxLength: 29 }).map((bytes) => Principal.fromUint8Array(bytes))),
    method: fc.option(
      fc.string().map((name) => [Principal.anonymous(), name]),
      { nil: undefined },
    ),
    list: fc.array(fc.string(), { maxLength: 20 }),
    bools: fc.array(fc.boolean()),
  });
  fc.assert(
    fc.property(values, ({ method, list, ...rest }) => {
      const linked = list.reduce<unknown[]>((next, name) => [{ next, name }], []);
      const value = { ...rest, method: method === undefined ? [] : [method], list: linked };
      const bytes = new Uint8Array(IDL.encode([type], [value]));
      expect(decodeCandid([type], bytes)).toEqual(IDL.decode([type], bytes));
    }),
    { numRuns: 50 },
  );
});

test('bytes that are no Candid are refused as the library refuses them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => {
      const bytes = message(...tail);
      const own = outcomeOf(() => decodeCandid([IDL.Null], bytes));
      if (String(own).includes('more values than its size allows')) return;
      expect(own).toEqual(outcomeOf(() => IDL.decode([IDL.Null], bytes)));
    }),
  );
});

function outcomeOf(decode: () => unknown): unknown {
  try {
    return decode();
  } catch (error) {
    return String(error);
  }
}
