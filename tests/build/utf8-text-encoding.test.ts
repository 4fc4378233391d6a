import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  TextDecoder as CanisterTextDecoder,
  TextEncoder as CanisterTextEncoder,
} from '../../scripts/build/utf8-text-encoding.ts';

/** Any string of UTF-16 code units, lone surrogates included. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.string({ unit: 'binary', minLength: 3000, maxLength: 9000, size: 'max' }),
);

/** Random bytes are almost never close to valid UTF-8; these are: valid text with a few bytes changed. */
const nearlyUtf8 = fc
  .tuple(fc.string({ unit: 'binary' }), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))))
  .map(([text, changes]) => {
    const bytes = new TextEncoder().encode(text);
    for (const [index, value] of changes) if (bytes.length > 0) bytes[index % bytes.length] = value;
    return bytes;
  });
const anyBytes = fc.oneof(fc.uint8Array(), nearlyUtf8);

describe('the UTF-8 codec of our canisters', () => {
  it('encodes any text like the platform does', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(new CanisterTextEncoder().encode(text)).toEqual(new TextEncoder().encode(text));
      }),
    );
  });

  it('decodes any bytes like the platform does, with and without byte order mark', () => {
    fc.assert(
      fc.property(anyBytes, fc.boolean(), (bytes, ignoreBOM) => {
        const expected = new TextDecoder('utf-8', { ignoreBOM }).decode(bytes);
        expect(new CanisterTextDecoder('utf-8', { ignoreBOM }).decode(bytes)).toBe(expected);
        const withMark = Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes);
        expect(new CanisterTextDecoder('utf-8', { ignoreBOM }).decode(withMark)).toBe(
          new TextDecoder('utf-8', { ignoreBOM }).decode(withMark),
        );
      }),
    );
  });

  it('refuses exactly what the platform refuses when it is fatal', () => {
    const outcome = (decode: () => string): string => {
      try {
        return `decoded ${decode()}`;
      } catch (error) {
        return error instanceof TypeError ? 'refused' : String(error);
      }
    };
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const expected = outcome(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes));
        expect(outcome(() => new CanisterTextDecoder('utf-8', { fatal: true }).decode(bytes))).toBe(expected);
      }),
    );
  });

  it('decodes text longer than one piece, and views into a larger buffer', () => {
    const text = 'grüße 🦀 '.repeat(4000);
    const bytes = new TextEncoder().encode(`xx${text}`);
    expect(new CanisterTextDecoder().decode(bytes.subarray(2))).toBe(text);
    expect(new CanisterTextDecoder().decode(new DataView(bytes.buffer, 2))).toBe(text);
  });

  it('knows no other charset', () => {
    expect(() => new CanisterTextDecoder('latin1')).toThrow(RangeError);
  });
});
