import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../../../src/saga/index.ts';

const anyBytes = fc.uint8Array({ maxLength: 4 });

describe('the order of byte strings', () => {
  it('is that of memory: byte by byte, a prefix before what it begins', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (left, right) => {
        expect(Math.sign(compareBytes(left, right))).toBe(Math.sign(Buffer.compare(left, right)));
      }),
    );
  });
});
