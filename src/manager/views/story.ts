import type { StepRecord } from '../../saga/index.ts';
import { principalText } from '../bytes.ts';
import type { Job } from '../jobs.ts';
import { definitionOf } from '../provisioning/definitions.ts';
import { parkedReason } from './parked-reason.ts';
import type { ParkedReason } from './parked-reason.ts';
import { verbsFor } from './verbs.ts';

/** A job in plain words. Whole sentences; absent where there is nothing to say. */
export interface Story {
  readonly happened: string;
  readonly happening?: string;
  readonly next?: string;
}

/** What each step does, as a clause that follows "is" or "was". */
const doing: Readonly<Record<string, string>> = {
  create: 'creating the canister',
  install: 'installing the Greeter',
  handover: 'handing the canister over to its owner',
  register: 'registering the Greeter',
  pool: 'putting the canister into the pool',
};

/** What each step has led to. */
const done: Readonly<Record<string, string>> = {
  create: 'The canister exists.',
  install: 'The Greeter is installed.',
  handover: 'The owner is the only controller.',
};

/** What undoing a step does. */
const undoing: Readonly<Record<string, string>> = {
  create: 'emptying the canister and putting it into the pool',
};

/** Why a job was parked, as a clause that follows the step. */
const whyParked: Readonly<Record<ParkedReason, string>> = {
  attemptsExhausted: 'failed as often as it may be tried',
  terminalError: 'was refused in a way that trying again does not change',
  defect: 'met a defect of the Manager',
  outcomeUndecided: 'may or may not have taken effect, and the evidence does not tell',
  evidenceUnreadable: 'may or may not have taken effect, and the evidence could not be read',
  compensationFailed: 'failed as often as it may be tried, or in a way that trying again does not change',
  templateRejected: 'was refused because of the template',
};

/** What happened, what is happening, and what happens next. */
export function storyOf(job: Job): Story {
  switch (job.status) {
    case 'queued':
      return {
        happened: 'Accepted.',
        happening: 'Waiting for a free place.',
        next: `Then it starts ${clause(job)}.`,
      };
    case 'running':
      return running(job);
    case 'waitingRetry':
      return waiting(job, clause(job), 'tried again');
    case 'reconciling':
      return reconciling(job);
    case 'compensating':
      return compensating(job);
    case 'parked':
      return parked(job);
    case 'completed':
      return { happened: completed(job) };
    case 'compensated':
      return { happened: 'Cancelled; everything that was done for this job has been undone.' };
    case 'terminated':
      return { happened: 'Ended by an operator before it was complete; nothing was undone.' };
  }
}

function running(job: Job): Story {
  const { steps } = definitionOf(job);
  const happened = done[steps[job.cursor - 1]?.name ?? ''] ?? 'Accepted.';
  if (!job.openAttempt) return { happened, happening: 'Waiting for its turn.', next: `Then ${clause(job)}.` };
  const following = steps[job.cursor + 1]?.name;
  return {
    happened,
    happening: `Now ${clause(job)}, ${attemptOf(job, steps[job.cursor]?.retry.maximumAttempts)}.`,
    next: afterwards(job, following ? `Then ${doing[following] ?? following}.` : 'Then it is done.'),
  };
}

function waiting(job: Job, what: string, again: string): Story {
  const step = job.steps[job.cursor];
  if (isShortOfCycles(step)) {
    return {
      happened: `There were not enough cycles for ${what}${errorOf(step)}.`,
      happening: 'Waiting for cycles.',
      next: `It goes on by itself once the Manager has been topped up; it looks again at ${dueAt(job)}.`,
    };
  }
  const happened = step?.lastError
    ? `The last attempt at ${what} did not take effect${errorOf(step)}.`
    : `Accepted; ${what} has not been tried yet.`;
  return { happened, happening: 'Waiting for the next attempt.', next: `It is ${again} at ${dueAt(job)}.` };
}

function reconciling(job: Job): Story {
  const step = job.steps[job.cursor];
  const happened = `It is not known whether ${clause(job)} took effect${errorOf(step)}.`;
  if (isShortOfCycles(step) && !job.openAttempt) {
    const next = `It goes on by itself once the Manager has been topped up; it looks again at ${dueAt(job)}.`;
    return { happened, happening: 'Reading the evidence waits for cycles.', next };
  }
  const progress = step?.evidence === undefined ? '' : ` (so far: ${step.evidence})`;
  return {
    happened,
    happening: `The evidence is being read${progress}.`,
    next: afterwards(job, 'Nothing else is done before that is known.'),
  };
}

function compensating(job: Job): Story {
  const { steps } = definitionOf(job);
  const definition = steps[job.cursor];
  const what = undoClause(job);
  if (!job.openAttempt) return { ...waiting(job, what, 'tried again'), ...untried(job, what) };
  const policy = definition?.compensateRetry ?? definition?.reconcileRetry;
  return {
    happened: 'Cancelled.',
    happening: `Now ${what}, ${attemptOf(job, policy?.maximumAttempts)}.`,
    next: 'Then what was done before it is undone as well, until nothing is left.',
  };
}

/** An undoing that was not tried yet has no last attempt to tell of. */
function untried(job: Job, what: string): Partial<Story> {
  if ((job.steps[job.cursor]?.attempt ?? 0) > 0) return {};
  return { happened: 'Cancelled.', happening: 'Waiting for its turn.', next: `Then ${what}.` };
}

function parked(job: Job): Story {
  const step = job.steps[job.cursor];
  const reason = parkedReason(job) ?? 'defect';
  const what = job.compensating ? undoClause(job) : clause(job);
  const told =
    reason === 'outcomeUndecided' && step?.evidence !== undefined ? ` (${step.evidence})` : errorOf(step);
  const cure = reason === 'templateRejected' ? ' Once a good template is active, retryJob heals it.' : '';
  return {
    happened: `${what.charAt(0).toUpperCase()}${what.slice(1)} ${whyParked[reason]}${told}.`,
    happening: 'Parked: it waits for an operator.',
    next: `These can help: ${verbsFor(job).join(', ')}.${cure}`,
  };
}

function completed(job: Job): string {
  const { greeterId } = job.facts;
  const id = greeterId ? principalText(greeterId) : '';
  return job.definitionName === 'provisioning'
    ? `Done: the Greeter is ${id}, and its owner was made its only controller.`
    : `Done: the canister ${id} is vacant.`;
}

/** What follows, unless cancelling was asked for meanwhile. */
function afterwards(job: Job, next: string): string {
  return job.cancelRequestedAtMs === undefined
    ? next
    : 'Cancelling was asked for: as soon as the outcome is known, everything is undone.';
}

function clause(job: Job): string {
  const name = definitionOf(job).steps[job.cursor]?.name ?? '';
  return doing[name] ?? name;
}

function undoClause(job: Job): string {
  const name = definitionOf(job).steps[job.cursor]?.name ?? '';
  return undoing[name] ?? `undoing ${name}`;
}

function attemptOf(job: Job, maximumAttempts = 0): string {
  return `attempt ${job.steps[job.cursor]?.attempt ?? 0} of ${maximumAttempts}`;
}

function errorOf(step: StepRecord | undefined): string {
  return step?.lastError ? ` (${step.lastError.code}: ${step.lastError.message})` : '';
}

function isShortOfCycles(step: StepRecord | undefined): boolean {
  return step?.lastError?.code === 'awaitingCycles';
}

function dueAt({ dueAtMs }: Job): string {
  return dueAtMs === undefined ? 'no set time' : new Date(dueAtMs).toISOString();
}
