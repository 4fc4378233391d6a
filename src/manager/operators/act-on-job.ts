import { isEnded } from '../../saga/index.ts';
import type { SagaAction, SagaEvent } from '../../saga/index.ts';
import { nowMs } from '../clock.ts';
import { tellJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { sagas } from '../sagas.ts';
import type { Optional } from '../views/optional.ts';
import { verbsFor } from '../views/verbs.ts';
import { scheduleRun } from '../worker/worker.ts';
import { audited, requireRequest, wasDoneBefore } from './audited.ts';
import { readJob } from './read-job.ts';
import { callingViewer } from './viewer.ts';

/** Candid's `ActionRequest`. */
export interface ActionRequest {
  readonly jobId: bigint;
  readonly requestId: string;
  readonly reason: string;
  readonly expectedVersion: Optional<bigint>;
}

/** A verb about one job: what it does, and when it is refused. */
export interface JobVerb {
  /** The method's name. */
  readonly verb: string;
  readonly action: SagaAction;
  /** What else was asked for; a request repeated with other details is another request. */
  readonly details?: string;
  /** Where the endpoint's role does not decide alone: the error for a caller who may not do it to this job. */
  readonly unauthorised?: (job: Job) => object | undefined;
  /** What the job is told. */
  readonly event: (job: Job) => SagaEvent<ProvisioningFacts>;
  /** Whether the job is already as the verb would leave it: answered as it stands, with nothing to write down. */
  readonly isDone?: (job: Job) => boolean;
  /** A refusal that tells more than that the action is not allowed now. Throws InvalidInputError for a wrong request. */
  readonly refusal?: (job: Job) => object | undefined;
}

/** The job as it is now, or an error of Candid's `ActionError`. */
export type ActionAnswer = { readonly job: Job } | { readonly Err: object };

/**
 * The one way in which somebody acts on a job: every verb, alone or in bulk, takes the same steps in the same order.
 *
 * @throws InvalidInputError for bad input; nothing was changed
 */
export function actOnJob(verb: JobVerb, request: ActionRequest): ActionAnswer {
  requireRequest(request);
  const { jobId, requestId, reason, expectedVersion } = request;
  const read = readJob(jobId);
  if (read && 'unreadable' in read) {
    // Whose job it is cannot be read either, so only those who may see any job learn that there is one.
    return { Err: callingViewer().role ? { Unreadable: { text: read.unreadable } } : { NotFound: null } };
  }
  if (!read) return { Err: { NotFound: null } };
  const { job } = read;
  const unauthorised = verb.unauthorised?.(job);
  if (unauthorised) return { Err: unauthorised };
  const { details } = verb;
  const target = `job ${jobId}`;
  const action = {
    verb: verb.verb,
    target,
    requestId,
    reason,
    ...(details === undefined ? {} : { details }),
  };
  if (wasDoneBefore(action) || verb.isDone?.(job) === true) return { job };
  const refused = refusalOf(verb, job, expectedVersion);
  if (refused) return { Err: refused };
  return audited(action, () => {
    const { job: after } = tellJob(jobId, verb.event(job));
    if (!isEnded(after.status)) scheduleRun(nowMs());
    return { outcome: `${after.status} at version ${after.version}`, result: { job: after } };
  });
}

function refusalOf({ action, refusal }: JobVerb, job: Job, [expected]: Optional<bigint>): object | undefined {
  const version = BigInt(job.version);
  if (expected !== undefined && expected !== version) return { VersionConflict: { version } };
  const special = refusal?.(job);
  if (special) return special;
  if (sagas.allowedActions(job).includes(action)) return undefined;
  return { NotAllowedNow: { status: { [job.status]: null }, allowed: verbsFor(job) } };
}
