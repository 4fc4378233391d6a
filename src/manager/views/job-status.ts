import { Principal } from '@dfinity/principal';
import { isEnded } from '../../saga/index.ts';
import type { StepRecord } from '../../saga/index.ts';
import { nanosFromMs } from '../clock.ts';
import { reservedCyclesOf } from '../budgets/accounts.ts';
import { ledger } from '../budgets/cycles-ledger.ts';
import type { Job } from '../jobs.ts';
import { verbsOf } from '../operators/viewer.ts';
import type { Viewer } from '../operators/viewer.ts';
import { definitionOf } from '../provisioning/definitions.ts';
import { canisterAccount } from '../registry/canisters.ts';
import { optional } from './optional.ts';
import { parkedReason } from './parked-reason.ts';
import { storyOf } from './story.ts';
import { summaryOf } from './summary.ts';
import { verbsFor } from './verbs.ts';

/** The value of Candid's `JobStatus` for a job, as `viewer` sees it. */
export function jobStatusView(job: Job, viewer: Viewer): object {
  const { facts } = job;
  const account = ledger.account(job.id);
  const ended = isEnded(job.status);
  const story = storyOf(job);
  return {
    id: job.id,
    owner: Principal.fromUint8Array(facts.owner),
    status: variant(job.status),
    step: ended ? [] : optional(stepName(job, job.cursor)).map(variant),
    steps: job.steps.map((step, index) => stepView(job, step, index)),
    greeterId: optional(shownGreeterId(job)).map((id) => Principal.fromUint8Array(id)),
    templateVersion: [facts.templateVersion],
    lastError: optional(latestError(job)),
    nextAttemptAt: optional(nextAttemptMs(job)).map(nanosFromMs),
    parked: optional(job.parked).map(({ sinceMs }) => ({
      reason: parkedReason(job),
      since: nanosFromMs(sinceMs),
      actions: verbsFor(job),
    })),
    cyclesReserved: reservedCyclesOf(account),
    cyclesSpent: account.spentCycles,
    createdAt: nanosFromMs(job.createdAtMs),
    updatedAt: nanosFromMs(job.updatedAtMs),
    endedAt: optional(job.endedAtMs).map(nanosFromMs),
    version: BigInt(job.version),
    summary: summaryOf(story),
    happened: story.happened,
    happening: optional(story.happening),
    next: optional(story.next),
    cancelRequestedAt: optional(job.cancelRequestedAtMs).map(nanosFromMs),
    actions: [verbsOf(viewer, job)],
  };
}

/** A canister that a job gave up may be somebody else's by now, which is none of the former owner's business. */
function shownGreeterId({ id, status, facts: { greeterId } }: Job): Uint8Array | undefined {
  const isGivenUp = status === 'compensated' || status === 'terminated';
  if (!greeterId || !isGivenUp) return greeterId;
  return canisterAccount(greeterId)?.jobId === id ? greeterId : undefined;
}

function stepView(job: Job, step: StepRecord, index: number): object {
  const definition = definitionOf(job).steps[index];
  const isUndone = step.state === 'compensating' || step.state === 'compensated';
  const policy = (isUndone ? definition?.compensateRetry : undefined) ?? definition?.retry;
  return {
    name: variant(stepName(job, index) ?? ''),
    state: variant(step.state),
    attempt: step.attempt,
    maximumAttempts: policy?.maximumAttempts ?? 0,
    startedAt: optional(step.startedAtMs).map(nanosFromMs),
    endedAt: optional(step.endedAtMs).map(nanosFromMs),
    lastError: optional(step.lastError).map(errorView),
    evidence: optional(step.evidence),
  };
}

function errorView(error: NonNullable<StepRecord['lastError']>): object {
  const { code, message, atMs } = error;
  return { class: variant(error.class), code, message, at: nanosFromMs(atMs) };
}

function latestError(job: Job): object | undefined {
  const errors = job.steps.flatMap(({ lastError }) => (lastError ? [lastError] : []));
  const latest = errors.reduce<NonNullable<StepRecord['lastError']> | undefined>(
    (newest, error) => (newest && newest.atMs > error.atMs ? newest : error),
    undefined,
  );
  return latest && errorView(latest);
}

/** With an open attempt the due time is the end of its lease, which is no attempt. */
function nextAttemptMs(job: Job): number | undefined {
  return job.openAttempt ? undefined : job.dueAtMs;
}

function stepName(job: Job, index: number): string | undefined {
  return definitionOf(job).steps[index]?.name;
}

function variant(name: string): object {
  return { [name]: null };
}
