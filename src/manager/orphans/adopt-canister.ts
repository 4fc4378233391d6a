import { Principal } from '@dfinity/principal';
import { nanosFromMs, nowMs } from '../clock.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import type { Job } from '../jobs.ts';
import { canisterNumberOf } from '../management-canister/canister-number.ts';
import { audited, requireRequest, wasDoneBefore } from '../operators/audited.ts';
import { stepOf } from '../provisioning/definitions.ts';
import { boundedCallLeaseMs } from '../provisioning/policies.ts';
import { canisterAccount } from '../registry/canisters.ts';
import { sagas } from '../sagas.ts';
import { optional } from '../views/optional.ts';
import type { Optional } from '../views/optional.ts';
import { verbsFor } from '../views/verbs.ts';
import { managementCallFor } from '../worker/management-call.ts';
import { refusalToSend, sendManagementCall } from '../worker/send-action.ts';
import { readAdoption, writeAdoption } from './adoption.ts';

/** Candid's `AdoptCanisterRequest`. */
export interface AdoptCanisterRequest {
  readonly canisterId: Principal;
  readonly jobId: Optional<bigint>;
  readonly requestId: string;
  readonly reason: string;
  readonly expectedVersion: Optional<bigint>;
}

/**
 * Asks the network about a canister, and believes nothing else: it becomes the canister of a job whose creation went
 * unanswered, if its history says that exactly that attempt made it; or vacant, if no job is named and the Manager alone
 * controls it. Answers at once with `reading`; the same request again answers what came of it.
 *
 * @returns the value of Candid's `AdoptCanisterResult`
 */
export function adoptCanister(request: AdoptCanisterRequest): object {
  return orInvalidRequest(() => {
    requireRequest(request);
    const { requestId, reason } = request;
    const canisterId = request.canisterId.toUint8Array();
    const [jobId] = request.jobId;
    const details = jobId === undefined ? 'becomes vacant' : `for job ${jobId}`;
    const target = `canister ${request.canisterId.toText()}`;
    const action = { verb: 'adoptCanister', target, details, requestId, reason };
    if (wasDoneBefore(action) || isBeingRead(canisterId)) return adoptionView(canisterId);
    const refusal = refusalOf(canisterId, request);
    if (refusal) return { Err: refusal };
    // Not audited, like every refusal: nothing was done, and the same request may be made again.
    const unsent = ask(canisterId, jobId);
    if (unsent) return { Err: unsent };
    return audited(action, () => ({ outcome: 'being read', result: adoptionView(canisterId) }));
  });
}

/** Whether the job waits for somebody to say which canister its creation made. */
export function isWithoutCanister(job: Job): boolean {
  if (job.status !== 'parked' || job.compensating) return false;
  const isAtCreation = stepOf(job.definitionName, job.cursor).name === 'create';
  return isAtCreation && sagas.allowedActions(job).includes('resolve');
}

function isBeingRead(canisterId: Uint8Array): boolean {
  const adoption = readAdoption(canisterId);
  return adoption?.state === 'reading' && adoption.atMs + boundedCallLeaseMs > nowMs();
}

function refusalOf(
  canisterId: Uint8Array,
  { jobId: [jobId], expectedVersion: [expected] }: AdoptCanisterRequest,
): object | undefined {
  if (canisterNumberOf(canisterId) === undefined) {
    const text = Principal.fromUint8Array(canisterId).toText();
    throw new InvalidInputError('canisterId', 'must be the id of a canister', text);
  }
  const account = canisterAccount(canisterId);
  if (account && (account.use !== 'unfit' || jobId !== undefined)) {
    return { AccountedFor: { use: account.use, jobId: optional(account.jobId || undefined) } };
  }
  if (jobId === undefined) return undefined;
  const job = sagas.get(jobId);
  if (!job) return { NotFound: null };
  const version = BigInt(job.version);
  if (expected !== undefined && expected !== version) return { VersionConflict: { version } };
  if (isWithoutCanister(job)) return undefined;
  return { NotAllowedNow: { status: { [job.status]: null }, allowed: verbsFor(job) } };
}

/** @returns why the question could not be sent, as Candid's `NotSent` */
function ask(canisterId: Uint8Array, jobId: bigint | undefined): object | undefined {
  const kind = jobId === undefined ? 'readCanisterStatus' : 'readHistory';
  try {
    sendManagementCall(managementCallFor({ kind, canisterId }), { kind: 'adoption', canisterId });
  } catch (error) {
    const { code, message } = refusalToSend(error).error;
    return { NotSent: { code, message } };
  }
  writeAdoption(canisterId, { state: 'reading', jobId: jobId ?? 0n, atMs: nowMs(), evidence: '' });
  return undefined;
}

function adoptionView(canisterId: Uint8Array): object {
  const adoption = readAdoption(canisterId);
  if (!adoption) return { Err: { NotFound: null } };
  const { state, jobId, atMs, evidence } = adoption;
  return {
    Ok: {
      canisterId: Principal.fromUint8Array(canisterId),
      jobId: optional(jobId || undefined),
      state: { [state]: null },
      evidence,
      at: nanosFromMs(atMs),
    },
  };
}
