import type { Principal } from '@dfinity/principal';
import { fromOptional, variantName } from './candid-values.ts';
import { CallRejectedError } from './errors.ts';
import type { JobId, JobStatus } from './generated/manager.ts';
import type { ManagerClient } from './manager-client.ts';

/** Where a job came to rest, or that it did not in time. `job` is the status last seen. */
export type JobOutcome =
  | { readonly kind: 'completed'; readonly job: JobStatus; readonly greeterId: Principal }
  | { readonly kind: 'compensated'; readonly job: JobStatus }
  | { readonly kind: 'terminated'; readonly job: JobStatus }
  /** No end: an operator has to act, and one of `actions` can help. */
  | { readonly kind: 'parked'; readonly job: JobStatus; readonly reason: string; readonly actions: string[] }
  /** The job goes on; only the waiting ended. `job` is absent when no status was ever read. */
  | { readonly kind: 'timedOut'; readonly job?: JobStatus }
  /** No such job, or not the caller's: three reads in a row said so, because one replica may lag behind. */
  | { readonly kind: 'notFound' };

/** The time that waiting goes by: the machine's, or that of a network whose time is virtual. */
export interface WaitingClock {
  nowMs(): number;
  pause(ms: number): Promise<void>;
}

export interface WaitForJobOptions {
  /** How long to wait at most. Default 5 minutes. */
  readonly timeoutMs?: number;
  /** Called with the first status read, and with every newer one. */
  readonly onStatus?: (job: JobStatus) => void;
  /** Default: the machine's clock. */
  readonly clock?: WaitingClock;
}

/** A query is answered by one replica, which may not have heard of a job that was created a moment ago. */
const absencesBelieved = 3;

/** Polling starts brisk, because most jobs take seconds, and slows down while nothing changes. */
const firstPauseMs = 250;
const longestPauseMs = 5_000;

const machineClock: WaitingClock = {
  nowMs: () => performance.now(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Polls a job until it ends or is parked. Nothing is lost by giving up: the job goes on, and waiting can be resumed.
 *
 * A transient reject, or one that leaves the outcome open, is no news about the job, so polling goes on.
 * Rejects with every other CallRejectedError, and with the client's other errors.
 *
 * @param jobId from `createGreeter`'s answer
 */
export async function waitForJob(
  manager: Pick<ManagerClient, 'getJobStatus'>,
  jobId: JobId,
  { timeoutMs = 300_000, onStatus, clock = machineClock }: WaitForJobOptions = {},
): Promise<JobOutcome> {
  const deadlineMs = clock.nowMs() + timeoutMs;
  let job: JobStatus | undefined;
  let absences = 0;
  let pauseMs = firstPauseMs;
  for (;;) {
    const answer = await readStatus(manager, jobId);
    absences = answer === 'absent' && !job ? absences + 1 : 0;
    if (absences === absencesBelieved) return { kind: 'notFound' };
    if (typeof answer === 'object' && (!job || answer.version > job.version)) {
      job = answer;
      pauseMs = firstPauseMs;
      onStatus?.(job);
    }
    const outcome = job && outcomeOf(job);
    if (outcome) return outcome;
    const leftMs = deadlineMs - clock.nowMs();
    if (leftMs <= 0) return { kind: 'timedOut', ...(job && { job }) };
    await clock.pause(Math.min(pauseMs, leftMs));
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function readStatus(
  manager: Pick<ManagerClient, 'getJobStatus'>,
  jobId: JobId,
): Promise<JobStatus | 'absent' | 'noNews'> {
  try {
    return fromOptional(await manager.getJobStatus(jobId)) ?? 'absent';
  } catch (error) {
    if (error instanceof CallRejectedError && isPassing(error.rejectCode)) return 'noNews';
    throw error;
  }
}

/** SYS_TRANSIENT and SYS_UNKNOWN (IC interface spec, "Reject codes"). */
function isPassing(rejectCode: number): boolean {
  return rejectCode === 2 || rejectCode === 6;
}

function outcomeOf(job: JobStatus): JobOutcome | undefined {
  const status = variantName(job.status);
  switch (status) {
    case 'completed': {
      const greeterId = fromOptional(job.greeterId);
      if (!greeterId) throw new TypeError(`Job ${job.id.toString()} is completed and names no Greeter.`);
      return { kind: status, job, greeterId };
    }
    case 'compensated':
    case 'terminated':
      return { kind: status, job };
    case 'parked': {
      const parked = fromOptional(job.parked);
      return { kind: status, job, reason: parked?.reason ?? '', actions: parked?.actions ?? [] };
    }
    default:
      return undefined;
  }
}
