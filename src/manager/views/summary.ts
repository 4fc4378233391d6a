import type { ParkReason } from '../../saga/index.ts';
import { principalText } from '../bytes.ts';
import type { Job } from '../jobs.ts';
import { sagas } from '../sagas.ts';
import { provisioningSteps } from '../provisioning/definition.ts';

/** What each step does, as a clause that follows "is" or "was". */
const doing: Readonly<Record<string, string>> = {
  create: 'creating the canister',
  install: 'installing the Greeter',
  handover: 'handing the canister over to its owner',
  register: 'registering the Greeter',
};

/** Why a job was parked, as a clause that follows the step. */
const whyParked: Readonly<Record<ParkReason, string>> = {
  attemptsExhausted: 'failed as often as it may be tried',
  terminalError: 'was refused in a way that trying again does not change',
  defect: 'met a defect of the Manager',
  outcomeUndecided: 'may or may not have taken effect, and the evidence does not tell',
  evidenceUnreadable: 'may or may not have taken effect, and the evidence could not be read',
  compensationFailed: 'could not be undone',
};

/** One plain sentence or two: what happened, and what happens next. */
export function summaryOf(job: Job): string {
  const stepName = provisioningSteps[job.cursor]?.name ?? '';
  const step = doing[stepName] ?? stepName;
  const record = job.steps[job.cursor];
  const limit = provisioningSteps[job.cursor]?.retry.maximumAttempts ?? 0;
  const error = record?.lastError ? ` (${record.lastError.code}: ${record.lastError.message})` : '';
  const isUndecided = job.parked?.reason === 'outcomeUndecided' && record?.evidence !== undefined;
  const evidence = isUndecided ? ` (${record.evidence})` : '';
  const waitsForCycles = record?.lastError?.code === 'cyclesLow' && !job.openAttempt;
  switch (job.status) {
    case 'queued':
      return `Accepted; waiting for a free place, then ${step}.`;
    case 'running':
      return job.openAttempt
        ? `Now ${step}, attempt ${record?.attempt ?? 0} of ${limit}.`
        : `The step before succeeded; next is ${step}.`;
    case 'waitingRetry':
      return waitsForCycles
        ? `Waiting for cycles before ${step}${error}; it goes on by itself once the Manager has been topped up.`
        : `The last attempt at ${step} did not take effect${error}; it is tried again at its next attempt time.`;
    case 'reconciling':
      return waitsForCycles
        ? `It is not known whether ${step} took effect, and reading the evidence waits for cycles${error}; it goes on by itself once the Manager has been topped up.`
        : `It is not known whether ${step} took effect${error}; the evidence is being read before anything else is done.`;
    case 'compensating':
      return 'What was done for this job is being undone.';
    case 'parked':
      return `Parked: ${step} ${whyParked[job.parked?.reason ?? 'defect']}${evidence || error}. It waits for an operator, who can: ${sagas.allowedActions(job).join(', ')}.`;
    case 'completed':
      return `Done: the Greeter is ${job.facts.greeterId ? principalText(job.facts.greeterId) : ''}, and its owner was made its only controller.`;
    case 'compensated':
      return 'Cancelled; everything that was done for this job has been undone.';
    case 'terminated':
      return 'Ended by an operator before it was complete.';
  }
}
