import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ellipsize } from '../../src/localnet/ellipsize.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const anyMaximum = fc.integer({ min: 3, max: 80 });
const anyPercentage = fc.integer({ min: 0, max: 100 });

describe('a text that is too long', () => {
  test('loses its middle', () => {
    expect(ellipsize('abcdefghijklmnopqrst', 12, 75)).toBe('abcdefghi...');
    expect(ellipsize('abcdefghijklmnopqrst', 12, 50)).toBe('abcdef...rst');
  });

  test('keeps whole characters only', () => {
    expect(ellipsize('€€€€€€', 11, 50)).toBe('€...€');
  });

  test('is never longer than allowed, and begins and ends as it did', () => {
    fc.assert(
      fc.property(anyText, anyMaximum, anyPercentage, (text, maximum, percentage) => {
        const shortened = ellipsize(text, maximum, percentage);
        expect(Buffer.byteLength(shortened)).toBeLessThanOrEqual(maximum);
        if (shortened === text) return;
        const cut = Array.from(
          { length: shortened.length - 2 },
          (_, at) => [shortened.slice(0, at), shortened.slice(at + 3), shortened.slice(at, at + 3)] as const,
        );
        expect(
          cut.some(([start, end, dots]) => dots === '...' && text.startsWith(start) && text.endsWith(end)),
        ).toBe(true);
      }),
    );
  });
});

test('a text that fits stays as it is', () => {
  fc.assert(
    fc.property(anyText, anyPercentage, (text, percentage) => {
      expect(ellipsize(text, Math.max(3, Buffer.byteLength(text)), percentage)).toBe(text);
    }),
  );
});
