import { describe, expect, it } from 'vitest';
import { duration, grouped, trillionCycles } from '../../src/cli/amounts.ts';

describe('amounts for people', () => {
  it.each([
    [0n, '0 T'],
    [999_999_999n, '0 T'],
    [1_500_000_000_000n, '1.5 T'],
    [993_999_999_999n, '0.993 T'],
    [1_234_000_000_000_000n, '1,234 T'],
  ])('%s cycles are %s', (cycles, text) => {
    expect(trillionCycles(cycles)).toBe(text);
  });

  it.each([
    [0, '0.0 s'],
    [1_260, '1.3 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [119_700, '2 min 0 s'],
  ])('%s ms are %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('group digits by thousands', () => {
    expect(grouped(1_234_567)).toBe('1,234,567');
  });
});
