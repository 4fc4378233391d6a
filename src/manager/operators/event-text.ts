import type { Outcome, SagaEvent, Verdict } from '../../saga/index.ts';
import type { Job } from '../jobs.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';

type Event = SagaEvent<ProvisioningFacts>;

/**
 * What an event was, for people.
 *
 * @param before the job it happened to, and `after` what that became, where they are known
 */
export function eventText(event: Event, before: Job | undefined, after: Job | undefined): string {
  const moved =
    before && after && before.status !== after.status ? `; ${before.status} → ${after.status}` : '';
  return `${describe(event, before, after)}${moved}`;
}

function describe(event: Event, before: Job | undefined, after: Job | undefined): string {
  switch (event.type) {
    case 'wake':
      return wakeText(event, before, after);
    case 'outcome':
      return `${attemptText(event, before)}: ${outcomeText(event.outcome)}`;
    case 'verdict':
      return `${attemptText(event, before)}: ${verdictText(event.verdict)}`;
    case 'retry':
      return event.delayMs ? `an operator retries it, in ${event.delayMs} ms` : 'an operator retries it';
    case 'cancel':
      return 'cancelling was asked for';
    case 'resolve':
      return `an operator says that the step was ${event.finding === 'applied' ? '' : 'not '}applied: ${event.evidence}`;
    case 'terminate':
      return 'an operator ends it';
  }
}

function wakeText(
  { epoch, hostVersion }: Extract<Event, { readonly type: 'wake' }>,
  before: Job | undefined,
  after: Job | undefined,
): string {
  const started = after?.openAttempt;
  if (started && started.serial !== before?.openAttempt?.serial) {
    return `attempt ${started.serial} starts, to ${started.phase}; epoch ${epoch}, canister version ${hostVersion}`;
  }
  return before?.openAttempt
    ? `attempt ${before.openAttempt.serial} had no answer while its lease ran`
    : 'woken';
}

function attemptText(
  { ticket }: Extract<Event, { readonly ticket: unknown }>,
  before: Job | undefined,
): string {
  const isLate = before !== undefined && before.openAttempt?.serial !== ticket.serial;
  return `attempt ${ticket.serial}${isLate ? ', answered late' : ''}`;
}

function outcomeText(outcome: Outcome<ProvisioningFacts>): string {
  switch (outcome.kind) {
    case 'applied':
      return 'applied';
    case 'unfinished':
      return 'one call of several is done';
    default:
      return `${outcome.kind} (${outcome.error.code}: ${outcome.error.message})`;
  }
}

function verdictText(verdict: Verdict<ProvisioningFacts>): string {
  return verdict.kind === 'unreadable'
    ? `the evidence could not be read (${verdict.error.code}: ${verdict.error.message})`
    : `the evidence says ${verdict.kind}: ${verdict.evidence}`;
}
