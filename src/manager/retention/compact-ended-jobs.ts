import { readConfiguration } from '../configuration/configuration-store.ts';
import { noteDefect } from '../defects.ts';
import { maximumCompactionsPerRun } from '../limits.ts';
import { sagas } from '../sagas.ts';
import { records } from '../storage/memory.ts';
import { EndedJobs } from './ended-jobs.ts';

export const endedJobs = new EndedJobs(records);

/**
 * Compacts the journals of jobs that ended longer ago than journals are kept. A few in one message: what is left waits
 * for the next run, and keeps no job waiting. The job itself stays for ever, and so does what its key stands for.
 *
 * @returns whether some are left whose time has come
 */
export function compactEndedJobs(nowMs: number): boolean {
  for (let compacted = 0; compacted < maximumCompactionsPerRun; compacted += 1) {
    const jobId = nextDueJob(nowMs);
    if (jobId === undefined) return false;
    endedJobs.removeFirst();
    try {
      sagas.compactEnded(jobId);
    } catch (error) {
      // One job's defect must not keep every other journal from being compacted.
      noteDefect(`the journal of job ${jobId} could not be compacted`, error);
    }
  }
  return nextDueJob(nowMs) !== undefined;
}

/** The job whose journal's time came first, if any has. */
function nextDueJob(nowMs: number): bigint | undefined {
  const first = endedJobs.first();
  const isDue = first !== undefined && first.endedAtMs + readConfiguration().journalRetentionMs <= nowMs;
  return isDue ? first.jobId : undefined;
}
