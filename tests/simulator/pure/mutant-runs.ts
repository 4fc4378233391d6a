import { bundleManager } from './bundle-manager.ts';
import { failureName } from './failures.ts';
import { randomSchedule } from './random-schedule.ts';
import { simulate } from './simulate.ts';
import type { Mutant } from './mutants.ts';

/** Every mutant must be found within so many seeds of tier T1. */
export const maximumSeedsPerMutant = 400;

/** How a mutant fared. */
export interface Score {
  readonly name: string;
  /** The first seed that finds it; absent: none of {@link maximumSeedsPerMutant} did. */
  readonly seed?: number;
  /** The promise that this seed saw broken. */
  readonly promise?: string;
}

/** Runs seeds from 1 on until one finds the bug. */
export async function score(mutant: Mutant, maximumSeeds = maximumSeedsPerMutant): Promise<Score> {
  const program = await bundleManager(mutant);
  for (let seed = 1; seed <= maximumSeeds; seed += 1) {
    const { failure } = simulate(program, randomSchedule(seed));
    if (failure !== undefined) return { name: mutant.name, seed, promise: failureName(failure) };
  }
  return { name: mutant.name };
}

/** One line of the table of seeded bugs. */
export function describeScore({ name, seed, promise }: Score): string {
  return `${name.padEnd(36)} ${seed === undefined ? 'NOT FOUND' : `seed ${seed}: ${promise ?? ''}`}`;
}
