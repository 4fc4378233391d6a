import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { maximumSeedsPerMutant, score } from './pure/mutant-runs.ts';
import { mutants } from './pure/mutants.ts';

const document = await readFile(join(import.meta.dirname, '../../docs/simulation.md'), 'utf8');

test('there are at least twenty seeded bugs, each of its own', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(20);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

test.each(mutants)('the seeded bug $name is found', async (mutant) => {
  const { seed, promise } = await score(mutant);
  expect(seed).toBeLessThanOrEqual(maximumSeedsPerMutant);
  expect(promise).not.toBe('');
});

test('docs/simulation.md lists the seeded bugs as they are', () => {
  const listed = [...document.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\|/gm)].map(([, name, breaks]) => [
    name,
    breaks,
  ]);
  expect(listed).toEqual(mutants.map(({ name, breaks }) => [name, breaks]));
});
