import { allowedActions } from '../../saga/index.ts';
import type { SagaAction } from '../../saga/index.ts';
import type { Job } from '../jobs.ts';
import { definitionOf } from '../provisioning/definitions.ts';

/** The endpoint behind each thing that may be asked of a job. */
const verbOfAction: Readonly<Record<SagaAction, string>> = {
  retry: 'retryJob',
  cancel: 'cancelJob',
  resolve: 'resolveStep',
  terminate: 'terminateJob',
};

/** The endpoints that would accept this job now, by name; what helps most comes first. */
export function verbsFor(job: Job): string[] {
  const verbs = allowedActions(definitionOf(job), job).map((action) => verbOfAction[action]);
  const isCreationUnknown = job.cursor === 0 && job.steps[0]?.state === 'outcomeUnknown';
  return verbs.includes('resolveStep') && isCreationUnknown ? ['adoptCanister', ...verbs] : verbs;
}
