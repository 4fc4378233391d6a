import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { type CandidSettings, candidSettings } from '../management/index.ts';
import type { Account } from './account-identifier.ts';
import {
  account,
  blob,
  creationErrors,
  insufficientAllowance,
  mirroredBy,
  type Opt,
  resultOf,
  withdrawErrors,
  withdrawFromErrors,
} from './token-types.ts';

// Candid types of the cycles ledger beyond the token standards. Source: dfinity/cycles-ledger `cycles-ledger.did`.

export interface DepositArgument {
  readonly to: Account;
  readonly memo: Opt<Uint8Array>;
}
export const depositArgument = mirroredBy<DepositArgument>(IDL.Record({ to: account, memo: IDL.Opt(blob) }));
export interface Deposited {
  readonly balance: bigint;
  readonly block_index: bigint;
}
export const depositResult = mirroredBy<Deposited>(IDL.Record({ balance: IDL.Nat, block_index: IDL.Nat }));

const rejectionCode = IDL.Variant({
  NoError: IDL.Null,
  SysFatal: IDL.Null,
  SysTransient: IDL.Null,
  DestinationInvalid: IDL.Null,
  CanisterReject: IDL.Null,
  CanisterError: IDL.Null,
  Unknown: IDL.Null,
});
const rejection = { rejection_code: rejectionCode, rejection_reason: IDL.Text };
const block = IDL.Opt(IDL.Nat);

interface WithdrawFields {
  readonly to: Principal;
  readonly amount: bigint;
  readonly created_at_time: Opt<bigint>;
}
const withdrawFields = { to: IDL.Principal, amount: IDL.Nat, created_at_time: IDL.Opt(IDL.Nat64) };

export const withdrawArgument = mirroredBy<WithdrawFields & { readonly from_subaccount: Opt<Uint8Array> }>(
  IDL.Record({ from_subaccount: IDL.Opt(blob), ...withdrawFields }),
);
export const withdrawResult = resultOf(IDL.Nat, {
  ...withdrawErrors,
  FailedToWithdraw: IDL.Record({ fee_block: block, ...rejection }),
  InvalidReceiver: IDL.Record({ receiver: IDL.Principal }),
});

export const withdrawFromArgument = mirroredBy<
  WithdrawFields & { readonly from: Account; readonly spender_subaccount: Opt<Uint8Array> }
>(IDL.Record({ spender_subaccount: IDL.Opt(blob), from: account, ...withdrawFields }));
export const withdrawFromResult = resultOf(IDL.Nat, {
  ...withdrawFromErrors,
  ...insufficientAllowance,
  FailedToWithdrawFrom: IDL.Record({
    withdraw_from_block: block,
    refund_block: block,
    approval_refund_block: block,
    ...rejection,
  }),
  InvalidReceiver: IDL.Record({ receiver: IDL.Principal }),
});

/** Where the ledger's index canister is: there is none. */
export const indexPrincipalResult = resultOf(IDL.Principal, {
  IndexPrincipalNotSet: IDL.Null,
  GenericError: IDL.Record({ error_code: IDL.Nat, description: IDL.Text }),
});

/** What a creation asks of the cycles minting canister. */
export interface CreationArguments {
  readonly settings: Opt<CandidSettings>;
  readonly subnet_selection: Opt<SubnetSelection>;
}
export type SubnetSelection =
  | { readonly Subnet: { readonly subnet: Principal } }
  | { readonly Filter: { readonly subnet_type: Opt<string> } };

export const subnetSelection = IDL.Variant({
  Subnet: IDL.Record({ subnet: IDL.Principal }),
  Filter: IDL.Record({ subnet_type: IDL.Opt(IDL.Text) }),
});
export const creationArguments = mirroredBy<CreationArguments>(
  IDL.Record({ settings: IDL.Opt(candidSettings), subnet_selection: IDL.Opt(subnetSelection) }),
);

interface CreateFields {
  readonly created_at_time: Opt<bigint>;
  readonly amount: bigint;
  readonly creation_args: Opt<CreationArguments>;
}
const createFields = {
  created_at_time: IDL.Opt(IDL.Nat64),
  amount: IDL.Nat,
  creation_args: IDL.Opt(creationArguments),
};
const created = IDL.Record({ block_id: IDL.Nat, canister_id: IDL.Principal });

export const createCanisterArgument = mirroredBy<
  CreateFields & { readonly from_subaccount: Opt<Uint8Array> }
>(IDL.Record({ from_subaccount: IDL.Opt(blob), ...createFields }));
export const createCanisterResult = resultOf(created, {
  ...creationErrors,
  FailedToCreate: IDL.Record({ fee_block: block, refund_block: block, error: IDL.Text }),
});

export const createCanisterFromArgument = mirroredBy<
  CreateFields & { readonly from: Account; readonly spender_subaccount: Opt<Uint8Array> }
>(IDL.Record({ from: account, spender_subaccount: IDL.Opt(blob), ...createFields }));
export const createCanisterFromResult = resultOf(created, {
  ...creationErrors,
  ...insufficientAllowance,
  FailedToCreateFrom: IDL.Record({
    create_from_block: block,
    refund_block: block,
    approval_refund_block: block,
    ...rejection,
  }),
});

const rejectionNames = [
  'NoError',
  'SysFatal',
  'SysTransient',
  'DestinationInvalid',
  'CanisterReject',
  'CanisterError',
] as const;

/** A reject code as the cycles ledger names it. */
export function rejectionCodeOf(rejectCode: number): Readonly<Record<string, null>> {
  return { [rejectionNames[rejectCode] ?? 'Unknown']: null };
}
