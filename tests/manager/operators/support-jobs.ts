import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { ActionRequest, ActionResult, ResolveStepRequest } from '../../../src/manager/candid/job.ts';
import {
  BulkRequest,
  BulkResult,
  JobEventsResult,
  JobFilter,
  ListJobsResult,
} from '../../../src/manager/candid/jobs.ts';
import { Page } from '../../../src/manager/candid/lists.ts';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import { operator, tag } from '../../support/manager-fixture.ts';
import type { JobStatus, ManagerFixture } from '../../support/manager-fixture.ts';
import { newRequestId } from './support.ts';

type Variant = Readonly<Record<string, unknown>>;

/** A job as it decodes, with what only operators' tests look at. */
export type OperatedJob = JobStatus & {
  readonly actions: [] | [string[]];
  readonly cancelRequestedAt: [] | [bigint];
};

export interface Request {
  readonly sender?: Principal;
  readonly requestId?: string;
  readonly reason?: string;
  readonly expectedVersion?: bigint;
}

export interface Filter {
  readonly status?: string;
  readonly owner?: Principal;
  readonly step?: string;
  readonly parkReason?: string;
  readonly templateVersion?: string;
}

export interface Bulk {
  readonly results: { readonly jobId: bigint; readonly result: Variant }[];
  readonly nextCursor: [] | [string];
}

export interface JobEvent {
  readonly sequence: bigint;
  readonly kind: string;
  readonly step: [] | [string];
  readonly text: string;
}

function actionRequest(
  jobId: bigint,
  { requestId = newRequestId(), reason = 'a test', expectedVersion }: Request,
) {
  return { jobId, requestId, reason, expectedVersion: optional(expectedVersion) };
}

/** Acts on a job right now, before anything else that is on its way. */
export function jobVerb(
  { network, managerId: canisterId }: ManagerFixture,
  method: 'retryJob' | 'cancelJob' | 'terminateJob',
  jobId: bigint,
  request: Request = {},
): Variant {
  const { sender = operator } = request;
  const arg = IDL.encode([ActionRequest], [actionRequest(jobId, request)]);
  const reply = network.updateAhead({ sender, canisterId, method, arg });
  return IDL.decode([ActionResult], reply)[0] as unknown as Variant;
}

export function resolveStep(
  fixture: ManagerFixture,
  jobId: bigint,
  finding: 'applied' | 'notApplied',
  { evidence = 'seen', ...request }: Request & { evidence?: string } = {},
): Variant {
  const value = { ...actionRequest(jobId, request), finding: { [finding]: null }, evidence };
  const { sender = operator } = request;
  return fixture.update(sender, 'resolveStep', [ResolveStepRequest], ActionResult, [value]) as Variant;
}

export function bulkVerb(
  fixture: ManagerFixture,
  verb: 'retryJobs' | 'cancelJobs' | 'terminateJobs',
  filter: Filter,
  {
    requestId = newRequestId(),
    reason = 'a test',
    sender = operator,
    ...page
  }: Request & { cursor?: string; limit?: number; ratePerMinute?: number } = {},
): Variant {
  const request = {
    filter: filterValue(filter),
    cursor: optional(page.cursor),
    limit: optional(page.limit),
    ratePerMinute: optional(page.ratePerMinute),
    requestId,
    reason,
  };
  return fixture.update(sender, verb, [BulkRequest], BulkResult, [request]) as Variant;
}

export function listJobs(
  fixture: ManagerFixture,
  filter: Filter = {},
  page: { cursor?: string; limit?: number } = {},
): Variant {
  const values = [filterValue(filter), [{ cursor: optional(page.cursor), limit: optional(page.limit) }]];
  const types = [JobFilter, IDL.Opt(Page)];
  return fixture.query(operator, 'listJobs', types, ListJobsResult, values) as Variant;
}

export function jobEvents(
  fixture: ManagerFixture,
  jobId: bigint,
  page: { cursor?: string; limit?: number; sender?: Principal } = {},
): Variant {
  const values = [jobId, [{ cursor: optional(page.cursor), limit: optional(page.limit) }]];
  const types = [IDL.Nat64, IDL.Opt(Page)];
  return fixture.query(page.sender ?? operator, 'getJobEvents', types, JobEventsResult, values) as Variant;
}

/** A job that is parked at its installation, which was refused for good. */
export function parkedAtInstall(fixture: ManagerFixture, owner: Principal): bigint {
  const rejection = { rejectCode: 4, errorCode: 'IC0402', message: 'no memory' } as const;
  return parkedBy(fixture, owner, () =>
    fixture.network.faults.add(install(1), { kind: 'reject', rejection }),
  );
}

/**
 * A job that is parked at a step whose outcome nobody knows: its answer is lost, and no evidence can be read.
 *
 * @param wasApplied whether the call took effect
 * @returns the job, and the way to make evidence readable again
 */
export function parkedUnknown(
  fixture: ManagerFixture,
  owner: Principal,
  method: 'create_canister' | 'install_chunked_code' | 'update_settings',
  wasApplied: boolean,
): bigint {
  const callee = managementCanisterId;
  const rejection = { rejectCode: 4, errorCode: 'IC0406', message: 'not today' } as const;
  return parkedBy(fixture, owner, () => {
    const kind = wasApplied ? 'dropReply' : 'dropBeforeExecution';
    fixture.network.faults.add({ callee, method, nth: 1 }, { kind });
    fixture.network.faults.add({ callee, method: 'canister_info' }, { kind: 'reject', rejection });
  });
}

function parkedBy(fixture: ManagerFixture, owner: Principal, addFaults: () => void): bigint {
  const { faults } = fixture.network;
  addFaults();
  const { id } = fixture.createGreeter(owner);
  const job = fixture.settle(id, 30 * 24 * 3_600_000);
  if (tag(job.status) !== 'parked') throw new Error(`not parked: ${job.summary}`);
  faults.clear();
  return id;
}

function install(nth: number): object {
  return { callee: managementCanisterId, method: 'install_chunked_code', nth };
}

function filterValue({ status, owner, step, parkReason, templateVersion }: Filter): object {
  return {
    status: optional(status),
    owner: optional(owner),
    step: optional(step),
    parkReason: optional(parkReason),
    templateVersion: optional(templateVersion),
  };
}

function optional<T>(value: T | undefined): [] | [T] {
  return value === undefined ? [] : [value];
}
