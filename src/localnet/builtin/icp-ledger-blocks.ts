import { IDL } from '@dfinity/candid';
import type { AccountKey, Block, Operation } from './token-ledger.ts';
import { blob } from './token-types.ts';

// Blocks as `query_blocks` of the ICP ledger shows them. Source: dfinity/ic `rs/ledger_suite/icp/ledger.did`.

const tokens = IDL.Record({ e8s: IDL.Nat64 });
const timestamp = IDL.Record({ timestamp_nanos: IDL.Nat64 });

export const blockType = IDL.Record({
  parent_hash: IDL.Opt(blob),
  transaction: IDL.Record({
    memo: IDL.Nat64,
    icrc1_memo: IDL.Opt(blob),
    operation: IDL.Opt(
      IDL.Variant({
        Mint: IDL.Record({ to: blob, amount: tokens }),
        Burn: IDL.Record({ from: blob, spender: IDL.Opt(blob), amount: tokens }),
        Transfer: IDL.Record({ from: blob, to: blob, amount: tokens, fee: tokens, spender: IDL.Opt(blob) }),
        Approve: IDL.Record({
          from: blob,
          spender: blob,
          allowance_e8s: IDL.Int,
          allowance: tokens,
          fee: tokens,
          expires_at: IDL.Opt(timestamp),
          expected_allowance: IDL.Opt(tokens),
        }),
      }),
    ),
    created_at_time: timestamp,
  }),
  timestamp,
});

/** The part of a block that others read. */
export interface CandidBlock {
  readonly transaction: {
    readonly memo: bigint;
    readonly icrc1_memo: [] | [Uint8Array];
    readonly operation:
      | []
      | [
          {
            readonly Transfer?: {
              readonly from: Uint8Array;
              readonly to: Uint8Array;
              readonly amount: { readonly e8s: bigint };
            };
          },
        ];
  };
}

export function candidBlockOf(block: Block): unknown {
  return {
    parent_hash: [],
    transaction: {
      memo: block.memoNumber,
      icrc1_memo: block.memo === undefined ? [] : [block.memo],
      operation: [candidOperationOf(block.operation)],
      created_at_time: { timestamp_nanos: block.createdAtNanos ?? block.timestampNanos },
    },
    timestamp: { timestamp_nanos: block.timestampNanos },
  };
}

function candidOperationOf(operation: Operation): unknown {
  const amount = { e8s: operation.amount };
  switch (operation.kind) {
    case 'mint':
      return { Mint: { to: bytesOf(operation.to), amount } };
    case 'burn':
      return { Burn: { from: bytesOf(operation.from), spender: [], amount } };
    case 'transfer': {
      const { from, to, fee, spender } = operation;
      const by = spender === undefined ? [] : [bytesOf(spender)];
      return { Transfer: { from: bytesOf(from), to: bytesOf(to), amount, fee: { e8s: fee }, spender: by } };
    }
    case 'approve':
      return {
        Approve: {
          from: bytesOf(operation.from),
          spender: bytesOf(operation.to),
          allowance_e8s: operation.amount,
          allowance: amount,
          fee: { e8s: operation.fee },
          expires_at: [],
          expected_allowance: [],
        },
      };
  }
}

function bytesOf(account: AccountKey): Uint8Array {
  return Buffer.from(account, 'hex');
}
