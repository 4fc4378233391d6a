import { canisterCycleBalance, msgCaller } from 'azle';
import { sagas } from '../sagas.ts';
import { managerReserveCycles, reservedCyclesPerJob } from '../cycles.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { requireText } from '../endpoint/validate.ts';
import { startJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { maximumGreetingBytes, maximumIdempotencyKeyBytes, maximumOpenJobsPerCaller } from '../limits.ts';
import { readQueueControl } from '../operators/queue-control.ts';
import { ownerCounts } from '../registry/owners.ts';
import { readMeta } from '../storage/meta.ts';
import { activeTemplate } from '../templates/template-store.ts';
import { jobStatusView } from '../views/job-status.ts';
import type { Optional } from '../views/optional.ts';
import { nowMs } from '../clock.ts';
import { scheduleRun } from '../worker/worker.ts';
import { jobOfKey, rememberKey } from './idempotency-keys.ts';

/** Candid's `CreateGreeterRequest`. */
export interface CreateGreeterRequest {
  readonly idempotencyKey: Optional<string>;
  readonly greeting: Optional<string>;
}

/**
 * Accepts a request for a Greeter, or says why not. It only records: there is no call and no await, so admissions
 * of one caller cannot overlap, and what is checked here is still true when the job is written.
 *
 * @returns the value of Candid's `CreateGreeterResult`
 */
export function createGreeter([request]: Optional<CreateGreeterRequest>): object {
  const caller = msgCaller();
  if (caller.isAnonymous()) return { Err: { AnonymousCaller: null } };
  return orInvalidRequest(() => admit(caller.toUint8Array(), validated(request)));
}

interface ValidRequest {
  readonly idempotencyKey?: string;
  readonly greeting?: string;
}

function validated(request: CreateGreeterRequest | undefined): ValidRequest {
  const [key] = request?.idempotencyKey ?? [];
  const [greeting] = request?.greeting ?? [];
  return {
    ...(key === undefined
      ? {}
      : { idempotencyKey: requireText('idempotencyKey', key, maximumIdempotencyKeyBytes) }),
    ...(greeting === undefined ? {} : { greeting: requireText('greeting', greeting, maximumGreetingBytes) }),
  };
}

function admit(owner: Uint8Array, request: ValidRequest): object {
  const existing = existingJob(owner, request);
  if (existing) {
    return existing.facts.greeting === request.greeting
      ? accepted('existing', existing)
      : { Err: { KeyConflict: { jobId: existing.id } } };
  }
  const { paused } = readQueueControl();
  if (paused) return { Err: { QueuePaused: { reason: paused.reason } } };
  const template = activeTemplate();
  if (!template) return { Err: { NoActiveTemplate: null } };
  const { openJobs } = ownerCounts(owner);
  if (openJobs >= maximumOpenJobsPerCaller) {
    return { Err: { TooManyOpenJobs: { open: openJobs, limit: maximumOpenJobsPerCaller } } };
  }
  const cycles = cyclesForOneMoreJob();
  if (cycles.available < cycles.required) return { Err: { InsufficientCycles: cycles } };
  const { version: templateVersion, moduleHash } = template;
  const job = startJob({ owner, ...request, templateVersion, moduleHash, cyclesSpent: 0n });
  if (request.idempotencyKey !== undefined) rememberKey(owner, request.idempotencyKey, job.id);
  scheduleRun(nowMs());
  return accepted('created', job);
}

function existingJob(owner: Uint8Array, { idempotencyKey }: ValidRequest): Job | undefined {
  const jobId = idempotencyKey === undefined ? undefined : jobOfKey(owner, idempotencyKey);
  return jobId === undefined ? undefined : sagas.get(jobId);
}

/** Every open job keeps its claim, so a job that was accepted never starves because a later one was accepted too. */
function cyclesForOneMoreJob(): { available: bigint; required: bigint } {
  return {
    available: canisterCycleBalance(),
    required: managerReserveCycles + readMeta().cyclesReserved + reservedCyclesPerJob,
  };
}

function accepted(outcome: 'created' | 'existing', job: Job): object {
  return { Ok: { outcome: { [outcome]: null }, job: jobStatusView(job) } };
}
