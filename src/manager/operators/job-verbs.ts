import { isEnded, isToBeFoundOut, mayBePastPivot } from '../../saga/index.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import type { Job } from '../jobs.ts';
import { provisioning, provisioningSteps } from '../provisioning/definition.ts';
import { definitionOf } from '../provisioning/definitions.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { sagas } from '../sagas.ts';
import { activeTemplate } from '../templates/template-store.ts';
import { verbsFor } from '../views/verbs.ts';
import type { JobVerb } from './act-on-job.ts';
import { includesRole } from './roles.ts';
import { maySee } from './viewer.ts';
import type { Viewer } from './viewer.ts';
import { bytesEqual } from '../bytes.ts';

/** What an operator found out about a step: it took effect, or it surely did not. */
export type Finding = 'applied' | 'notApplied';

/**
 * Resumes a parked or waiting job with a fresh budget of attempts. A job that has not installed its template yet moves
 * to the one active now, so that a bad template is healed by activating a good one.
 *
 * @param delayMs due after so many milliseconds, so that many retries can be spread
 */
export function retryVerb(delayMs = 0): JobVerb {
  return {
    verb: 'retryJob',
    action: 'retry',
    event: (job) => ({ type: 'retry', learned: repinnedTemplate(job), ...(delayMs > 0 ? { delayMs } : {}) }),
  };
}

/** Undoes a job, until its Greeter may have been handed over. Its owner needs no role for it. */
export function cancelVerb(viewer: Viewer): JobVerb {
  return {
    verb: 'cancelJob',
    action: 'cancel',
    unauthorised: (job) => {
      if (!maySee(viewer, job)) return { NotFound: null };
      const mayCancel =
        includesRole(viewer.role, 'operator') || bytesEqual(viewer.principal, job.facts.owner);
      return mayCancel ? undefined : { NotAuthorized: null };
    },
    event: () => ({ type: 'cancel' }),
    isDone: ({ cancelRequestedAtMs, status }) => cancelRequestedAtMs !== undefined && status !== 'terminated',
    refusal: tooLate,
  };
}

/**
 * Ends a job as it stands: nothing more is done and nothing is undone. Not while nobody knows whether its canister was
 * created, for the search would end with the job and leave the canister to nobody.
 */
export const terminateVerb: JobVerb = {
  verb: 'terminateJob',
  action: 'terminate',
  event: () => ({ type: 'terminate' }),
  refusal: creationUndecided,
};

/** Says what became of the step a parked job stands at, where the Manager could not find out. */
export function resolveVerb(finding: Finding, evidence: string): JobVerb {
  return {
    verb: 'resolveStep',
    action: 'resolve',
    details: `${finding}: ${evidence}`,
    event: () => ({ type: 'resolve', finding, evidence }),
    refusal: (job) => {
      if (finding === 'applied') requireNoCanisterMissing(job);
      return undefined;
    },
  };
}

/** @throws InvalidInputError for a creation: that it was applied helps nobody without knowing which canister it made */
function requireNoCanisterMissing(job: Job): void {
  const isCreation = definitionOf(job).steps[job.cursor]?.name === 'create';
  if (!isCreation || job.compensating || !sagas.allowedActions(job).includes('resolve')) return;
  const rule =
    'must be notApplied for the step create; if it was applied, name the canister with adoptCanister';
  throw new InvalidInputError('finding', rule, 'applied');
}

function tooLate(job: Job): object | undefined {
  const { status } = job;
  if (isEnded(status) ? status !== 'completed' : !mayBePastPivot(definitionOf(job), job)) return undefined;
  const explanation =
    status === 'completed'
      ? 'The job is complete: the canister is its owner’s, and nobody else can undo anything there.'
      : 'The canister was handed over to its owner, or may have been; from there on the job only goes forward.';
  return { TooLate: { status: { [status]: null }, explanation } };
}

function creationUndecided(job: Job): object | undefined {
  if (isEnded(job.status) || !isToBeFoundOut(definitionOf(job), job)) return undefined;
  const explanation =
    job.status === 'parked'
      ? 'Nobody knows yet whether the canister of this job was created. Find out with one of the verbs that are ' +
        'allowed: adoptCanister if it is found, resolveStep with notApplied if it surely was not created, retryJob ' +
        'to search again. Then terminate the job.'
      : 'It is being found out whether the canister of this job was created. Wait until the job goes on or is parked.';
  return { CreationUndecided: { status: { [job.status]: null }, explanation, allowed: verbsFor(job) } };
}

const installIndex = provisioningSteps.findIndex(({ name }) => name === 'install');

/** Once a module is (perhaps) installed, the job must keep the template whose hash it will be judged by. */
function repinnedTemplate(job: Job): Partial<ProvisioningFacts> {
  const template = activeTemplate();
  const unknown = job.steps[job.cursor]?.state === 'outcomeUnknown';
  const installsLater = job.definitionName === provisioning.name && job.cursor <= installIndex;
  if (!template || unknown || job.compensating || !installsLater) return {};
  return { templateVersion: template.version, moduleHash: template.moduleHash };
}
