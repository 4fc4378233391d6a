import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { requireText } from '../endpoint/validate.ts';
import { maximumActionTextBytes } from '../limits.ts';
import { jobStatusView } from '../views/job-status.ts';
import { actOnJob } from './act-on-job.ts';
import type { ActionRequest, JobVerb } from './act-on-job.ts';
import { cancelVerb, resolveVerb, retryVerb, terminateVerb } from './job-verbs.ts';
import type { Finding } from './job-verbs.ts';
import { callingViewer } from './viewer.ts';

/** Candid's `ResolveStepRequest`. */
export interface ResolveStepRequest extends ActionRequest {
  readonly finding: Readonly<Partial<Record<Finding, null>>>;
  readonly evidence: string;
}

/** A parked or waiting job goes on at once: the value of Candid's `ActionResult`, as for every verb here. */
export function retryJob(request: ActionRequest): object {
  return act(() => retryVerb(), request);
}

/** What was done for a job is undone; for its owner, too. */
export function cancelJob(request: ActionRequest): object {
  return act(() => cancelVerb(callingViewer()), request);
}

/** A parked or waiting job ends as it stands. */
export function terminateJob(request: ActionRequest): object {
  return act(() => terminateVerb, request);
}

/** The caller says what became of the step that a parked job stands at. */
export function resolveStep(request: ResolveStepRequest): object {
  const { finding, evidence } = request;
  return act(() => {
    requireText('evidence', evidence, maximumActionTextBytes);
    return resolveVerb('applied' in finding ? 'applied' : 'notApplied', evidence);
  }, request);
}

function act(verb: () => JobVerb, request: ActionRequest): object {
  return orInvalidRequest(() => {
    const answer = actOnJob(verb(), request);
    return 'Err' in answer ? answer : { Ok: jobStatusView(answer.job, callingViewer()) };
  });
}
