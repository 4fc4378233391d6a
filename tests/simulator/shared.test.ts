import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommandLine } from './shared/command-line.ts';
import { chosenBy, Dice } from './shared/dice.ts';
import { shrink } from './shared/shrink.ts';

describe('shrinking', () => {
  test('keeps exactly what a failure needs, in order', () => {
    const items = fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(items, fc.nat(), fc.nat(), (all, first, second) => {
        const needed = all.filter(
          (_, index) => index === first % all.length || index === second % all.length,
        );
        const kept = shrink(all, (some) => needed.every((item) => some.includes(item)), 10_000);
        expect(kept).toEqual(needed);
      }),
    );
  });
});

describe('dice', () => {
  test('repeat what they drew before, and stay within their bounds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(1_000), (seed, maximum) => {
        const [first, second] = [new Dice(seed), new Dice(seed)];
        for (let draw = 0; draw < 20; draw += 1) {
          const drawn = first.upTo(maximum);
          expect(second.upTo(maximum)).toBe(drawn);
          expect(drawn).toBeGreaterThanOrEqual(0);
          expect(drawn).toBeLessThanOrEqual(maximum);
        }
        expect(chosenBy(maximum, seed, 1)).toBe(chosenBy(maximum, seed, 1));
        expect(chosenBy(maximum, seed, 1)).toBeLessThanOrEqual(maximum);
      }),
    );
  });
});

describe('the command line', () => {
  test('says what is run', () => {
    expect(readCommandLine(['--seeds', '5'])).toEqual({ kind: 'seeds', count: 5, from: 1, workers: 1 });
    expect(readCommandLine(['--seed', '7', '--log'])).toEqual({ kind: 'seed', seed: 7, log: true });
    expect(readCommandLine(['--tier', 't0'])).toEqual({
      kind: 'tier',
      tier: 't0',
      seed: undefined,
      log: false,
    });
    expect(readCommandLine(['--mutants'])).toEqual({ kind: 'mutants' });
  });

  test('explains itself where it is not understood', () => {
    for (const args of [[], ['--seeds'], ['--seeds', 'many'], ['--tier', 't9'], ['--sed', '1'], ['seed']]) {
      expect(readCommandLine(args)).toMatchObject({
        kind: 'help',
        problem: expect.stringMatching(/./) as string,
      });
    }
    expect(readCommandLine(['--help'])).toEqual({ kind: 'help' });
  });
});
