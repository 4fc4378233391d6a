import { orInvalidRequest } from './endpoint/or-invalid-request.ts';
import { nowMs } from './clock.ts';
import { requireText } from './endpoint/validate.ts';
import { tellJob } from './jobs.ts';
import type { Job } from './jobs.ts';
import { maximumActionTextBytes } from './limits.ts';
import { provisioningSteps } from './provisioning/definition.ts';
import type { ProvisioningFacts } from './provisioning/facts.ts';
import { sagas } from './sagas.ts';
import { activeTemplate } from './templates/template-store.ts';
import { scheduleRun } from './worker/worker.ts';
import { jobStatusView } from './views/job-status.ts';
import type { Optional } from './views/optional.ts';

/** Candid's `ActionRequest`. */
export interface ActionRequest {
  readonly jobId: bigint;
  readonly requestId: string;
  readonly reason: string;
  readonly expectedVersion: Optional<bigint>;
}

/**
 * Resumes a parked or waiting job at once, with a fresh budget of attempts. A job that has not installed its
 * template yet moves to the one active now, so that a bad template is healed by activating a good one.
 *
 * @returns the value of Candid's `ActionResult`
 */
export function retryJob(request: ActionRequest): object {
  return orInvalidRequest(() => retry(request));
}

function retry({ jobId, requestId, reason, expectedVersion }: ActionRequest): object {
  requireText('requestId', requestId, maximumActionTextBytes);
  requireText('reason', reason, maximumActionTextBytes);
  const job = sagas.get(jobId);
  if (!job) return { Err: { NotFound: null } };
  const [expected] = expectedVersion;
  if (expected !== undefined && expected !== BigInt(job.version)) {
    return { Err: { VersionConflict: { version: BigInt(job.version) } } };
  }
  const allowed = sagas.allowedActions(job);
  if (!allowed.includes('retry'))
    return { Err: { NotAllowedNow: { status: { [job.status]: null }, allowed } } };
  const retried = tellJob(jobId, { type: 'retry', learned: repinnedTemplate(job) }).job;
  scheduleRun(nowMs());
  return { Ok: jobStatusView(retried) };
}

const installIndex = provisioningSteps.findIndex(({ name }) => name === 'install');

/** Once a module is (perhaps) installed, the job must keep the template whose hash it will be judged by. */
function repinnedTemplate(job: Job): Partial<ProvisioningFacts> {
  const template = activeTemplate();
  const unknown = job.steps[job.cursor]?.state === 'outcomeUnknown';
  if (!template || unknown || job.cursor > installIndex) return {};
  return { templateVersion: template.version, moduleHash: template.moduleHash };
}
