import { describe, expect, it } from 'vitest';
import { sagaStatuses } from '../../../src/saga/index.ts';
import type { StatusCounts } from '../../../src/saga/index.ts';
import { decodeStatusCounts, encodeStatusCounts } from '../../../src/saga/store/status-counts.ts';

describe('the status counts', () => {
  it('are all zero before anything was counted', () => {
    expect(Object.values(decodeStatusCounts(undefined))).toEqual(sagaStatuses.map(() => 0));
  });

  it('are read back as they were written', () => {
    const counts = Object.fromEntries(sagaStatuses.map((status, index) => [status, index * 1_000])) as Record<
      keyof StatusCounts,
      number
    >;
    expect(decodeStatusCounts(encodeStatusCounts(counts))).toEqual(counts);
  });

  it('begin with their schema version and refuse one they do not know', () => {
    const bytes = encodeStatusCounts(decodeStatusCounts(undefined));
    expect(bytes[0]).toBe(1);
    expect(() => decodeStatusCounts(Uint8Array.of(99, ...bytes.subarray(1)))).toThrow(
      'unknown schema version 99',
    );
  });
});
