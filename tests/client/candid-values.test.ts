import { describe, expect, it } from 'vitest';
import { type Status, fromOptional, variantName } from '../../src/client/index.ts';

describe('helpers for Candid values', () => {
  it('name the case of a variant', () => {
    const status: Status = { waitingRetry: null };
    expect(variantName(status)).toBe('waitingRetry');
    expect(variantName({ Err: 'text' })).toBe('Err');
  });

  it('refuse a variant without a case', () => {
    expect(() => variantName({})).toThrow(TypeError);
  });

  it('open an optional, also around a value that is false or absent itself', () => {
    expect(fromOptional<number>([7])).toBe(7);
    expect(fromOptional<boolean>([false])).toBe(false);
    expect(fromOptional<[] | [number]>([[]])).toEqual([]);
    expect(fromOptional<number>([])).toBeUndefined();
  });
});
