// Generated from src/manager/manager.did by "npm run generate". Change that file, not this one.

import type { ActorMethod } from '../actor-method.ts';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';

export type ActionError =
  | {
      CreationUndecided: {
        status: Status;
        explanation: string;
        allowed: Array<string>;
      };
    }
  | { NotAllowedNow: { status: Status; allowed: Array<string> } }
  | { TooLate: { status: Status; explanation: string } }
  | { VersionConflict: { version: bigint } }
  | { NotFound: null }
  | { NotAuthorized: null }
  | { InvalidRequest: InvalidRequest }
  | { Unreadable: { text: string } };
export interface ActionRequest {
  requestId: string;
  expectedVersion: [] | [bigint];
  jobId: JobId;
  reason: string;
}
export type ActionResult = { Ok: JobStatus } | { Err: ActionError };
export type AdmissionError =
  | {
      BudgetExhausted: {
        available: bigint;
        required: bigint;
        budget: string;
      };
    }
  | { TooManyOpenJobs: { open: number; limit: number } }
  | { KeyConflict: { jobId: JobId } }
  | { NotAdmitted: { policy: string } }
  | { InsufficientCycles: { available: bigint; required: bigint } }
  | { QueuePaused: { reason: string } }
  | { InvalidRequest: InvalidRequest }
  | { NoActiveTemplate: null }
  | {
      PaymentRequired: {
        attached: bigint;
        credit: bigint;
        priceCycles: bigint;
      };
    }
  | { AnonymousCaller: null };
export type AdmissionPolicy =
  { open: null } | { paid: { priceCycles: bigint } } | { invitation: null } | { allowList: null };
export interface AdoptCanisterRequest {
  requestId: string;
  expectedVersion: [] | [bigint];
  jobId: [] | [JobId];
  canisterId: Principal;
  reason: string;
}
export type AdoptCanisterResult =
  | { Ok: Adoption }
  | {
      Err:
        | { NotSent: { code: string; message: string } }
        | { NotAllowedNow: { status: Status; allowed: Array<string> } }
        | { AccountedFor: { use: string; jobId: [] | [JobId] } }
        | { VersionConflict: { version: bigint } }
        | { NotFound: null }
        | { NotAuthorized: null }
        | { InvalidRequest: InvalidRequest };
    };
