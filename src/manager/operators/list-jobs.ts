import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { jobStatusView } from '../views/job-status.ts';
import type { Optional } from '../views/optional.ts';
import { readPageBackwards } from '../views/pages.ts';
import type { PageRequest } from '../views/pages.ts';
import { jobsToSearch, matchesFilter, requireFilter } from './job-filter.ts';
import type { JobFilter } from './job-filter.ts';
import { readJob } from './read-job.ts';
import type { ReadJob } from './read-job.ts';
import { callingViewer } from './viewer.ts';
import type { Viewer } from './viewer.ts';

/** A row of a list of jobs: the job, or that its record cannot be read. */
export type JobRow = { readonly shown: object } | { readonly unreadable: object };

/**
 * Jobs that meet a filter, newest first: the value of Candid's `ListJobsResult`. Jobs that cannot be read are listed
 * whatever the filter says, for nobody can know whether they meet it.
 */
export function listJobs(filter: JobFilter, page: Optional<PageRequest>): object {
  return orInvalidRequest(() => {
    requireFilter(filter);
    const viewer = callingViewer();
    const { count, idAt } = jobsToSearch(filter);
    const { rows, nextCursor } = readPageBackwards(page, count, (number) => {
      const id = idAt(number);
      const read = readJob(id);
      if (!read || ('job' in read && !matchesFilter(read.job, filter))) return undefined;
      return jobRow(id, read, viewer);
    });
    return { Ok: { ...splitRows(rows), nextCursor } };
  });
}

/** One job for a list. */
export function jobRow(id: bigint, read: ReadJob, viewer: Viewer): JobRow {
  return 'job' in read
    ? { shown: jobStatusView(read.job, viewer) }
    : { unreadable: { id, text: read.unreadable } };
}

/** The rows for Candid: one broken record must not take the whole list with it, and must not be hidden either. */
export function splitRows(rows: readonly JobRow[]): { jobs: object[]; unreadable: [object[]] | [] } {
  const unreadable = rows.flatMap((row) => ('unreadable' in row ? [row.unreadable] : []));
  return {
    jobs: rows.flatMap((row) => ('shown' in row ? [row.shown] : [])),
    unreadable: unreadable.length > 0 ? [unreadable] : [],
  };
}
