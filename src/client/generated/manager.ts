// Generated from src/manager/manager.did by "npm run generate". Change that file, not this one.

import type { ActorMethod } from '../actor-method.ts';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';

export type ActionError =
  | {
      NotAllowedNow: { status: Status; allowed: Array<string> };
    }
  | { VersionConflict: { version: bigint } }
  | { NotFound: null }
  | { NotAuthorized: null }
  | { InvalidRequest: InvalidRequest };
export interface ActionRequest {
  requestId: string;
  expectedVersion: [] | [bigint];
  jobId: JobId;
  reason: string;
}
export type ActionResult = { Ok: JobStatus } | { Err: ActionError };
export type AdmissionError =
  | {
      TooManyOpenJobs: { open: number; limit: number };
    }
  | { KeyConflict: { jobId: JobId } }
  | { NotAdmitted: { policy: string } }
  | { InsufficientCycles: { available: bigint; required: bigint } }
  | { QueuePaused: { reason: string } }
  | { InvalidRequest: InvalidRequest }
  | { NoActiveTemplate: null }
  | { AnonymousCaller: null };
export interface CreateGreeterRequest {
  idempotencyKey: [] | [string];
  greeting: [] | [string];
}
export type CreateGreeterResult =
  | {
      Ok: {
        job: JobStatus;
        outcome: { created: null } | { existing: null };
      };
    }
  | { Err: AdmissionError };
