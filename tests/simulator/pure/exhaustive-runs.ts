import { Marks } from '../shared/marks.ts';
import type { ManagerProgram } from './bundle-manager.ts';
import { everyFault, undisturbed, withFaults } from './exhaustive-schedules.ts';
import type { Positions } from './exhaustive-schedules.ts';
import { describeFailure } from './failures.ts';
import type { Fault } from './faults.ts';
import type { Schedule } from './schedule.ts';
import { simulate } from './simulate.ts';

/** What an exhaustive sweep came to. */
export interface Sweep {
  readonly runs: number;
  readonly failure?: string;
}

/** Tier T0: every schedule with one fault; over one job, or over two of one caller. */
export function sweepOneFault(program: ManagerProgram, jobs: 1 | 2, marks = new Marks()): Sweep {
  const base = undisturbed(jobs);
  return sweep(program, firstFaults(program, base), marks);
}

/** Tier T0: every schedule with two faults over one job. The second strikes anywhere after the first, its consequences included. */
export function sweepTwoFaults(
  program: ManagerProgram,
  share: Share = wholeSweep,
  marks = new Marks(),
): Sweep {
  const base = undisturbed(1);
  let runs = 0;
  for (const [index, first] of firstFaults(program, base).entries()) {
    if (index % share.of !== share.part) continue;
    const seconds = everyFault(positionsOf(program, first)).map((fault) => withFaults(first, [fault]));
    const result = sweep(program, seconds, marks);
    runs += result.runs;
    if (result.failure !== undefined) return { runs, failure: result.failure };
  }
  return { runs };
}

/** Which part of a sweep a process does: those first faults whose number leaves the rest `part` when divided by `of`. */
export interface Share {
  readonly part: number;
  readonly of: number;
}
const wholeSweep: Share = { part: 0, of: 1 };

function firstFaults(program: ManagerProgram, base: Schedule): Schedule[] {
  return everyFault(positionsOf(program, base)).map((fault: Fault) => withFaults(base, [fault]));
}

/** Where a run can be disturbed: its calls and its messages until it comes to rest. */
function positionsOf(program: ManagerProgram, schedule: Schedule): Positions {
  const { world } = simulate(program, schedule);
  return { calls: world.disturbances.callsMade, messages: world.busyMessages };
}

function sweep(program: ManagerProgram, schedules: readonly Schedule[], marks: Marks): Sweep {
  let runs = 0;
  for (const schedule of schedules) {
    const { failure } = simulate(program, schedule, marks);
    runs += 1;
    if (failure !== undefined) return { runs, failure: describeFailure(program, schedule, failure) };
  }
  return { runs };
}
