import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { type CandidSettings, candidSettings, noSettings } from '../management/index.ts';
import { messageSeenByCanisters, type Rejection } from '../rejection.ts';
import { type CreationArguments, type SubnetSelection, subnetSelection } from './cycles-ledger-types.ts';
import { blob, decode, encode, mirroredBy, type Opt, resultOf } from './token-types.ts';

// Candid types of the cycles minting canister. Source: dfinity/ic `rs/nns/cmc/cmc.did`.

/** Creates a canister with the attached cycles. */
export const creationMethod = 'create_canister';

export const creationArgument = mirroredBy<CreationArguments & { readonly subnet_type: Opt<string> }>(
  IDL.Record({
    settings: IDL.Opt(candidSettings),
    subnet_selection: IDL.Opt(subnetSelection),
    subnet_type: IDL.Opt(IDL.Text),
  }),
);

/** What became of a creation. */
export type CreationResult =
  | { readonly Ok: Principal }
  | {
      readonly Err: { readonly Refunded: { readonly refund_amount: bigint; readonly create_error: string } };
    };

export const creationResult = mirroredBy<CreationResult>(
  resultOf(IDL.Principal, {
    Refunded: IDL.Record({ refund_amount: IDL.Nat, create_error: IDL.Text }),
    RefundFailed: IDL.Record({ create_error: IDL.Text, refund_error: IDL.Text }),
  }),
);

/** Asks for a canister that its creator controls, unless the settings name controllers. */
export function encodeCreationArgument(
  wanted: CreationArguments | undefined,
  creator: Principal,
): Uint8Array {
  return encode(creationArgument, {
    subnet_selection: wanted?.subnet_selection ?? [],
    settings: [settingsFor(wanted?.settings[0], creator)],
    subnet_type: [],
  });
}

/** The settings with a controller. */
export function settingsFor(settings: CandidSettings | undefined, creator: Principal): CandidSettings {
  const given = settings ?? noSettings;
  return given.controllers.length === 0 ? { ...given, controllers: [[creator]] } : given;
}

export function decodeCreationResult(bytes: Uint8Array): CreationResult {
  return decode(creationResult, bytes);
}

/** Numbers of the errors that have no name of their own. Source: dfinity/ic `rs/nns/cmc/src/lib.rs`. */
export const notifyErrorCodes = {
  failedToFetchBlock: 2n,
  refundFailed: 3n,
  badSubnetSelection: 4n,
  unauthorized: 5n,
  depositMemoTooLong: 6n,
} as const;

/** How a creation that the management canister rejects is described. */
export function creationFailure(subnetId: Principal, rejection: Rejection): string {
  const { rejectCode } = rejection;
  return (
    `Creating canister in subnet ${subnetId.toText()} failed with code ${rejectCode}: ` +
    messageSeenByCanisters(rejection)
  );
}

const notifyErrors = {
  Refunded: IDL.Record({ reason: IDL.Text, block_index: IDL.Opt(IDL.Nat64) }),
  Processing: IDL.Null,
  TransactionTooOld: IDL.Nat64,
  InvalidTransaction: IDL.Text,
  Other: IDL.Record({ error_code: IDL.Nat64, error_message: IDL.Text }),
};

/** The three things ICP can be turned into. */
export const notifications = {
  notify_top_up: {
    argument: mirroredBy<{ readonly block_index: bigint; readonly canister_id: Principal }>(
      IDL.Record({ block_index: IDL.Nat64, canister_id: IDL.Principal }),
    ),
    result: resultOf(IDL.Nat, notifyErrors),
  },
  notify_create_canister: {
    argument: mirroredBy<{
      readonly block_index: bigint;
      readonly controller: Principal;
      readonly subnet_selection: Opt<SubnetSelection>;
      readonly subnet_type: Opt<string>;
      readonly settings: Opt<CandidSettings>;
    }>(
      IDL.Record({
        block_index: IDL.Nat64,
        controller: IDL.Principal,
        subnet_selection: IDL.Opt(subnetSelection),
        subnet_type: IDL.Opt(IDL.Text),
        settings: IDL.Opt(candidSettings),
      }),
    ),
    result: resultOf(IDL.Principal, notifyErrors),
  },
  notify_mint_cycles: {
    argument: mirroredBy<{
      readonly block_index: bigint;
      readonly to_subaccount: Opt<Uint8Array>;
      readonly deposit_memo: Opt<Uint8Array>;
    }>(
      IDL.Record({
        block_index: IDL.Nat64,
        to_subaccount: IDL.Opt(blob),
        deposit_memo: IDL.Opt(blob),
      }),
    ),
    result: resultOf(IDL.Record({ block_index: IDL.Nat, minted: IDL.Nat, balance: IDL.Nat }), notifyErrors),
  },
};

export type NotificationName = keyof typeof notifications;

/** The number a payment carries to say what it is for: four letters, the first in the lowest byte. */
export const paymentMemos: Readonly<Record<NotificationName, bigint>> = {
  notify_top_up: 0x5055_5054n,
  notify_create_canister: 0x4145_5243n,
  notify_mint_cycles: 0x544e_494dn,
};
