import { IDL } from '@dfinity/candid';
import { InvalidRequest } from './job.ts';

const AuditRow = IDL.Record({
  sequence: IDL.Nat64,
  at: IDL.Nat64,
  actor: IDL.Principal,
  verb: IDL.Text,
  target: IDL.Text,
  details: IDL.Opt(IDL.Text),
  requestId: IDL.Text,
  reason: IDL.Text,
  outcome: IDL.Text,
});

export const AuditResult = IDL.Variant({
  Ok: IDL.Record({ rows: IDL.Vec(AuditRow), nextCursor: IDL.Opt(IDL.Text) }),
  Err: IDL.Variant({ NotAuthorized: IDL.Null, InvalidRequest }),
});
