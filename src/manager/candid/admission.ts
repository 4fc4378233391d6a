import { IDL } from '@dfinity/candid';
import { AdmissionPolicy } from './configuration.ts';
import { InvalidRequest } from './job.ts';

const CodeHash = IDL.Vec(IDL.Nat8);
const OperatorsErrors = IDL.Variant({ NotAuthorized: IDL.Null, InvalidRequest });

export const AllowedCallerRequest = IDL.Record({
  caller: IDL.Principal,
  requestId: IDL.Text,
  reason: IDL.Text,
});

export const CreateInvitationRequest = IDL.Record({
  codeHash: CodeHash,
  uses: IDL.Nat32,
  expiresAt: IDL.Opt(IDL.Nat64),
  requestId: IDL.Text,
  reason: IDL.Text,
});

export const RevokeInvitationRequest = IDL.Record({
  codeHash: CodeHash,
  requestId: IDL.Text,
  reason: IDL.Text,
});

export const DoneResult = IDL.Variant({ Ok: IDL.Null, Err: OperatorsErrors });

export const AllowedCallersResult = IDL.Variant({
  Ok: IDL.Record({
    rows: IDL.Vec(IDL.Record({ caller: IDL.Principal, since: IDL.Nat64 })),
    nextCursor: IDL.Opt(IDL.Text),
  }),
  Err: OperatorsErrors,
});

export const InvitationsResult = IDL.Variant({
  Ok: IDL.Record({
    rows: IDL.Vec(
      IDL.Record({
        codeHash: CodeHash,
        usesLeft: IDL.Nat32,
        expiresAt: IDL.Opt(IDL.Nat64),
        createdAt: IDL.Nat64,
      }),
    ),
    nextCursor: IDL.Opt(IDL.Text),
  }),
  Err: OperatorsErrors,
});

export const MyAdmission = IDL.Record({
  policy: AdmissionPolicy,
  creditCycles: IDL.Nat,
  openJobs: IDL.Nat32,
  maximumOpenJobs: IDL.Nat32,
});
