import { allowedActions } from '../../saga/index.ts';
import { principalText } from '../bytes.ts';
import type { Job } from '../jobs.ts';
import { provisioningSteps } from '../provisioning/definition.ts';

/** What each step does, as a clause that follows "is" or "was". */
const doing: Readonly<Record<string, string>> = {
  create: 'creating the canister',
  install: 'installing the Greeter',
  handover: 'handing the canister over to its owner',
  register: 'registering the Greeter',
};

/** One plain sentence or two: what happened, and what happens next. */
export function summaryOf(job: Job): string {
  const stepName = provisioningSteps[job.cursor]?.name ?? '';
  const step = doing[stepName] ?? stepName;
  const record = job.steps[job.cursor];
  const limit = provisioningSteps[job.cursor]?.retry.maximumAttempts ?? 0;
  const error = record?.lastError ? ` (${record.lastError.code}: ${record.lastError.message})` : '';
  switch (job.status) {
    case 'queued':
      return `Accepted; waiting for a free place, then ${step}.`;
    case 'running':
      return job.openAttempt
        ? `Now ${step}, attempt ${record?.attempt ?? 0} of ${limit}.`
        : `The step before succeeded; next is ${step}.`;
    case 'waitingRetry':
      return `The last attempt at ${step} did not take effect${error}; it is tried again at its next attempt time.`;
    case 'reconciling':
      return `It is not known whether ${step} took effect${error}; the evidence is being read before anything else is done.`;
    case 'compensating':
      return 'What was done for this job is being undone.';
    case 'parked':
      return `Parked while ${step}: ${job.parked?.reason ?? ''}${error}. Nothing happens until an operator acts; what can help: ${allowedActions(job.status).join(', ')}.`;
    case 'completed':
      return `Done: the Greeter is ${job.facts.greeterId ? principalText(job.facts.greeterId) : ''}, and its owner is its only controller.`;
    case 'compensated':
      return 'Cancelled; everything that was done for this job has been undone.';
    case 'terminated':
      return 'Ended by an operator before it was complete.';
  }
}
