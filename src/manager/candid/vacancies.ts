import { IDL } from '@dfinity/candid';
import { InvalidRequest, Status } from './job.ts';

const Vacant = IDL.Record({
  canisterId: IDL.Principal,
  cycles: IDL.Opt(IDL.Nat),
  since: IDL.Nat64,
  availableAt: IDL.Opt(IDL.Nat64),
  formerJobId: IDL.Opt(IDL.Nat64),
  unfit: IDL.Opt(IDL.Text),
});

export const VacantResult = IDL.Variant({
  Ok: IDL.Record({ vacant: IDL.Vec(Vacant), nextCursor: IDL.Opt(IDL.Text) }),
  Err: IDL.Variant({ NotAuthorized: IDL.Null, InvalidRequest }),
});

export const FindOrphansRequest = IDL.Record({
  requestId: IDL.Text,
  reason: IDL.Text,
  from: IDL.Opt(IDL.Principal),
});

const Orphan = IDL.Record({
  canisterId: IDL.Principal,
  foundAt: IDL.Nat64,
  moduleHash: IDL.Opt(IDL.Vec(IDL.Nat8)),
  cycles: IDL.Opt(IDL.Nat),
});

const OrphanScan = IDL.Record({
  startedAt: IDL.Nat64,
  endedAt: IDL.Opt(IDL.Nat64),
  failure: IDL.Opt(IDL.Text),
  from: IDL.Principal,
  next: IDL.Principal,
  idsRead: IDL.Nat64,
  orphans: IDL.Vec(Orphan),
});

export const OrphanScanResult = IDL.Variant({
  Ok: IDL.Opt(OrphanScan),
  Err: IDL.Variant({ NotAuthorized: IDL.Null, InvalidRequest }),
});

export const AdoptCanisterRequest = IDL.Record({
  canisterId: IDL.Principal,
  jobId: IDL.Opt(IDL.Nat64),
  requestId: IDL.Text,
  reason: IDL.Text,
  expectedVersion: IDL.Opt(IDL.Nat64),
});

const Adoption = IDL.Record({
  canisterId: IDL.Principal,
  jobId: IDL.Opt(IDL.Nat64),
  state: IDL.Variant({ reading: IDL.Null, adopted: IDL.Null, refused: IDL.Null }),
  evidence: IDL.Text,
  at: IDL.Nat64,
});

export const AdoptCanisterResult = IDL.Variant({
  Ok: Adoption,
  Err: IDL.Variant({
    NotAuthorized: IDL.Null,
    NotFound: IDL.Null,
    NotAllowedNow: IDL.Record({ status: Status, allowed: IDL.Vec(IDL.Text) }),
    VersionConflict: IDL.Record({ version: IDL.Nat64 }),
    InvalidRequest,
    AccountedFor: IDL.Record({ use: IDL.Text, jobId: IDL.Opt(IDL.Nat64) }),
    NotSent: IDL.Record({ code: IDL.Text, message: IDL.Text }),
  }),
});
