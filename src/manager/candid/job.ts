import { IDL } from '@dfinity/candid';

export const Status = IDL.Variant({
  queued: IDL.Null,
  running: IDL.Null,
  waitingRetry: IDL.Null,
  reconciling: IDL.Null,
  compensating: IDL.Null,
  parked: IDL.Null,
  completed: IDL.Null,
  compensated: IDL.Null,
  terminated: IDL.Null,
});

const StepName = IDL.Variant({
  create: IDL.Null,
  install: IDL.Null,
  handover: IDL.Null,
  register: IDL.Null,
  pool: IDL.Null,
});

const StepState = IDL.Variant({
  pending: IDL.Null,
  inFlight: IDL.Null,
  waitingRetry: IDL.Null,
  outcomeUnknown: IDL.Null,
  succeeded: IDL.Null,
  failed: IDL.Null,
  compensating: IDL.Null,
  compensated: IDL.Null,
});

const ErrorClass = IDL.Variant({
  retryable: IDL.Null,
  terminal: IDL.Null,
  unknown: IDL.Null,
  interrupted: IDL.Null,
  defect: IDL.Null,
});

const StepError = IDL.Record({ class: ErrorClass, code: IDL.Text, message: IDL.Text, at: IDL.Nat64 });

const StepStatus = IDL.Record({
  name: StepName,
  state: StepState,
  attempt: IDL.Nat32,
  maximumAttempts: IDL.Nat32,
  startedAt: IDL.Opt(IDL.Nat64),
  endedAt: IDL.Opt(IDL.Nat64),
  lastError: IDL.Opt(StepError),
  evidence: IDL.Opt(IDL.Text),
});

/** A job as its owner and operators see it. */
export const JobStatus = IDL.Record({
  id: IDL.Nat64,
  owner: IDL.Principal,
  status: Status,
  step: IDL.Opt(StepName),
  steps: IDL.Vec(StepStatus),
  greeterId: IDL.Opt(IDL.Principal),
  templateVersion: IDL.Opt(IDL.Text),
  lastError: IDL.Opt(StepError),
  nextAttemptAt: IDL.Opt(IDL.Nat64),
  parked: IDL.Opt(IDL.Record({ reason: IDL.Text, since: IDL.Nat64, actions: IDL.Vec(IDL.Text) })),
  cyclesReserved: IDL.Nat,
  cyclesSpent: IDL.Nat,
  createdAt: IDL.Nat64,
  updatedAt: IDL.Nat64,
  endedAt: IDL.Opt(IDL.Nat64),
  version: IDL.Nat64,
  summary: IDL.Text,
  happened: IDL.Text,
  happening: IDL.Opt(IDL.Text),
  next: IDL.Opt(IDL.Text),
  cancelRequestedAt: IDL.Opt(IDL.Nat64),
  actions: IDL.Opt(IDL.Vec(IDL.Text)),
});

/** A record of the Manager that this version of it cannot read. */
export const Unreadable = IDL.Record({ text: IDL.Text });

export const InvalidRequest = IDL.Record({ field: IDL.Text, rule: IDL.Text, value: IDL.Text });

export const CreateGreeterRequest = IDL.Record({
  idempotencyKey: IDL.Opt(IDL.Text),
  greeting: IDL.Opt(IDL.Text),
  invitationCode: IDL.Opt(IDL.Text),
});

const AdmissionError = IDL.Variant({
  AnonymousCaller: IDL.Null,
  InvalidRequest,
  KeyConflict: IDL.Record({ jobId: IDL.Nat64 }),
  TooManyOpenJobs: IDL.Record({ open: IDL.Nat32, limit: IDL.Nat32 }),
  InsufficientCycles: IDL.Record({ available: IDL.Nat, required: IDL.Nat }),
  NotAdmitted: IDL.Record({ policy: IDL.Text }),
  PaymentRequired: IDL.Record({ priceCycles: IDL.Nat, attached: IDL.Nat, credit: IDL.Nat }),
  BudgetExhausted: IDL.Record({ budget: IDL.Text, available: IDL.Nat, required: IDL.Nat }),
  QueuePaused: IDL.Record({ reason: IDL.Text }),
  NoActiveTemplate: IDL.Null,
});

export const CreateGreeterResult = IDL.Variant({
  Ok: IDL.Record({ outcome: IDL.Variant({ created: IDL.Null, existing: IDL.Null }), job: JobStatus }),
  Err: AdmissionError,
});

export const ActionRequest = IDL.Record({
  jobId: IDL.Nat64,
  requestId: IDL.Text,
  reason: IDL.Text,
  expectedVersion: IDL.Opt(IDL.Nat64),
});

export const ActionError = IDL.Variant({
  NotAuthorized: IDL.Null,
  NotFound: IDL.Null,
  NotAllowedNow: IDL.Record({ status: Status, allowed: IDL.Vec(IDL.Text) }),
  VersionConflict: IDL.Record({ version: IDL.Nat64 }),
  InvalidRequest,
  TooLate: IDL.Record({ status: Status, explanation: IDL.Text }),
  CreationUndecided: IDL.Record({ status: Status, explanation: IDL.Text, allowed: IDL.Vec(IDL.Text) }),
  Unreadable,
});

export const ActionResult = IDL.Variant({ Ok: JobStatus, Err: ActionError });

export const ResolveStepRequest = IDL.Record({
  jobId: IDL.Nat64,
  requestId: IDL.Text,
  reason: IDL.Text,
  expectedVersion: IDL.Opt(IDL.Nat64),
  finding: IDL.Variant({ applied: IDL.Null, notApplied: IDL.Null }),
  evidence: IDL.Text,
});
