import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../../../src/saga/index.ts';
import {
  dueKey,
  journalBaseKey,
  journalCheckpointKey,
  journalKey,
  recordKey,
  statusCountsKey,
} from '../../../src/saga/store/keys.ts';

const anyId = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('the keys of the engine', () => {
  it('order due sagas by time, then by age', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), anyId, fc.maxSafeNat(), anyId, (leftMs, leftId, rightMs, rightId) => {
        const byAge = leftId < rightId ? -1 : Number(leftId > rightId);
        const expected = Math.sign(leftMs - rightMs) || byAge;
        expect(Math.sign(compareBytes(dueKey(leftMs, leftId), dueKey(rightMs, rightId)))).toBe(expected);
      }),
    );
  });

  it('never collide, and leave the bytes from 0x40 to the host', () => {
    fc.assert(
      fc.property(anyId, fc.integer({ min: 0, max: 0xffff_ffff }), (id, sequence) => {
        const keys = [
          recordKey(id),
          journalKey(id, sequence),
          journalBaseKey(id),
          journalCheckpointKey(id),
          statusCountsKey(),
        ];
        expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(keys.length);
        for (const key of keys) expect(key[0]).toBeLessThan(0x40);
      }),
    );
  });
});
