import { shrink } from '../shared/shrink.ts';
import { BrokenPromise } from './broken-promise.ts';
import type { ManagerProgram } from './bundle-manager.ts';
import { describeSchedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { simulate } from './simulate.ts';

/** What a failure is called: two runs that break the same promise fail for the same reason, as far as shrinking goes. */
export function failureName(failure: unknown): string {
  if (failure instanceof BrokenPromise) return failure.promise;
  return failure instanceof Error ? (failure.message.split('\n')[0] ?? '') : String(failure);
}

/** The least of a schedule that still breaks the same promise. */
export function smallestFailure(program: ManagerProgram, schedule: Schedule, failure: unknown): Schedule {
  const name = failureName(failure);
  const items = shrink(schedule.items, (kept) => {
    const { failure: again } = simulate(program, { ...schedule, items: kept });
    return again !== undefined && failureName(again) === name;
  });
  return { ...schedule, items };
}

/** All that somebody needs who wants to look into a failure. */
export function describeFailure(program: ManagerProgram, schedule: Schedule, failure: unknown): string {
  const smallest = smallestFailure(program, schedule, failure);
  const { failure: final = failure } = simulate(program, smallest);
  return [
    `seed ${schedule.seed}: ${failureName(failure)}`,
    `options: ${schedule.options.join(', ')}`,
    `smallest schedule that still fails, of ${schedule.items.length} items:`,
    describeSchedule(smallest).trimEnd(),
    final instanceof Error ? (final.stack ?? final.message) : String(final),
    `repeat: npm run simulate -- --seed ${schedule.seed} --log`,
  ].join('\n');
}
