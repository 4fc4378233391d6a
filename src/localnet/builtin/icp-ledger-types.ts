import { IDL } from '@dfinity/candid';
import { blockType, type CandidBlock } from './icp-ledger-blocks.ts';
import { blob, mirroredBy } from './token-types.ts';

// Candid types of the ICP ledger's own interface. Source: dfinity/ic `rs/ledger_suite/icp/ledger.did`.

export const tokens = IDL.Record({ e8s: IDL.Nat64 });
const timestamp = IDL.Record({ timestamp_nanos: IDL.Nat64 });
export interface LegacyTransferArgument {
  readonly memo: bigint;
  readonly amount: { readonly e8s: bigint };
  readonly fee: { readonly e8s: bigint };
  readonly from_subaccount: [] | [Uint8Array];
  readonly to: Uint8Array;
  readonly created_at_time: [] | [{ readonly timestamp_nanos: bigint }];
}

export const legacyTransferArgument = mirroredBy<LegacyTransferArgument>(
  IDL.Record({
    memo: IDL.Nat64,
    amount: tokens,
    fee: tokens,
    from_subaccount: IDL.Opt(blob),
    to: blob,
    created_at_time: IDL.Opt(timestamp),
  }),
);
/** What the sender learns of a transfer. */
export type LegacyTransferResult =
  { readonly Ok: bigint } | { readonly Err: Readonly<Record<string, unknown>> };

export const legacyTransferResult = mirroredBy<LegacyTransferResult>(
  IDL.Variant({
    Ok: IDL.Nat64,
    Err: IDL.Variant({
      BadFee: IDL.Record({ expected_fee: tokens }),
      InsufficientFunds: IDL.Record({ balance: tokens }),
      TxTooOld: IDL.Record({ allowed_window_nanos: IDL.Nat64 }),
      TxCreatedInFuture: IDL.Null,
      TxDuplicate: IDL.Record({ duplicate_of: IDL.Nat64 }),
    }),
  }),
);
const range = { start: IDL.Nat64, length: IDL.Nat64 };
export const blocksArgument = mirroredBy<{ readonly start: bigint; readonly length: bigint }>(
  IDL.Record(range),
);
export const balanceArgument = mirroredBy<{ readonly account: Uint8Array }>(IDL.Record({ account: blob }));
export const queryBlocksResult = mirroredBy<{ readonly blocks: readonly CandidBlock[] }>(
  IDL.Record({
    chain_length: IDL.Nat64,
    certificate: IDL.Opt(blob),
    blocks: IDL.Vec(blockType),
    first_block_index: IDL.Nat64,
    archived_blocks: IDL.Vec(
      IDL.Record({ ...range, callback: IDL.Func([blocksArgument], [IDL.Reserved], ['query']) }),
    ),
  }),
);
