import { IDL } from '@dfinity/candid';
import { JobStatus } from './job.ts';

export const Page = IDL.Record({ cursor: IDL.Opt(IDL.Text), limit: IDL.Opt(IDL.Nat32) });

const Greeter = IDL.Record({
  canisterId: IDL.Principal,
  owner: IDL.Principal,
  jobId: IDL.Nat64,
  templateVersion: IDL.Text,
  registeredAt: IDL.Nat64,
});

const UnreadableJobs = IDL.Opt(IDL.Vec(IDL.Record({ id: IDL.Nat64, text: IDL.Text })));

export const JobsPage = IDL.Record({
  jobs: IDL.Vec(JobStatus),
  nextCursor: IDL.Opt(IDL.Text),
  unreadable: UnreadableJobs,
});
export const GreetersPage = IDL.Record({ greeters: IDL.Vec(Greeter), nextCursor: IDL.Opt(IDL.Text) });
