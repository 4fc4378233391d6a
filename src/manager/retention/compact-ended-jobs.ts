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
 */
export function compactEndedJobs(nowMs: number): void {
  for (let compacted = 0; compacted < maximumCompactionsPerRun; compacted += 1) {
    if (!isJournalDue(nowMs)) return;
    const jobId = endedJobs.first()?.jobId;
    if (jobId === undefined) return;
    endedJobs.removeFirst();
    try {
      sagas.compactEnded(jobId);
    } catch (error) {
      // One job's defect must not keep every other journal from being compacted.
      noteDefect(`the journal of job ${jobId} could not be compacted`, error);
    }
  }
}

/** Whether some journal's time has come. */
export function isJournalDue(nowMs: number): boolean {
  const first = endedJobs.first();
  return first !== undefined && first.endedAtMs + readConfiguration().journalRetentionMs <= nowMs;
}
