import { RecordingLog } from '../shared/event-log.ts';
import { Marks } from '../shared/marks.ts';
import type { ManagerProgram } from './bundle-manager.ts';
import { describeFailure } from './failures.ts';
import { randomSchedule } from './random-schedule.ts';
import { simulate } from './simulate.ts';

/** What a batch of seeds came to. */
export interface Batch {
  readonly runs: number;
  readonly elapsedMs: number;
  readonly marks: readonly (readonly [string, number])[];
  /** The first seed that failed, explained. */
  readonly failure?: string;
}

/** Tier T1: runs seeds until one fails. */
export function runSeeds(program: ManagerProgram, seeds: Iterable<number>): Batch {
  const marks = new Marks();
  let runs = 0;
  let elapsedMs = 0;
  for (const seed of seeds) {
    const schedule = randomSchedule(seed);
    const run = simulate(program, schedule, marks);
    runs += 1;
    elapsedMs += run.elapsedMs;
    if (run.failure !== undefined) {
      const failure = describeFailure(program, schedule, run.failure);
      return { runs, elapsedMs, marks: marks.sorted(), failure };
    }
  }
  return { runs, elapsedMs, marks: marks.sorted() };
}

/** One seed with everything that happened in it. */
export function runSeed(program: ManagerProgram, seed: number): { log: string; failure?: string } {
  const log = new RecordingLog();
  const schedule = randomSchedule(seed);
  const { failure } = simulate(program, schedule, new Marks(), log);
  const text = `options: ${schedule.options.join(', ')}\n${log.text()}`;
  return failure === undefined
    ? { log: text }
    : { log: text, failure: describeFailure(program, schedule, failure) };
}
