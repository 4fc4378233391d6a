import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';

/** The management canister `aaaaa-aa`: a principal of no bytes. A constant, because parsing its text is dear. */
export const managementCanister = Principal.fromUint8Array(new Uint8Array());

/** The settings we set; the interface spec's record has more fields, all optional. */
export const CanisterSettings = IDL.Record({
  controllers: IDL.Opt(IDL.Vec(IDL.Principal)),
  environment_variables: IDL.Opt(IDL.Vec(IDL.Record({ name: IDL.Text, value: IDL.Text }))),
});