export interface Adoption {
  at: bigint;
  jobId: [] | [JobId];
  state: { reading: null } | { refused: null } | { adopted: null };
  evidence: string;
  canisterId: Principal;
}
export interface AllowedCallerRequest {
  requestId: string;
  caller: Principal;
  reason: string;
}
export type AllowedCallersResult =
  | {
      Ok: {
        rows: Array<{ since: bigint; caller: Principal }>;
        nextCursor: [] | [string];
      };
    }
  | {
      Err: { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export type AuditResult =
  | {
      Ok: { rows: Array<AuditRow>; nextCursor: [] | [string] };
    }
  | {
      Err: { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export interface AuditRow {
  at: bigint;
  requestId: string;
  actor: Principal;
  verb: string;
  target: string;
  details: [] | [string];
  outcome: string;
  sequence: bigint;
  reason: string;
}
export type Budget = { cycles: bigint } | { unlimited: null };
export interface BulkRequest {
  requestId: string;
  cursor: [] | [string];
  limit: [] | [number];
  filter: JobFilter;
  ratePerMinute: [] | [number];
  reason: string;
}
export type BulkResult =
  | {
      Ok: {
        results: Array<{
          result: { Ok: { status: Status; version: bigint } } | { Err: ActionError };
          jobId: JobId;
        }>;
        nextCursor: [] | [string];
      };
    }
  | {
      Err: { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export type ConfigResult =
  | { Ok: Configuration }
  | {
      Err: { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export interface Configuration {
  managerReserveCycles: bigint;
  creationCycles: bigint;
  vacantMinimumCycles: bigint;
  maximumOpenJobsPerCaller: number;
  totalBudgetCycles: Budget;
  callerBudgetCycles: Budget;
  admission: AdmissionPolicy;
  maximumOpenAttempts: number;
  dailyBudgetCycles: Budget;
  warmCanisters: number;
  journalRetentionMs: bigint;
}
export interface CreateGreeterRequest {
  idempotencyKey: [] | [string];
  greeting: [] | [string];
  invitationCode: [] | [string];
}
export type CreateGreeterResult =
  | {
      Ok: {
        job: JobStatus;
        outcome: { created: null } | { existing: null };
      };
    }
  | { Err: AdmissionError };
export interface CreateInvitationRequest {
  requestId: string;
  expiresAt: [] | [bigint];
  uses: number;
  codeHash: Uint8Array | number[];
  reason: string;
}
export type DoneResult =
  | { Ok: null }
  | {
      Err: { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export interface Draining {
  since: bigint;
}
export type ErrorClass =
  { interrupted: null } | { defect: null } | { retryable: null } | { unknown: null } | { terminal: null };
export interface FindOrphansRequest {
  requestId: string;
  from: [] | [Principal];
  reason: string;
}
export interface Greeter {
  owner: Principal;
  jobId: JobId;
  templateVersion: string;
  registeredAt: bigint;
  canisterId: Principal;
}
export interface GreetersPage {
  greeters: Array<Greeter>;
  nextCursor: [] | [string];
}
export interface InvalidRequest {
  field: string;
  value: string;
  rule: string;
}
export type InvitationsResult =
  | {
      Ok: {
        rows: Array<{
          expiresAt: [] | [bigint];
          createdAt: bigint;
          codeHash: Uint8Array | number[];
          usesLeft: number;
        }>;
        nextCursor: [] | [string];
      };
    }
  | {
      Err: { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export interface JobEvent {
  at: bigint;
  kind: string;
  step: [] | [string];
  text: string;
  sequence: bigint;
}
export type JobEventsResult =
  | {
      Ok: {
        events: Array<JobEvent>;
        nextCursor: [] | [string];
        compacted: number;
      };
    }
  | {
      Err: { NotFound: null } | { InvalidRequest: InvalidRequest } | { Unreadable: { text: string } };
    };
export interface JobFilter {
  status: [] | [string];
  parkReason: [] | [string];
  owner: [] | [Principal];
  step: [] | [string];
  templateVersion: [] | [string];
}
export type JobId = bigint;
export interface JobStatus {
  id: JobId;
  status: Status;
  greeterId: [] | [Principal];
  nextAttemptAt: [] | [bigint];
  owner: Principal;
  endedAt: [] | [bigint];
  next: [] | [string];
  createdAt: bigint;
  step: [] | [StepName];
  actions: [] | [Array<string>];
  templateVersion: [] | [string];
  version: bigint;
  summary: string;
  cancelRequestedAt: [] | [bigint];
  updatedAt: bigint;
  steps: Array<StepStatus>;
  happened: string;
  lastError: [] | [StepError];
  happening: [] | [string];
  cyclesReserved: bigint;
  cyclesSpent: bigint;
  parked: [] | [{ actions: Array<string>; since: bigint; reason: string }];
}
export interface JobsPage {
  unreadable: [] | [Array<{ id: JobId; text: string }>];
  jobs: Array<JobStatus>;
  nextCursor: [] | [string];
}
export type ListJobsResult =
  | { Ok: JobsPage }
  | {
      Err: { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export interface MyAdmission {
  creditCycles: bigint;
  maximumOpenJobs: number;
  openJobs: number;
  policy: AdmissionPolicy;
}
export interface Orphan {
  moduleHash: [] | [Uint8Array | number[]];
  cycles: [] | [bigint];
  foundAt: bigint;
  canisterId: Principal;
}
export interface OrphanScan {
  startedAt: bigint;
  failure: [] | [string];
  endedAt: [] | [bigint];
  from: Principal;
  next: Principal;
  orphans: Array<Orphan>;
  idsRead: bigint;
}
export type OrphanScanResult =
  | { Ok: [] | [OrphanScan] }
  | {
      Err: { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export interface Page {
  cursor: [] | [string];
  limit: [] | [number];
}
export interface Paused {
  since: bigint;
  reason: string;
}
export interface PublishTemplateRequest {
  moduleHash: Uint8Array | number[];
  version: string;
  module: Uint8Array | number[];
}
export interface QueueRequest {
  requestId: string;
  reason: string;
}
export type QueueResult =
  | {
      Ok: {
        draining: [] | [Draining];
        openAttempts: number;
        ready: boolean;
        paused: [] | [Paused];
      };
    }
  | {
      Err: { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export interface QueueStats {
  compensating: number;
  cyclesSpentToday: bigint;
  terminated: number;
  lastDefect: [] | [{ at: bigint; text: string }];
  completed: number;
  greeters: number;
  draining: [] | [Draining];
  nextWakeAt: [] | [bigint];
  epoch: number;
  openAttempts: number;
  strayAnswers: number;
  defects: number;
  maximumOpenAttempts: number;
  unreadAnswers: number;
  queued: number;
  reconciling: number;
  cyclesReserved: bigint;
  waitingRetry: number;
  cyclesBalance: bigint;
  cyclesSpent: bigint;
  compensated: number;
  running: number;
  parked: number;
  paused: [] | [Paused];
}
export type QueueStatsResult = { Ok: QueueStats } | { Err: { NotAuthorized: null } };
export interface ResolveStepRequest {
  requestId: string;
  finding: { notApplied: null } | { applied: null };
  expectedVersion: [] | [bigint];
  jobId: JobId;
  evidence: string;
  reason: string;
}
export interface RevokeInvitationRequest {
  requestId: string;
  codeHash: Uint8Array | number[];
  reason: string;
}
export type Role = { admin: null } | { operator: null } | { viewer: null };
export type RolesResult =
  | {
      Ok: Array<{
        appointedBy: Principal;
        appointee: Principal;
        role: Role;
        since: bigint;
      }>;
    }
  | {
      Err: { LastAdmin: null } | { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export interface SetConfigRequest {
  requestId: string;
  managerReserveCycles: [] | [bigint];
  creationCycles: [] | [bigint];
  vacantMinimumCycles: [] | [bigint];
  maximumOpenJobsPerCaller: [] | [number];
  totalBudgetCycles: [] | [Budget];
  callerBudgetCycles: [] | [Budget];
  admission: [] | [AdmissionPolicy];
  maximumOpenAttempts: [] | [number];
  dailyBudgetCycles: [] | [Budget];
  warmCanisters: [] | [number];
  journalRetentionMs: [] | [bigint];
  reason: string;
}
export interface SetRoleRequest {
  requestId: string;
  appointee: Principal;
  role: [] | [Role];
  reason: string;
}
export type Status =
  | { compensating: null }
  | { terminated: null }
  | { completed: null }
  | { queued: null }
  | { reconciling: null }
  | { waitingRetry: null }
  | { compensated: null }
  | { running: null }
  | { parked: null };
export interface StepError {
  at: bigint;
  code: string;
  class: ErrorClass;
  message: string;
}
export type StepName =
  { pool: null } | { create: null } | { install: null } | { register: null } | { handover: null };
export type StepState =
  | { compensating: null }
  | { pending: null }
  | { outcomeUnknown: null }
  | { inFlight: null }
  | { waitingRetry: null }
  | { compensated: null }
  | { failed: null }
  | { succeeded: null };
export interface StepStatus {
  startedAt: [] | [bigint];
  attempt: number;
  endedAt: [] | [bigint];
  name: StepName;
  state: StepState;
  evidence: [] | [string];
  maximumAttempts: number;
  lastError: [] | [StepError];
}
export interface Template {
  moduleBytes: number;
  active: boolean;
  moduleHash: Uint8Array | number[];
  publishedAt: bigint;
  version: string;
  state: TemplateState;
}
export type TemplateError =
  | {
      NotSent: { code: string; message: string };
    }
  | { NotAvailable: { state: string } }
  | { VersionConflict: { moduleHash: Uint8Array | number[] } }
  | { NotFound: null }
  | { NotAuthorized: null }
  | { InvalidRequest: InvalidRequest };
export type TemplateResult = { Ok: Template } | { Err: TemplateError };
export type TemplateState = { uploading: null } | { available: null } | { failed: string };
export interface Vacant {
  since: bigint;
  cycles: [] | [bigint];
  unfit: [] | [string];
  availableAt: [] | [bigint];
  formerJobId: [] | [JobId];
  canisterId: Principal;
}
export type VacantResult =
  | {
      Ok: { vacant: Array<Vacant>; nextCursor: [] | [string] };
    }
  | {
      Err: { NotAuthorized: null } | { InvalidRequest: InvalidRequest };
    };
export interface _SERVICE {
  activateTemplate: ActorMethod<[string], TemplateResult>;
  adoptCanister: ActorMethod<[AdoptCanisterRequest], AdoptCanisterResult>;
  allowCaller: ActorMethod<[AllowedCallerRequest], DoneResult>;
  cancelJob: ActorMethod<[ActionRequest], ActionResult>;
  cancelJobs: ActorMethod<[BulkRequest], BulkResult>;
  createGreeter: ActorMethod<[[] | [CreateGreeterRequest]], CreateGreeterResult>;
  createInvitation: ActorMethod<[CreateInvitationRequest], DoneResult>;
  disallowCaller: ActorMethod<[AllowedCallerRequest], DoneResult>;
  findOrphans: ActorMethod<[FindOrphansRequest], OrphanScanResult>;
  getConfig: ActorMethod<[], ConfigResult>;
  getJobEvents: ActorMethod<[JobId, [] | [Page]], JobEventsResult>;
  getJobStatus: ActorMethod<[JobId], [] | [JobStatus]>;
  getMyAdmission: ActorMethod<[], MyAdmission>;
  getQueueStats: ActorMethod<[], QueueStatsResult>;
  listAllowedCallers: ActorMethod<[[] | [Page]], AllowedCallersResult>;
  listAudit: ActorMethod<[[] | [Page]], AuditResult>;
  listGreeters: ActorMethod<[[] | [Page]], GreetersPage>;
  listInvitations: ActorMethod<[[] | [Page]], InvitationsResult>;
  listJobs: ActorMethod<[JobFilter, [] | [Page]], ListJobsResult>;
  listMyGreeters: ActorMethod<[[] | [Page]], GreetersPage>;
  listMyJobs: ActorMethod<[[] | [Page]], JobsPage>;
  listOrphans: ActorMethod<[], OrphanScanResult>;
  listRoles: ActorMethod<[], RolesResult>;
  listTemplates: ActorMethod<[], Array<Template>>;
  listVacant: ActorMethod<[[] | [Page]], VacantResult>;
  pauseQueue: ActorMethod<[QueueRequest], QueueResult>;
  prepareUpgrade: ActorMethod<[QueueRequest], QueueResult>;
  publishTemplate: ActorMethod<[PublishTemplateRequest], TemplateResult>;
  resolveStep: ActorMethod<[ResolveStepRequest], ActionResult>;
  resumeQueue: ActorMethod<[QueueRequest], QueueResult>;
  retryJob: ActorMethod<[ActionRequest], ActionResult>;
  retryJobs: ActorMethod<[BulkRequest], BulkResult>;
  revokeInvitation: ActorMethod<[RevokeInvitationRequest], DoneResult>;
  setConfig: ActorMethod<[SetConfigRequest], ConfigResult>;
  setRole: ActorMethod<[SetRoleRequest], RolesResult>;
  terminateJob: ActorMethod<[ActionRequest], ActionResult>;
  terminateJobs: ActorMethod<[BulkRequest], BulkResult>;
}
export type idlFactory = IDL.InterfaceFactory;
export type init = (args: { IDL: typeof IDL }) => IDL.Type[];
export const idlFactory: idlFactory = ({ IDL }) => {
  const TemplateState = IDL.Variant({
    uploading: IDL.Null,
    available: IDL.Null,
    failed: IDL.Text,
  });
  const Template = IDL.Record({
    moduleBytes: IDL.Nat32,
    active: IDL.Bool,
    moduleHash: IDL.Vec(IDL.Nat8),
    publishedAt: IDL.Nat64,
    version: IDL.Text,
    state: TemplateState,
  });
  const InvalidRequest = IDL.Record({
    field: IDL.Text,
    value: IDL.Text,
    rule: IDL.Text,
  });
  const TemplateError = IDL.Variant({
    NotSent: IDL.Record({ code: IDL.Text, message: IDL.Text }),
    NotAvailable: IDL.Record({ state: IDL.Text }),
    VersionConflict: IDL.Record({ moduleHash: IDL.Vec(IDL.Nat8) }),
    NotFound: IDL.Null,
    NotAuthorized: IDL.Null,
    InvalidRequest: InvalidRequest,
  });
  const TemplateResult = IDL.Variant({
    Ok: Template,
    Err: TemplateError,
  });
  const JobId = IDL.Nat64;
  const AdoptCanisterRequest = IDL.Record({
    requestId: IDL.Text,
    expectedVersion: IDL.Opt(IDL.Nat64),
    jobId: IDL.Opt(JobId),
    canisterId: IDL.Principal,
    reason: IDL.Text,
  });
  const Adoption = IDL.Record({
    at: IDL.Nat64,
    jobId: IDL.Opt(JobId),
    state: IDL.Variant({
      reading: IDL.Null,
      refused: IDL.Null,
      adopted: IDL.Null,
    }),
    evidence: IDL.Text,
    canisterId: IDL.Principal,
  });
  const Status = IDL.Variant({
    compensating: IDL.Null,
    terminated: IDL.Null,
    completed: IDL.Null,
    queued: IDL.Null,
    reconciling: IDL.Null,
    waitingRetry: IDL.Null,
    compensated: IDL.Null,
    running: IDL.Null,
    parked: IDL.Null,
  });
  const AdoptCanisterResult = IDL.Variant({
    Ok: Adoption,
    Err: IDL.Variant({
      NotSent: IDL.Record({ code: IDL.Text, message: IDL.Text }),
      NotAllowedNow: IDL.Record({
        status: Status,
        allowed: IDL.Vec(IDL.Text),
      }),
      AccountedFor: IDL.Record({
        use: IDL.Text,
        jobId: IDL.Opt(JobId),
      }),
      VersionConflict: IDL.Record({ version: IDL.Nat64 }),
      NotFound: IDL.Null,
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const AllowedCallerRequest = IDL.Record({
    requestId: IDL.Text,
    caller: IDL.Principal,
    reason: IDL.Text,
  });
  const DoneResult = IDL.Variant({
    Ok: IDL.Null,
    Err: IDL.Variant({
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const ActionRequest = IDL.Record({
    requestId: IDL.Text,
    expectedVersion: IDL.Opt(IDL.Nat64),
    jobId: JobId,
    reason: IDL.Text,
  });
  const StepName = IDL.Variant({
    pool: IDL.Null,
    create: IDL.Null,
    install: IDL.Null,
    register: IDL.Null,
    handover: IDL.Null,
  });
  const StepState = IDL.Variant({
    compensating: IDL.Null,
    pending: IDL.Null,
    outcomeUnknown: IDL.Null,
    inFlight: IDL.Null,
    waitingRetry: IDL.Null,
    compensated: IDL.Null,
    failed: IDL.Null,
    succeeded: IDL.Null,
  });
  const ErrorClass = IDL.Variant({
    interrupted: IDL.Null,
    defect: IDL.Null,
    retryable: IDL.Null,
    unknown: IDL.Null,
    terminal: IDL.Null,
  });
  const StepError = IDL.Record({
    at: IDL.Nat64,
    code: IDL.Text,
    class: ErrorClass,
    message: IDL.Text,
  });
  const StepStatus = IDL.Record({
    startedAt: IDL.Opt(IDL.Nat64),
    attempt: IDL.Nat32,
    endedAt: IDL.Opt(IDL.Nat64),
    name: StepName,
    state: StepState,
    evidence: IDL.Opt(IDL.Text),
    maximumAttempts: IDL.Nat32,
    lastError: IDL.Opt(StepError),
  });
  const JobStatus = IDL.Record({
    id: JobId,
    status: Status,
    greeterId: IDL.Opt(IDL.Principal),
    nextAttemptAt: IDL.Opt(IDL.Nat64),
    owner: IDL.Principal,
    endedAt: IDL.Opt(IDL.Nat64),
    next: IDL.Opt(IDL.Text),
    createdAt: IDL.Nat64,
    step: IDL.Opt(StepName),
    actions: IDL.Opt(IDL.Vec(IDL.Text)),
    templateVersion: IDL.Opt(IDL.Text),
    version: IDL.Nat64,
    summary: IDL.Text,
    cancelRequestedAt: IDL.Opt(IDL.Nat64),
    updatedAt: IDL.Nat64,
    steps: IDL.Vec(StepStatus),
    happened: IDL.Text,
    lastError: IDL.Opt(StepError),
    happening: IDL.Opt(IDL.Text),
    cyclesReserved: IDL.Nat,
    cyclesSpent: IDL.Nat,
    parked: IDL.Opt(
      IDL.Record({
        actions: IDL.Vec(IDL.Text),
        since: IDL.Nat64,
        reason: IDL.Text,
      }),
    ),
  });
  const ActionError = IDL.Variant({
    CreationUndecided: IDL.Record({
      status: Status,
      explanation: IDL.Text,
      allowed: IDL.Vec(IDL.Text),
    }),
    NotAllowedNow: IDL.Record({
      status: Status,
      allowed: IDL.Vec(IDL.Text),
    }),
    TooLate: IDL.Record({ status: Status, explanation: IDL.Text }),
    VersionConflict: IDL.Record({ version: IDL.Nat64 }),
    NotFound: IDL.Null,
    NotAuthorized: IDL.Null,
    InvalidRequest: InvalidRequest,
    Unreadable: IDL.Record({ text: IDL.Text }),
  });
  const ActionResult = IDL.Variant({ Ok: JobStatus, Err: ActionError });
  const JobFilter = IDL.Record({
    status: IDL.Opt(IDL.Text),
    parkReason: IDL.Opt(IDL.Text),
    owner: IDL.Opt(IDL.Principal),
    step: IDL.Opt(IDL.Text),
    templateVersion: IDL.Opt(IDL.Text),
  });
  const BulkRequest = IDL.Record({
    requestId: IDL.Text,
    cursor: IDL.Opt(IDL.Text),
    limit: IDL.Opt(IDL.Nat32),
    filter: JobFilter,
    ratePerMinute: IDL.Opt(IDL.Nat32),
    reason: IDL.Text,
  });
  const BulkResult = IDL.Variant({
    Ok: IDL.Record({
      results: IDL.Vec(
        IDL.Record({
          result: IDL.Variant({
            Ok: IDL.Record({ status: Status, version: IDL.Nat64 }),
            Err: ActionError,
          }),
          jobId: JobId,
        }),
      ),
      nextCursor: IDL.Opt(IDL.Text),
    }),
    Err: IDL.Variant({
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const CreateGreeterRequest = IDL.Record({
    idempotencyKey: IDL.Opt(IDL.Text),
    greeting: IDL.Opt(IDL.Text),
    invitationCode: IDL.Opt(IDL.Text),
  });
  const AdmissionError = IDL.Variant({
    BudgetExhausted: IDL.Record({
      available: IDL.Nat,
      required: IDL.Nat,
      budget: IDL.Text,
    }),
    TooManyOpenJobs: IDL.Record({ open: IDL.Nat32, limit: IDL.Nat32 }),
    KeyConflict: IDL.Record({ jobId: JobId }),
    NotAdmitted: IDL.Record({ policy: IDL.Text }),
    InsufficientCycles: IDL.Record({
      available: IDL.Nat,
      required: IDL.Nat,
    }),
    QueuePaused: IDL.Record({ reason: IDL.Text }),
    InvalidRequest: InvalidRequest,
    NoActiveTemplate: IDL.Null,
    PaymentRequired: IDL.Record({
      attached: IDL.Nat,
      credit: IDL.Nat,
      priceCycles: IDL.Nat,
    }),
    AnonymousCaller: IDL.Null,
  });
  const CreateGreeterResult = IDL.Variant({
    Ok: IDL.Record({
      job: JobStatus,
      outcome: IDL.Variant({ created: IDL.Null, existing: IDL.Null }),
    }),
    Err: AdmissionError,
  });
  const CreateInvitationRequest = IDL.Record({
    requestId: IDL.Text,
    expiresAt: IDL.Opt(IDL.Nat64),
    uses: IDL.Nat32,
    codeHash: IDL.Vec(IDL.Nat8),
    reason: IDL.Text,
  });
  const FindOrphansRequest = IDL.Record({
    requestId: IDL.Text,
    from: IDL.Opt(IDL.Principal),
    reason: IDL.Text,
  });
  const Orphan = IDL.Record({
    moduleHash: IDL.Opt(IDL.Vec(IDL.Nat8)),
    cycles: IDL.Opt(IDL.Nat),
    foundAt: IDL.Nat64,
    canisterId: IDL.Principal,
  });
  const OrphanScan = IDL.Record({
    startedAt: IDL.Nat64,
    failure: IDL.Opt(IDL.Text),
    endedAt: IDL.Opt(IDL.Nat64),
    from: IDL.Principal,
    next: IDL.Principal,
    orphans: IDL.Vec(Orphan),
    idsRead: IDL.Nat64,
  });
  const OrphanScanResult = IDL.Variant({
    Ok: IDL.Opt(OrphanScan),
    Err: IDL.Variant({
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const Budget = IDL.Variant({ cycles: IDL.Nat, unlimited: IDL.Null });
  const AdmissionPolicy = IDL.Variant({
    open: IDL.Null,
    paid: IDL.Record({ priceCycles: IDL.Nat }),
    invitation: IDL.Null,
    allowList: IDL.Null,
  });
  const Configuration = IDL.Record({
    managerReserveCycles: IDL.Nat,
    creationCycles: IDL.Nat,
    vacantMinimumCycles: IDL.Nat,
    maximumOpenJobsPerCaller: IDL.Nat32,
    totalBudgetCycles: Budget,
    callerBudgetCycles: Budget,
    admission: AdmissionPolicy,
    maximumOpenAttempts: IDL.Nat32,
    dailyBudgetCycles: Budget,
    warmCanisters: IDL.Nat32,
    journalRetentionMs: IDL.Nat64,
  });
  const ConfigResult = IDL.Variant({
    Ok: Configuration,
    Err: IDL.Variant({
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const Page = IDL.Record({
    cursor: IDL.Opt(IDL.Text),
    limit: IDL.Opt(IDL.Nat32),
  });
  const JobEvent = IDL.Record({
    at: IDL.Nat64,
    kind: IDL.Text,
    step: IDL.Opt(IDL.Text),
    text: IDL.Text,
    sequence: IDL.Nat64,
  });
  const JobEventsResult = IDL.Variant({
    Ok: IDL.Record({
      events: IDL.Vec(JobEvent),
      nextCursor: IDL.Opt(IDL.Text),
      compacted: IDL.Nat32,
    }),
    Err: IDL.Variant({
      NotFound: IDL.Null,
      InvalidRequest: InvalidRequest,
      Unreadable: IDL.Record({ text: IDL.Text }),
    }),
  });
  const MyAdmission = IDL.Record({
    creditCycles: IDL.Nat,
    maximumOpenJobs: IDL.Nat32,
    openJobs: IDL.Nat32,
    policy: AdmissionPolicy,
  });
  const Draining = IDL.Record({ since: IDL.Nat64 });
  const Paused = IDL.Record({ since: IDL.Nat64, reason: IDL.Text });
  const QueueStats = IDL.Record({
    compensating: IDL.Nat32,
    cyclesSpentToday: IDL.Nat,
    terminated: IDL.Nat32,
    lastDefect: IDL.Opt(IDL.Record({ at: IDL.Nat64, text: IDL.Text })),
    completed: IDL.Nat32,
    greeters: IDL.Nat32,
    draining: IDL.Opt(Draining),
    nextWakeAt: IDL.Opt(IDL.Nat64),
    epoch: IDL.Nat32,
    openAttempts: IDL.Nat32,
    strayAnswers: IDL.Nat32,
    defects: IDL.Nat32,
    maximumOpenAttempts: IDL.Nat32,
    unreadAnswers: IDL.Nat32,
    queued: IDL.Nat32,
    reconciling: IDL.Nat32,
    cyclesReserved: IDL.Nat,
    waitingRetry: IDL.Nat32,
    cyclesBalance: IDL.Nat,
    cyclesSpent: IDL.Nat,
    compensated: IDL.Nat32,
    running: IDL.Nat32,
    parked: IDL.Nat32,
    paused: IDL.Opt(Paused),
  });
  const QueueStatsResult = IDL.Variant({
    Ok: QueueStats,
    Err: IDL.Variant({ NotAuthorized: IDL.Null }),
  });
  const AllowedCallersResult = IDL.Variant({
    Ok: IDL.Record({
      rows: IDL.Vec(IDL.Record({ since: IDL.Nat64, caller: IDL.Principal })),
      nextCursor: IDL.Opt(IDL.Text),
    }),
    Err: IDL.Variant({
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const AuditRow = IDL.Record({
    at: IDL.Nat64,
    requestId: IDL.Text,
    actor: IDL.Principal,
    verb: IDL.Text,
    target: IDL.Text,
    details: IDL.Opt(IDL.Text),
    outcome: IDL.Text,
    sequence: IDL.Nat64,
    reason: IDL.Text,
  });
  const AuditResult = IDL.Variant({
    Ok: IDL.Record({
      rows: IDL.Vec(AuditRow),
      nextCursor: IDL.Opt(IDL.Text),
    }),
    Err: IDL.Variant({
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const Greeter = IDL.Record({
    owner: IDL.Principal,
    jobId: JobId,
    templateVersion: IDL.Text,
    registeredAt: IDL.Nat64,
    canisterId: IDL.Principal,
  });
  const GreetersPage = IDL.Record({
    greeters: IDL.Vec(Greeter),
    nextCursor: IDL.Opt(IDL.Text),
  });
  const InvitationsResult = IDL.Variant({
    Ok: IDL.Record({
      rows: IDL.Vec(
        IDL.Record({
          expiresAt: IDL.Opt(IDL.Nat64),
          createdAt: IDL.Nat64,
          codeHash: IDL.Vec(IDL.Nat8),
          usesLeft: IDL.Nat32,
        }),
      ),
      nextCursor: IDL.Opt(IDL.Text),
    }),
    Err: IDL.Variant({
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const JobsPage = IDL.Record({
    unreadable: IDL.Opt(IDL.Vec(IDL.Record({ id: JobId, text: IDL.Text }))),
    jobs: IDL.Vec(JobStatus),
    nextCursor: IDL.Opt(IDL.Text),
  });
  const ListJobsResult = IDL.Variant({
    Ok: JobsPage,
    Err: IDL.Variant({
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const Role = IDL.Variant({
    admin: IDL.Null,
    operator: IDL.Null,
    viewer: IDL.Null,
  });
  const RolesResult = IDL.Variant({
    Ok: IDL.Vec(
      IDL.Record({
        appointedBy: IDL.Principal,
        appointee: IDL.Principal,
        role: Role,
        since: IDL.Nat64,
      }),
    ),
    Err: IDL.Variant({
      LastAdmin: IDL.Null,
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const Vacant = IDL.Record({
    since: IDL.Nat64,
    cycles: IDL.Opt(IDL.Nat),
    unfit: IDL.Opt(IDL.Text),
    availableAt: IDL.Opt(IDL.Nat64),
    formerJobId: IDL.Opt(JobId),
    canisterId: IDL.Principal,
  });
  const VacantResult = IDL.Variant({
    Ok: IDL.Record({
      vacant: IDL.Vec(Vacant),
      nextCursor: IDL.Opt(IDL.Text),
    }),
    Err: IDL.Variant({
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const QueueRequest = IDL.Record({
    requestId: IDL.Text,
    reason: IDL.Text,
  });
  const QueueResult = IDL.Variant({
    Ok: IDL.Record({
      draining: IDL.Opt(Draining),
      openAttempts: IDL.Nat32,
      ready: IDL.Bool,
      paused: IDL.Opt(Paused),
    }),
    Err: IDL.Variant({
      NotAuthorized: IDL.Null,
      InvalidRequest: InvalidRequest,
    }),
  });
  const PublishTemplateRequest = IDL.Record({
    moduleHash: IDL.Vec(IDL.Nat8),
    version: IDL.Text,
    module: IDL.Vec(IDL.Nat8),
  });
  const ResolveStepRequest = IDL.Record({
    requestId: IDL.Text,
    finding: IDL.Variant({ notApplied: IDL.Null, applied: IDL.Null }),
    expectedVersion: IDL.Opt(IDL.Nat64),
    jobId: JobId,
    evidence: IDL.Text,
    reason: IDL.Text,
  });
  const RevokeInvitationRequest = IDL.Record({
    requestId: IDL.Text,
    codeHash: IDL.Vec(IDL.Nat8),
    reason: IDL.Text,
  });
  const SetConfigRequest = IDL.Record({
    requestId: IDL.Text,
    managerReserveCycles: IDL.Opt(IDL.Nat),
    creationCycles: IDL.Opt(IDL.Nat),
    vacantMinimumCycles: IDL.Opt(IDL.Nat),
    maximumOpenJobsPerCaller: IDL.Opt(IDL.Nat32),
    totalBudgetCycles: IDL.Opt(Budget),
    callerBudgetCycles: IDL.Opt(Budget),
    admission: IDL.Opt(AdmissionPolicy),
    maximumOpenAttempts: IDL.Opt(IDL.Nat32),
    dailyBudgetCycles: IDL.Opt(Budget),
    warmCanisters: IDL.Opt(IDL.Nat32),
    journalRetentionMs: IDL.Opt(IDL.Nat64),
    reason: IDL.Text,
  });
  const SetRoleRequest = IDL.Record({
    requestId: IDL.Text,
    appointee: IDL.Principal,
    role: IDL.Opt(Role),
    reason: IDL.Text,
  });
  return IDL.Service({
    activateTemplate: IDL.Func([IDL.Text], [TemplateResult], []),
    adoptCanister: IDL.Func([AdoptCanisterRequest], [AdoptCanisterResult], []),
    allowCaller: IDL.Func([AllowedCallerRequest], [DoneResult], []),
    cancelJob: IDL.Func([ActionRequest], [ActionResult], []),
    cancelJobs: IDL.Func([BulkRequest], [BulkResult], []),
    createGreeter: IDL.Func([IDL.Opt(CreateGreeterRequest)], [CreateGreeterResult], []),
    createInvitation: IDL.Func([CreateInvitationRequest], [DoneResult], []),
    disallowCaller: IDL.Func([AllowedCallerRequest], [DoneResult], []),
    findOrphans: IDL.Func([FindOrphansRequest], [OrphanScanResult], []),
    getConfig: IDL.Func([], [ConfigResult], ['query']),
    getJobEvents: IDL.Func([JobId, IDL.Opt(Page)], [JobEventsResult], ['query']),
    getJobStatus: IDL.Func([JobId], [IDL.Opt(JobStatus)], ['query']),
    getMyAdmission: IDL.Func([], [MyAdmission], ['query']),
    getQueueStats: IDL.Func([], [QueueStatsResult], ['query']),
    listAllowedCallers: IDL.Func([IDL.Opt(Page)], [AllowedCallersResult], ['query']),
    listAudit: IDL.Func([IDL.Opt(Page)], [AuditResult], ['query']),
    listGreeters: IDL.Func([IDL.Opt(Page)], [GreetersPage], ['query']),
    listInvitations: IDL.Func([IDL.Opt(Page)], [InvitationsResult], ['query']),
    listJobs: IDL.Func([JobFilter, IDL.Opt(Page)], [ListJobsResult], ['query']),
    listMyGreeters: IDL.Func([IDL.Opt(Page)], [GreetersPage], ['query']),
    listMyJobs: IDL.Func([IDL.Opt(Page)], [JobsPage], ['query']),
    listOrphans: IDL.Func([], [OrphanScanResult], ['query']),
    listRoles: IDL.Func([], [RolesResult], ['query']),
    listTemplates: IDL.Func([], [IDL.Vec(Template)], ['query']),
    listVacant: IDL.Func([IDL.Opt(Page)], [VacantResult], ['query']),
    pauseQueue: IDL.Func([QueueRequest], [QueueResult], []),
    prepareUpgrade: IDL.Func([QueueRequest], [QueueResult], []),
    publishTemplate: IDL.Func([PublishTemplateRequest], [TemplateResult], []),
    resolveStep: IDL.Func([ResolveStepRequest], [ActionResult], []),
    resumeQueue: IDL.Func([QueueRequest], [QueueResult], []),
    retryJob: IDL.Func([ActionRequest], [ActionResult], []),
    retryJobs: IDL.Func([BulkRequest], [BulkResult], []),
    revokeInvitation: IDL.Func([RevokeInvitationRequest], [DoneResult], []),
    setConfig: IDL.Func([SetConfigRequest], [ConfigResult], []),
    setRole: IDL.Func([SetRoleRequest], [RolesResult], []),
    terminateJob: IDL.Func([ActionRequest], [ActionResult], []),
    terminateJobs: IDL.Func([BulkRequest], [BulkResult], []),
  });
};
export const init: init = () => {
  return [];
};
