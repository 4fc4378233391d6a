import { readFileSync } from 'node:fs';

/*
 * Numbers of processes are given out again: that one lives says little about who has it. Where the system tells when a
 * process began, and since when the machine runs, the three together name it for good.
 */

/** Of /proc/<pid>/stat, counted behind the name, which may hold anything. Source: proc_pid_stat(5), fields 3 and 22. */
const stateField = 0;
const startTimeField = 19;
const endedStates = new Set(['Z', 'X']);

/** How a process is written down. `startTime` is empty where the system does not tell. */
export interface ProcessIdentity {
  readonly processId: number;
  /** Ticks since the start of the machine, and which start that was. */
  readonly startTime: string;
}

export function ownIdentity(): ProcessIdentity {
  return { processId: process.pid, startTime: startTimeOf(process.pid) ?? '' };
}

/** Whether the process still runs, and is the one that was written down. */
export function isRunning({ processId, startTime }: ProcessIdentity): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  if (startTime === '' || startTimeOf(process.pid) === undefined) return hasNumber(processId);
  return startTimeOf(processId) === startTime;
}

/** @returns undefined when there is no such process, or the system does not tell */
function startTimeOf(processId: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Ended, but its parent has not asked for its exit code: it does nothing any more.
    if (endedStates.has(fields[stateField] ?? '')) return undefined;
    const machineStart = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${fields[startTimeField] ?? ''}@${machineStart}`;
  } catch {
    return undefined;
  }
}

function hasNumber(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // It lives, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
