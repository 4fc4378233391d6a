import { expect, test } from 'vitest';
import { bundleManager } from './pure/bundle-manager.ts';
import { expectedMarks } from './pure/expected-marks.ts';
import { runSeed, runSeeds } from './pure/random-runs.ts';
import { Marks } from './shared/marks.ts';

const program = await bundleManager();
const seeds = Array.from({ length: 2_000 }, (_, index) => index + 1);

test('whatever goes wrong, every promise is kept, and everything comes to rest afterwards: 2,000 random runs', () => {
  const batch = runSeeds(program, seeds);
  expect(batch.failure).toBeUndefined();
  expect(batch.runs).toBe(seeds.length);
  const marks = new Marks();
  marks.add(batch.marks);
  expect(marks.missing(expectedMarks), 'what never happened in any of the runs').toEqual([]);
});

test('the same seed is the same run, to the byte', () => {
  for (const seed of [1, 7, 42]) {
    const [first, second] = [runSeed(program, seed), runSeed(program, seed)];
    expect(first.log.split('\n').length).toBeGreaterThan(20);
    expect(second.log).toBe(first.log);
  }
});
