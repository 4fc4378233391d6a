import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import type { Job } from '../jobs.ts';
import { maximumRetriesPerMinute } from '../limits.ts';
import { sagas } from '../sagas.ts';
import type { Optional } from '../views/optional.ts';
import { readPageBackwards } from '../views/pages.ts';
import { actOnJob } from './act-on-job.ts';
import type { JobVerb } from './act-on-job.ts';
import { requireRequest } from './audited.ts';
import { isEmptyFilter, jobsToSearch, matchesFilter, requireFilter } from './job-filter.ts';
import type { JobFilter } from './job-filter.ts';
import { cancelVerb, retryVerb, terminateVerb } from './job-verbs.ts';
import { readJob } from './read-job.ts';
import { callingViewer } from './viewer.ts';

/** Candid's `BulkRequest`. */
export interface BulkRequest {
  readonly filter: JobFilter;
  readonly cursor: Optional<string>;
  readonly limit: Optional<number>;
  readonly ratePerMinute: Optional<number>;
  readonly requestId: string;
  readonly reason: string;
}

/** Retries jobs, due one after the other at the rate asked for: the value of Candid's `BulkResult`, as for all here. */
export function retryJobs(request: BulkRequest): object {
  const [rate] = request.ratePerMinute;
  return bulk(request, (number) => retryVerb(rate === undefined ? 0 : Math.floor((number * 60_000) / rate)));
}

/** Cancels jobs. */
export function cancelJobs(request: BulkRequest): object {
  return bulk(request, () => cancelVerb(callingViewer()));
}

/** Terminates jobs. */
export function terminateJobs(request: BulkRequest): object {
  return bulk(request, () => terminateVerb);
}

/** @param verbOf the verb for the job that is acted on as number 0, 1, 2 … */
function bulk(request: BulkRequest, verbOf: (number: number) => JobVerb): object {
  return orInvalidRequest(() => {
    const { filter, cursor, limit } = request;
    requireRequest(request);
    requireBulk(request, verbOf(0));
    const { count, idAt } = jobsToSearch(filter);
    let acted = 0;
    const { rows, nextCursor } = readPageBackwards([{ cursor, limit }], count, (number) => {
      const jobId = idAt(number);
      const verb = verbOf(acted);
      if (!isMeant(jobId, filter, verb)) return undefined;
      acted += 1;
      return { jobId, result: actOnOneOfMany(verb, jobId, request) };
    });
    return { Ok: { results: rows, nextCursor } };
  });
}

/** Every job is acted on as if alone. Its request id is the bulk's own with the job's id, so that each has its row. */
function actOnOneOfMany(verb: JobVerb, jobId: bigint, { requestId, reason }: BulkRequest): object {
  return orInvalidRequest(() => {
    const answer = actOnJob(verb, { jobId, requestId: `${requestId}/${jobId}`, reason, expectedVersion: [] });
    return 'Err' in answer ? answer : { Ok: resultView(answer.job) };
  });
}

/** Jobs that do not allow the action are none that a bulk is meant for; unreadable ones would only be refused. */
function isMeant(jobId: bigint, filter: JobFilter, { action }: JobVerb): boolean {
  const read = readJob(jobId);
  if (!read || !('job' in read) || !matchesFilter(read.job, filter)) return false;
  return sagas.allowedActions(read.job).includes(action);
}

function requireBulk({ filter, cursor, ratePerMinute: [rate] }: BulkRequest, { action }: JobVerb): void {
  requireFilter(filter);
  if (isEmptyFilter(filter)) {
    throw new InvalidInputError(
      'filter',
      'must have at least one criterion: this acts on all it lets through',
      '',
    );
  }
  if (rate === undefined) return;
  if (action !== 'retry') {
    throw new InvalidInputError(
      'ratePerMinute',
      'must be absent: only retries can be spread',
      rate.toString(),
    );
  }
  if (cursor.length > 0) {
    // Each page would begin to count anew, and so the pages together would go faster than the rate.
    throw new InvalidInputError(
      'ratePerMinute',
      'must be absent together with a cursor: when the jobs of the first page have gone on, ask again without one',
      rate.toString(),
    );
  }
  if (rate < 1 || rate > maximumRetriesPerMinute) {
    throw new InvalidInputError('ratePerMinute', `must be 1 to ${maximumRetriesPerMinute}`, rate.toString());
  }
}

function resultView({ status, version }: Job): object {
  return { status: { [status]: null }, version: BigInt(version) };
}
