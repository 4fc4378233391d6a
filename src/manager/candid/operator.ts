import { IDL } from '@dfinity/candid';
import { InvalidRequest } from './job.ts';

const Template = IDL.Record({
  version: IDL.Text,
  moduleHash: IDL.Vec(IDL.Nat8),
  moduleBytes: IDL.Nat32,
  state: IDL.Variant({ uploading: IDL.Null, available: IDL.Null, failed: IDL.Text }),
  active: IDL.Bool,
  publishedAt: IDL.Nat64,
});

export const PublishTemplateRequest = IDL.Record({
  version: IDL.Text,
  module: IDL.Vec(IDL.Nat8),
  moduleHash: IDL.Vec(IDL.Nat8),
});

export const TemplateResult = IDL.Variant({
  Ok: Template,
  Err: IDL.Variant({
    NotAuthorized: IDL.Null,
    NotFound: IDL.Null,
    InvalidRequest,
    /** The version exists with another module. */
    VersionConflict: IDL.Record({ moduleHash: IDL.Vec(IDL.Nat8) }),
    /** Not in the chunk store (yet). */
    NotAvailable: IDL.Record({ state: IDL.Text }),
    /** The call into the chunk store could not be sent; try again. */
    NotSent: IDL.Record({ code: IDL.Text, message: IDL.Text }),
  }),
});

export const Templates = IDL.Vec(Template);

const Paused = IDL.Record({ reason: IDL.Text, since: IDL.Nat64 });
const Draining = IDL.Record({ since: IDL.Nat64 });

export const QueueRequest = IDL.Record({ requestId: IDL.Text, reason: IDL.Text });

export const QueueResult = IDL.Variant({
  Ok: IDL.Record({
    paused: IDL.Opt(Paused),
    draining: IDL.Opt(Draining),
    openAttempts: IDL.Nat32,
    ready: IDL.Bool,
  }),
  Err: IDL.Variant({ NotAuthorized: IDL.Null, InvalidRequest }),
});

export const QueueStats = IDL.Record({
  queued: IDL.Nat32,
  running: IDL.Nat32,
  waitingRetry: IDL.Nat32,
  reconciling: IDL.Nat32,
  compensating: IDL.Nat32,
  parked: IDL.Nat32,
  completed: IDL.Nat32,
  compensated: IDL.Nat32,
  terminated: IDL.Nat32,
  openAttempts: IDL.Nat32,
  maximumOpenAttempts: IDL.Nat32,
  unreadAnswers: IDL.Nat32,
  strayAnswers: IDL.Nat32,
  greeters: IDL.Nat32,
  nextWakeAt: IDL.Opt(IDL.Nat64),
  epoch: IDL.Nat32,
  cyclesBalance: IDL.Nat,
  cyclesReserved: IDL.Nat,
  cyclesSpent: IDL.Nat,
  cyclesSpentToday: IDL.Nat,
  defects: IDL.Nat32,
  lastDefect: IDL.Opt(IDL.Record({ text: IDL.Text, at: IDL.Nat64 })),
  paused: IDL.Opt(Paused),
  draining: IDL.Opt(Draining),
});

export const QueueStatsResult = IDL.Variant({
  Ok: QueueStats,
  Err: IDL.Variant({ NotAuthorized: IDL.Null }),
});
