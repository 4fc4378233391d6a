import { describe, expect, test } from 'vitest';
import { bundleManager } from './pure/bundle-manager.ts';
import { expectedMarks } from './pure/expected-marks.ts';
import { runSeed, runSeeds } from './pure/random-runs.ts';
import { Marks } from './shared/marks.ts';

const program = await bundleManager();
const runsPerTest = 100;
const firstSeeds = Array.from({ length: 20 }, (_, test) => test * runsPerTest + 1);

describe('whatever goes wrong, every promise is kept, and everything comes to rest afterwards:', () => {
  const marks = new Marks();

  test.each(firstSeeds)(`${runsPerTest} random runs from seed %i on`, (first) => {
    const seeds = Array.from({ length: runsPerTest }, (_, index) => first + index);
    const batch = runSeeds(program, seeds);
    expect(batch.failure).toBeUndefined();
    expect(batch.runs).toBe(runsPerTest);
    marks.add(batch.marks);
  });

  test('and everything that may happen did happen in one of them', () => {
    expect(marks.missing(expectedMarks)).toEqual([]);
  });
});

test('the same seed is the same run, to the byte', () => {
  for (const seed of [1, 7, 42]) {
    const [first, second] = [runSeed(program, seed), runSeed(program, seed)];
    expect(first.log.split('\n').length).toBeGreaterThan(20);
    expect(second.log).toBe(first.log);
  }
});
