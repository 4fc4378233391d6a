import { IDL } from '@dfinity/candid';
import { InvalidRequest } from './job.ts';

const Role = IDL.Variant({ viewer: IDL.Null, operator: IDL.Null, admin: IDL.Null });

export const SetRoleRequest = IDL.Record({
  appointee: IDL.Principal,
  role: IDL.Opt(Role),
  requestId: IDL.Text,
  reason: IDL.Text,
});

export const RolesResult = IDL.Variant({
  Ok: IDL.Vec(
    IDL.Record({ appointee: IDL.Principal, role: Role, appointedBy: IDL.Principal, since: IDL.Nat64 }),
  ),
  Err: IDL.Variant({ NotAuthorized: IDL.Null, LastAdmin: IDL.Null, InvalidRequest }),
});
