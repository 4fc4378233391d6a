import { IDL } from '@dfinity/candid';
import { decodeCandid } from '../decode-candid.ts';
import type { Account } from './account-identifier.ts';

/*
 * Candid types of the token standards ICRC-1 and ICRC-2. Source: dfinity/ICRC-1 `standards/ICRC-1/ICRC-1.did` and
 * `standards/ICRC-2/ICRC-2.did`.
 */

/** A Candid `opt`: empty when absent. */
export type Opt<T> = [] | [T];

/** Says which TypeScript type mirrors a Candid type; nothing but the reader checks it. */
export function mirroredBy<T>(type: IDL.Type): IDL.Type<T> {
  return type as IDL.Type<T>;
}

export function encode<T>(type: IDL.Type<T>, value: NoInfer<T>): Uint8Array {
  return IDL.encode([type], [value]);
}

/** @throws Error when the bytes are not of this type */
export function decode<T>(type: IDL.Type<T>, bytes: Uint8Array): T {
  return decodeCandid([type], bytes)[0] as T;
}

export const blob = IDL.Vec(IDL.Nat8);
export const account = mirroredBy<Account>(IDL.Record({ owner: IDL.Principal, subaccount: IDL.Opt(blob) }));

/** A result as token canisters give it. */
export function resultOf(ok: IDL.Type, errors: Record<string, IDL.Type>): IDL.Type {
  return IDL.Variant({ Ok: ok, Err: IDL.Variant(errors) });
}

const commonErrors = {
  InsufficientFunds: IDL.Record({ balance: IDL.Nat }),
  TooOld: IDL.Null,
  CreatedInFuture: IDL.Record({ ledger_time: IDL.Nat64 }),
  TemporarilyUnavailable: IDL.Null,
  GenericError: IDL.Record({ message: IDL.Text, error_code: IDL.Nat }),
};
const duplicate = { Duplicate: IDL.Record({ duplicate_of: IDL.Nat }) };
const badFee = { BadFee: IDL.Record({ expected_fee: IDL.Nat }) };
const badBurn = { BadBurn: IDL.Record({ min_burn_amount: IDL.Nat }) };
export const insufficientAllowance = { InsufficientAllowance: IDL.Record({ allowance: IDL.Nat }) };

/** Errors of calls that may create a canister: there, a duplicate names what the original created. */
export const creationErrors = {
  ...commonErrors,
  Duplicate: IDL.Record({ duplicate_of: IDL.Nat, canister_id: IDL.Opt(IDL.Principal) }),
};
export const withdrawFromErrors = { ...commonErrors, ...duplicate };
export const withdrawErrors = { ...withdrawFromErrors, ...badFee };

const transferErrors = { ...commonErrors, ...duplicate, ...badFee, ...badBurn };

export interface TransferFields {
  readonly to: Account;
  readonly amount: bigint;
  readonly fee: Opt<bigint>;
  readonly memo: Opt<Uint8Array>;
  readonly created_at_time: Opt<bigint>;
}

const transferFields = {
  to: account,
  amount: IDL.Nat,
  fee: IDL.Opt(IDL.Nat),
  memo: IDL.Opt(blob),
  created_at_time: IDL.Opt(IDL.Nat64),
};

export const transferArgument = mirroredBy<TransferFields & { readonly from_subaccount: Opt<Uint8Array> }>(
  IDL.Record({ from_subaccount: IDL.Opt(blob), ...transferFields }),
);
export const transferResult = resultOf(IDL.Nat, transferErrors);

export const transferFromArgument = mirroredBy<
  TransferFields & { readonly from: Account; readonly spender_subaccount: Opt<Uint8Array> }
>(IDL.Record({ spender_subaccount: IDL.Opt(blob), from: account, ...transferFields }));
export const transferFromResult = resultOf(IDL.Nat, { ...transferErrors, ...insufficientAllowance });

export interface ApproveArgument extends Omit<TransferFields, 'to'> {
  readonly from_subaccount: Opt<Uint8Array>;
  readonly spender: Account;
  readonly expected_allowance: Opt<bigint>;
  readonly expires_at: Opt<bigint>;
}

export const approveArgument = mirroredBy<ApproveArgument>(
  IDL.Record({
    from_subaccount: IDL.Opt(blob),
    spender: account,
    amount: IDL.Nat,
    expected_allowance: IDL.Opt(IDL.Nat),
    expires_at: IDL.Opt(IDL.Nat64),
    fee: IDL.Opt(IDL.Nat),
    memo: IDL.Opt(blob),
    created_at_time: IDL.Opt(IDL.Nat64),
  }),
);
export const approveResult = resultOf(IDL.Nat, {
  ...commonErrors,
  ...duplicate,
  ...badFee,
  AllowanceChanged: IDL.Record({ current_allowance: IDL.Nat }),
  Expired: IDL.Record({ ledger_time: IDL.Nat64 }),
});

export const allowanceArgument = mirroredBy<{ readonly account: Account; readonly spender: Account }>(
  IDL.Record({ account, spender: account }),
);
export const allowanceResult = IDL.Record({ allowance: IDL.Nat, expires_at: IDL.Opt(IDL.Nat64) });

export const metadata = IDL.Vec(
  IDL.Tuple(IDL.Text, IDL.Variant({ Nat: IDL.Nat, Int: IDL.Int, Text: IDL.Text, Blob: blob })),
);
export const supportedStandards = IDL.Vec(IDL.Record({ name: IDL.Text, url: IDL.Text }));
