import { IDL } from '@dfinity/candid';
import { ActionError, InvalidRequest, Status, Unreadable } from './job.ts';
import { JobsPage } from './lists.ts';

export const JobFilter = IDL.Record({
  status: IDL.Opt(IDL.Text),
  owner: IDL.Opt(IDL.Principal),
  step: IDL.Opt(IDL.Text),
  parkReason: IDL.Opt(IDL.Text),
  templateVersion: IDL.Opt(IDL.Text),
});

export const ListJobsResult = IDL.Variant({
  Ok: JobsPage,
  Err: IDL.Variant({ NotAuthorized: IDL.Null, InvalidRequest }),
});

const JobEvent = IDL.Record({
  sequence: IDL.Nat64,
  at: IDL.Nat64,
  kind: IDL.Text,
  step: IDL.Opt(IDL.Text),
  text: IDL.Text,
});

export const JobEventsResult = IDL.Variant({
  Ok: IDL.Record({ events: IDL.Vec(JobEvent), compacted: IDL.Nat32, nextCursor: IDL.Opt(IDL.Text) }),
  Err: IDL.Variant({ NotFound: IDL.Null, InvalidRequest, Unreadable }),
});

export const BulkRequest = IDL.Record({
  filter: JobFilter,
  cursor: IDL.Opt(IDL.Text),
  limit: IDL.Opt(IDL.Nat32),
  ratePerMinute: IDL.Opt(IDL.Nat32),
  requestId: IDL.Text,
  reason: IDL.Text,
});

export const BulkResult = IDL.Variant({
  Ok: IDL.Record({
    results: IDL.Vec(
      IDL.Record({
        jobId: IDL.Nat64,
        result: IDL.Variant({ Ok: IDL.Record({ status: Status, version: IDL.Nat64 }), Err: ActionError }),
      }),
    ),
    nextCursor: IDL.Opt(IDL.Text),
  }),
  Err: IDL.Variant({ NotAuthorized: IDL.Null, InvalidRequest }),
});
