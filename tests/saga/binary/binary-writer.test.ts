import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinaryReader, BinaryWriter, compareBytes } from '../../../src/saga/index.ts';

const anyValue = fc.record({
  u8: fc.integer({ min: 0, max: 0xff }),
  u32: fc.integer({ min: 0, max: 0xffff_ffff }),
  u64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  timeMs: fc.maxSafeNat(),
  natural: fc.bigInt({ min: 0n, max: 2n ** 2040n - 1n }),
  bytes: fc.uint8Array({ maxLength: 700 }),
  text: fc.string({ unit: 'grapheme' }),
  bool: fc.boolean(),
  optional: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
});

describe('binary writing and reading', () => {
  it('reads back whatever was written, to the last byte', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const writer = new BinaryWriter();
        writer.u8(value.u8).u32(value.u32).u64(value.u64).timeMs(value.timeMs).natural(value.natural);
        writer.bytes(value.bytes).text(value.text).bool(value.bool);
        writer.optional(value.optional, (present) => writer.u8(present));
        const reader = new BinaryReader(writer.finish());
        expect({
          u8: reader.u8(),
          u32: reader.u32(),
          u64: reader.u64(),
          timeMs: reader.timeMs(),
          natural: reader.natural(),
          bytes: reader.bytes(),
          text: reader.text(),
          bool: reader.bool(),
          optional: reader.optional(() => reader.u8()),
        }).toEqual(value);
        reader.finish();
      }),
    );
  });

  it('writes a natural number in as few bytes as it takes, and reads it back at any place', () => {
    const cases: [bigint, number[]][] = [
      [0n, [1, 0]],
      [1n, [1, 1]],
      [0xffn, [1, 0xff]],
      [0x100n, [2, 1, 0]],
      [0xffff_ffffn, [4, 0xff, 0xff, 0xff, 0xff]],
      [0x1_0000_0000n, [5, 1, 0, 0, 0, 0]],
      [2n ** 64n - 1n, [8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
      [2n ** 64n, [9, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
    ];
    for (const [value, bytes] of cases) {
      const written = new BinaryWriter().u8(9).natural(value).finish();
      expect([...written]).toEqual([9, ...bytes]);
      expect(new BinaryReader(written.subarray(1)).natural()).toBe(value);
      const behindOthers = new BinaryReader(
        Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...written),
      );
      behindOthers.u64();
      behindOthers.u8();
      expect(behindOthers.natural()).toBe(value);
    }
  });

  it('writes nothing into what another writer writes, however many there are at a time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.uint8Array({ maxLength: 900 })), { maxLength: 20 }),
        (acts) => {
          const writers = Array.from({ length: 4 }, () => new BinaryWriter());
          const expected: number[][] = [[], [], [], []];
          for (const [index, bytes] of acts) {
            writers[index]?.bytes(bytes);
            expected[index]?.push(...new BinaryWriter().bytes(bytes).finish());
          }
          expect(writers.map((writer) => [...writer.finish()])).toEqual(expected);
        },
      ),
    );
  });

  it('refuses to go on after it was finished', () => {
    const writer = new BinaryWriter().u8(1);
    writer.finish();
    expect(() => writer.u8(2)).toThrow(RangeError);
    expect(() => writer.finish()).toThrow('finished before');
  });

  it('keeps texts apart, however many there are and of whatever length and script', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ maxLength: 3 }),
      fc.string({ minLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 300 }), (texts) => {
        for (const text of texts) {
          const whole = new TextDecoder().decode(new TextEncoder().encode(text));
          expect(new BinaryReader(new BinaryWriter().text(text).finish()).text()).toBe(whole);
        }
      }),
    );
  });

  it('reads from the middle of a larger buffer', () => {
    const buffer = Uint8Array.of(9, 9, 0, 0, 0, 2, 65, 66, 9);
    expect(new BinaryReader(buffer.subarray(2, 8)).text()).toBe('AB');
  });

  it('orders fixed-width numbers as their bytes', () => {
    const anyTime = fc.maxSafeNat();
    fc.assert(
      fc.property(anyTime, anyTime, (left, right) => {
        const [a, b] = [left, right].map((value) => new BinaryWriter().timeMs(value).finish());
        expect(Math.sign(compareBytes(a ?? new Uint8Array(), b ?? new Uint8Array()))).toBe(
          Math.sign(left - right),
        );
      }),
    );
  });

  it('refuses to read past the end', () => {
    expect(() => new BinaryReader(Uint8Array.of(1, 2)).u32()).toThrow('ends at byte 2, 4 more expected at 0');
    expect(() => new BinaryReader(Uint8Array.of(0, 0, 0, 9, 1)).bytes()).toThrow('9 more expected at 4');
  });

  it('refuses bytes that are left over', () => {
    const reader = new BinaryReader(Uint8Array.of(1, 2, 3));
    reader.u8();
    expect(() => {
      reader.finish();
    }).toThrow('2 bytes too long');
  });

  it('refuses a word that is not on the list, and text that is not UTF-8', () => {
    expect(() => new BinaryReader(Uint8Array.of(2)).word(['a', 'b'])).toThrow(
      'no word number 2 in a list of 2',
    );
    expect(() => new BinaryReader(Uint8Array.of(0, 0, 0, 1, 0xff)).text()).toThrow();
  });
});
