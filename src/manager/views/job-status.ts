import { Principal } from '@dfinity/principal';
import { isEnded } from '../../saga/index.ts';
import type { StepRecord } from '../../saga/index.ts';
import { nanosFromMs } from '../clock.ts';
import { cyclesReservedFor } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { provisioningStep, provisioningSteps } from '../provisioning/definition.ts';
import { sagas } from '../sagas.ts';
import { optional } from './optional.ts';
import { summaryOf } from './summary.ts';

/** The value of Candid's `JobStatus` for a job. */
export function jobStatusView(job: Job): object {
  const { facts } = job;
  const ended = isEnded(job.status);
  return {
    id: job.id,
    owner: Principal.fromUint8Array(facts.owner),
    status: { [job.status]: null },
    step: ended ? [] : optional(variantOfStep(job.cursor)),
    steps: job.steps.map(stepView),
    greeterId: optional(facts.greeterId && Principal.fromUint8Array(facts.greeterId)),
    templateVersion: [facts.templateVersion],
    lastError: optional(latestError(job)),
    nextAttemptAt: optional(nextAttemptMs(job)).map(nanosFromMs),
    parked: optional(job.parked).map(({ reason, sinceMs }) => ({
      reason,
      since: nanosFromMs(sinceMs),
      actions: sagas.allowedActions(job),
    })),
    cyclesReserved: cyclesReservedFor(job),
    cyclesSpent: facts.cyclesSpent,
    createdAt: nanosFromMs(job.createdAtMs),
    updatedAt: nanosFromMs(job.updatedAtMs),
    endedAt: optional(job.endedAtMs).map(nanosFromMs),
    version: BigInt(job.version),
    summary: summaryOf(job),
  };
}

function stepView(step: StepRecord, index: number): object {
  return {
    name: variantOfStep(index),
    state: { [step.state]: null },
    attempt: step.attempt,
    maximumAttempts: provisioningStep(index).retry.maximumAttempts,
    startedAt: optional(step.startedAtMs).map(nanosFromMs),
    endedAt: optional(step.endedAtMs).map(nanosFromMs),
    lastError: optional(step.lastError).map(errorView),
    evidence: optional(step.evidence),
  };
}

function errorView(error: NonNullable<StepRecord['lastError']>): object {
  const { code, message, atMs } = error;
  return { class: { [error.class]: null }, code, message, at: nanosFromMs(atMs) };
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

function variantOfStep(index: number): object | undefined {
  const step = provisioningSteps[index];
  return step && { [step.name]: null };
}
