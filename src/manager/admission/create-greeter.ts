import { msgCaller, msgCyclesAvailable } from 'azle';
import { ledger } from '../budgets/cycles-ledger.ts';
import { unaffordable } from '../budgets/reservation.ts';
import { readConfiguration } from '../configuration/configuration-store.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { requireText } from '../endpoint/validate.ts';
import { startJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { maximumGreetingBytes, maximumIdempotencyKeyBytes, maximumInvitationCodeBytes } from '../limits.ts';
import { readQueueControl } from '../operators/queue-control.ts';
import { readJob } from '../operators/read-job.ts';
import { callingViewer } from '../operators/viewer.ts';
import { ownerCounts } from '../registry/owners.ts';
import { activeTemplate } from '../templates/template-store.ts';
import { jobStatusView } from '../views/job-status.ts';
import type { Optional } from '../views/optional.ts';
import { nowMs } from '../clock.ts';
import { scheduleRun } from '../worker/worker.ts';
import { decideAdmission } from './admission-policy.ts';
import type { PolicyDecision } from './admission-policy.ts';
import { isAllowed } from './allow-list.ts';
import { creditUsed, invitations, takePayment } from './given-for-admission.ts';
import { jobOfKey, rememberKey } from './idempotency-keys.ts';

/** Candid's `CreateGreeterRequest`. */
export interface CreateGreeterRequest {
  readonly idempotencyKey: Optional<string>;
  readonly greeting: Optional<string>;
  readonly invitationCode: Optional<string>;
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

/** What a job is recorded with, and the code, which only opens the door: it is no part of what is asked for. */
interface ValidRequest {
  readonly payload: { readonly idempotencyKey?: string; readonly greeting?: string };
  readonly invitationCode?: string;
}

function validated(request: CreateGreeterRequest | undefined): ValidRequest {
  const [key] = request?.idempotencyKey ?? [];
  const [greeting] = request?.greeting ?? [];
  const [code] = request?.invitationCode ?? [];
  return {
    payload: {
      ...(key === undefined
        ? {}
        : { idempotencyKey: requireText('idempotencyKey', key, maximumIdempotencyKeyBytes) }),
      ...(greeting === undefined
        ? {}
        : { greeting: requireText('greeting', greeting, maximumGreetingBytes) }),
    },
    ...(code === undefined
      ? {}
      : { invitationCode: requireText('invitationCode', code, maximumInvitationCodeBytes) }),
  };
}

/**
 * Everything is checked before anything is taken or written, so a refusal leaves no trace: not a cycle, not a use of a
 * code. A job that exists already is found first, and costs nothing.
 */
function admit(owner: Uint8Array, { payload, invitationCode }: ValidRequest): object {
  const existing = existingJob(owner, payload);
  if (existing) {
    return existing.facts.greeting === payload.greeting
      ? accepted('existing', existing)
      : { Err: { KeyConflict: { jobId: existing.id } } };
  }
  const { paused } = readQueueControl();
  if (paused) return { Err: { QueuePaused: { reason: paused.reason } } };
  const template = activeTemplate();
  if (!template) return { Err: { NoActiveTemplate: null } };
  const { openJobs } = ownerCounts(owner);
  const { maximumOpenJobsPerCaller } = readConfiguration();
  if (openJobs >= maximumOpenJobsPerCaller) {
    return { Err: { TooManyOpenJobs: { open: openJobs, limit: maximumOpenJobsPerCaller } } };
  }
  const decision = decideAdmissionOf(owner, invitationCode);
  if ('refusal' in decision) return { Err: decision.refusal };
  const { payment } = decision;
  const contribution = payment.kind === 'cycles' ? payment.cycles - creditUsed(owner, payment) : 0n;
  const refusal = unaffordable(owner, nowMs(), contribution);
  if (refusal) return { Err: refusal };
  takePayment(owner, payment);
  const { version: templateVersion, moduleHash } = template;
  const job = startJob({ owner, ...payload, templateVersion, moduleHash, cyclesSpent: 0n }, payment);
  if (payload.idempotencyKey !== undefined) rememberKey(owner, payload.idempotencyKey, job.id);
  scheduleRun(nowMs());
  return accepted('created', job);
}

function decideAdmissionOf(owner: Uint8Array, invitationCode: string | undefined): PolicyDecision {
  return decideAdmission(readConfiguration().admission, {
    isAllowed: () => isAllowed(owner),
    invitationHash: () =>
      invitationCode === undefined ? undefined : invitations.valid(invitationCode, nowMs())?.codeHash,
    creditCycles: () => ledger.caller(owner).creditCycles,
    attachedCycles: () => msgCyclesAvailable(),
  });
}

function existingJob(owner: Uint8Array, { idempotencyKey }: ValidRequest['payload']): Job | undefined {
  const jobId = idempotencyKey === undefined ? undefined : jobOfKey(owner, idempotencyKey);
  if (jobId === undefined) return undefined;
  const read = readJob(jobId);
  if (read && 'unreadable' in read) {
    const rule = `must be one whose job can be read (job ${jobId}: ${read.unreadable})`;
    throw new InvalidInputError('idempotencyKey', rule, idempotencyKey ?? '');
  }
  return read?.job;
}

function accepted(outcome: 'created' | 'existing', job: Job): object {
  return { Ok: { outcome: { [outcome]: null }, job: jobStatusView(job, callingViewer()) } };
}
