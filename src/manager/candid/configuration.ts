import { IDL } from '@dfinity/candid';
import { InvalidRequest } from './job.ts';

/** Who may ask for a Greeter. */
export const AdmissionPolicy = IDL.Variant({
  open: IDL.Null,
  allowList: IDL.Null,
  invitation: IDL.Null,
  paid: IDL.Record({ priceCycles: IDL.Nat }),
});

const Budget = IDL.Variant({ unlimited: IDL.Null, cycles: IDL.Nat });

const options: Readonly<Record<string, IDL.Type>> = {
  admission: AdmissionPolicy,
  maximumOpenJobsPerCaller: IDL.Nat32,
  totalBudgetCycles: Budget,
  dailyBudgetCycles: Budget,
  callerBudgetCycles: Budget,
  warmCanisters: IDL.Nat32,
  creationCycles: IDL.Nat,
  vacantMinimumCycles: IDL.Nat,
  managerReserveCycles: IDL.Nat,
  journalRetentionMs: IDL.Nat64,
  maximumOpenAttempts: IDL.Nat32,
};

const Configuration = IDL.Record(options);

/** Every option is optional: what is absent stays as it is. */
export const SetConfigRequest = IDL.Record({
  ...Object.fromEntries(Object.entries(options).map(([name, type]) => [name, IDL.Opt(type)])),
  requestId: IDL.Text,
  reason: IDL.Text,
});

export const ConfigResult = IDL.Variant({
  Ok: Configuration,
  Err: IDL.Variant({ NotAuthorized: IDL.Null, InvalidRequest }),
});