export type ErrorClass =
  { interrupted: null } | { defect: null } | { retryable: null } | { unknown: null } | { terminal: null };
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
export type JobId = bigint;
export interface JobStatus {
  id: JobId;
  status: Status;
  greeterId: [] | [Principal];
  nextAttemptAt: [] | [bigint];
  owner: Principal;
  endedAt: [] | [bigint];
  createdAt: bigint;
  step: [] | [StepName];
  templateVersion: [] | [string];
  version: bigint;
  summary: string;
  updatedAt: bigint;
  steps: Array<StepStatus>;
  lastError: [] | [StepError];
  cyclesReserved: bigint;
  cyclesSpent: bigint;
  parked: [] | [{ actions: Array<string>; since: bigint; reason: string }];
}
export interface JobsPage {
  jobs: Array<JobStatus>;
  nextCursor: [] | [string];
}
export interface Page {
  cursor: [] | [string];
  limit: [] | [number];
}
export interface PublishTemplateRequest {
  moduleHash: Uint8Array | number[];
  version: string;
  module: Uint8Array | number[];
}
export interface QueueStats {
  compensating: number;
  terminated: number;
  lastDefect: [] | [{ at: bigint; text: string }];
  completed: number;
  greeters: number;
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
  compensated: number;
  running: number;
  parked: number;
}
export type QueueStatsResult = { Ok: QueueStats } | { Err: { NotAuthorized: null } };
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
export type StepName = { create: null } | { install: null } | { register: null } | { handover: null };
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
export interface _SERVICE {
  activateTemplate: ActorMethod<[string], TemplateResult>;
  createGreeter: ActorMethod<[[] | [CreateGreeterRequest]], CreateGreeterResult>;
  getJobStatus: ActorMethod<[JobId], [] | [JobStatus]>;
  getQueueStats: ActorMethod<[], QueueStatsResult>;
  listGreeters: ActorMethod<[[] | [Page]], GreetersPage>;
  listMyGreeters: ActorMethod<[[] | [Page]], GreetersPage>;
  listMyJobs: ActorMethod<[[] | [Page]], JobsPage>;
  listTemplates: ActorMethod<[], Array<Template>>;
  publishTemplate: ActorMethod<[PublishTemplateRequest], TemplateResult>;
  retryJob: ActorMethod<[ActionRequest], ActionResult>;
}
export type idlFactory = IDL.InterfaceFactory;
export type init = (args: { IDL: typeof IDL }) => IDL.Type[];
export const TemplateState = IDL.Variant({
  uploading: IDL.Null,
  available: IDL.Null,
  failed: IDL.Text,
});
export const Template = IDL.Record({
  moduleBytes: IDL.Nat32,
  active: IDL.Bool,
  moduleHash: IDL.Vec(IDL.Nat8),
  publishedAt: IDL.Nat64,
  version: IDL.Text,
  state: TemplateState,
});
export const InvalidRequest = IDL.Record({
  field: IDL.Text,
  value: IDL.Text,
  rule: IDL.Text,
});
export const TemplateError = IDL.Variant({
  NotSent: IDL.Record({ code: IDL.Text, message: IDL.Text }),
  NotAvailable: IDL.Record({ state: IDL.Text }),
  VersionConflict: IDL.Record({ moduleHash: IDL.Vec(IDL.Nat8) }),
  NotFound: IDL.Null,
  NotAuthorized: IDL.Null,
  InvalidRequest: InvalidRequest,
});
export const TemplateResult = IDL.Variant({
  Ok: Template,
  Err: TemplateError,
});
export const CreateGreeterRequest = IDL.Record({
  idempotencyKey: IDL.Opt(IDL.Text),
  greeting: IDL.Opt(IDL.Text),
});
export const JobId = IDL.Nat64;
export const Status = IDL.Variant({
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
export const StepName = IDL.Variant({
  create: IDL.Null,
  install: IDL.Null,
  register: IDL.Null,
  handover: IDL.Null,
});
export const StepState = IDL.Variant({
  compensating: IDL.Null,
  pending: IDL.Null,
  outcomeUnknown: IDL.Null,
  inFlight: IDL.Null,
  waitingRetry: IDL.Null,
  compensated: IDL.Null,
  failed: IDL.Null,
  succeeded: IDL.Null,
});
export const ErrorClass = IDL.Variant({
  interrupted: IDL.Null,
  defect: IDL.Null,
  retryable: IDL.Null,
  unknown: IDL.Null,
  terminal: IDL.Null,
});
export const StepError = IDL.Record({
  at: IDL.Nat64,
  code: IDL.Text,
  class: ErrorClass,
  message: IDL.Text,
});
export const StepStatus = IDL.Record({
  startedAt: IDL.Opt(IDL.Nat64),
  attempt: IDL.Nat32,
  endedAt: IDL.Opt(IDL.Nat64),
  name: StepName,
  state: StepState,
  evidence: IDL.Opt(IDL.Text),
  maximumAttempts: IDL.Nat32,
  lastError: IDL.Opt(StepError),
});
export const JobStatus = IDL.Record({
  id: JobId,
  status: Status,
  greeterId: IDL.Opt(IDL.Principal),
  nextAttemptAt: IDL.Opt(IDL.Nat64),
  owner: IDL.Principal,
  endedAt: IDL.Opt(IDL.Nat64),
  createdAt: IDL.Nat64,
  step: IDL.Opt(StepName),
  templateVersion: IDL.Opt(IDL.Text),
  version: IDL.Nat64,
  summary: IDL.Text,
  updatedAt: IDL.Nat64,
  steps: IDL.Vec(StepStatus),
  lastError: IDL.Opt(StepError),
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
export const AdmissionError = IDL.Variant({
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
  AnonymousCaller: IDL.Null,
});
export const CreateGreeterResult = IDL.Variant({
  Ok: IDL.Record({
    job: JobStatus,
    outcome: IDL.Variant({ created: IDL.Null, existing: IDL.Null }),
  }),
  Err: AdmissionError,
});
export const QueueStats = IDL.Record({
  compensating: IDL.Nat32,
  terminated: IDL.Nat32,
  lastDefect: IDL.Opt(IDL.Record({ at: IDL.Nat64, text: IDL.Text })),
  completed: IDL.Nat32,
  greeters: IDL.Nat32,
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
  compensated: IDL.Nat32,
  running: IDL.Nat32,
  parked: IDL.Nat32,
});
export const QueueStatsResult = IDL.Variant({
  Ok: QueueStats,
  Err: IDL.Variant({ NotAuthorized: IDL.Null }),
});
export const Page = IDL.Record({
  cursor: IDL.Opt(IDL.Text),
  limit: IDL.Opt(IDL.Nat32),
});
export const Greeter = IDL.Record({
  owner: IDL.Principal,
  jobId: JobId,
  templateVersion: IDL.Text,
  registeredAt: IDL.Nat64,
  canisterId: IDL.Principal,
});
export const GreetersPage = IDL.Record({
  greeters: IDL.Vec(Greeter),
  nextCursor: IDL.Opt(IDL.Text),
});
export const JobsPage = IDL.Record({
  jobs: IDL.Vec(JobStatus),
  nextCursor: IDL.Opt(IDL.Text),
});
export const PublishTemplateRequest = IDL.Record({
  moduleHash: IDL.Vec(IDL.Nat8),
  version: IDL.Text,
  module: IDL.Vec(IDL.Nat8),
});
export const ActionRequest = IDL.Record({
  requestId: IDL.Text,
  expectedVersion: IDL.Opt(IDL.Nat64),
  jobId: JobId,
  reason: IDL.Text,
});
export const ActionError = IDL.Variant({
  NotAllowedNow: IDL.Record({
    status: Status,
    allowed: IDL.Vec(IDL.Text),
  }),
  VersionConflict: IDL.Record({ version: IDL.Nat64 }),
  NotFound: IDL.Null,
  NotAuthorized: IDL.Null,
  InvalidRequest: InvalidRequest,
});
export const ActionResult = IDL.Variant({
  Ok: JobStatus,
  Err: ActionError,
});
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
  const CreateGreeterRequest = IDL.Record({
    idempotencyKey: IDL.Opt(IDL.Text),
    greeting: IDL.Opt(IDL.Text),
  });
  const JobId = IDL.Nat64;
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
  const StepName = IDL.Variant({
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
    createdAt: IDL.Nat64,
    step: IDL.Opt(StepName),
    templateVersion: IDL.Opt(IDL.Text),
    version: IDL.Nat64,
    summary: IDL.Text,
    updatedAt: IDL.Nat64,
    steps: IDL.Vec(StepStatus),
    lastError: IDL.Opt(StepError),
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
  const AdmissionError = IDL.Variant({
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
    AnonymousCaller: IDL.Null,
  });
  const CreateGreeterResult = IDL.Variant({
    Ok: IDL.Record({
      job: JobStatus,
      outcome: IDL.Variant({ created: IDL.Null, existing: IDL.Null }),
    }),
    Err: AdmissionError,
  });
  const QueueStats = IDL.Record({
    compensating: IDL.Nat32,
    terminated: IDL.Nat32,
    lastDefect: IDL.Opt(IDL.Record({ at: IDL.Nat64, text: IDL.Text })),
    completed: IDL.Nat32,
    greeters: IDL.Nat32,
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
    compensated: IDL.Nat32,
    running: IDL.Nat32,
    parked: IDL.Nat32,
  });
  const QueueStatsResult = IDL.Variant({
    Ok: QueueStats,
    Err: IDL.Variant({ NotAuthorized: IDL.Null }),
  });
  const Page = IDL.Record({
    cursor: IDL.Opt(IDL.Text),
    limit: IDL.Opt(IDL.Nat32),
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
  const JobsPage = IDL.Record({
    jobs: IDL.Vec(JobStatus),
    nextCursor: IDL.Opt(IDL.Text),
  });
  const PublishTemplateRequest = IDL.Record({
    moduleHash: IDL.Vec(IDL.Nat8),
    version: IDL.Text,
    module: IDL.Vec(IDL.Nat8),
  });
  const ActionRequest = IDL.Record({
    requestId: IDL.Text,
    expectedVersion: IDL.Opt(IDL.Nat64),
    jobId: JobId,
    reason: IDL.Text,
  });
  const ActionError = IDL.Variant({
    NotAllowedNow: IDL.Record({
      status: Status,
      allowed: IDL.Vec(IDL.Text),
    }),
    VersionConflict: IDL.Record({ version: IDL.Nat64 }),
    NotFound: IDL.Null,
    NotAuthorized: IDL.Null,
    InvalidRequest: InvalidRequest,
  });
  const ActionResult = IDL.Variant({ Ok: JobStatus, Err: ActionError });
  return IDL.Service({
    activateTemplate: IDL.Func([IDL.Text], [TemplateResult], []),
    createGreeter: IDL.Func([IDL.Opt(CreateGreeterRequest)], [CreateGreeterResult], []),
    getJobStatus: IDL.Func([JobId], [IDL.Opt(JobStatus)], ['query']),
    getQueueStats: IDL.Func([], [QueueStatsResult], ['query']),
    listGreeters: IDL.Func([IDL.Opt(Page)], [GreetersPage], ['query']),
    listMyGreeters: IDL.Func([IDL.Opt(Page)], [GreetersPage], ['query']),
    listMyJobs: IDL.Func([IDL.Opt(Page)], [JobsPage], ['query']),
    listTemplates: IDL.Func([], [IDL.Vec(Template)], ['query']),
    publishTemplate: IDL.Func([PublishTemplateRequest], [TemplateResult], []),
    retryJob: IDL.Func([ActionRequest], [ActionResult], []),
  });
};
export const init: init = () => {
  return [];
};
