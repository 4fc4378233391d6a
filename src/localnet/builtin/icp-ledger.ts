import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { calledTrap } from '../canister-failure.ts';
import type { NativeCanister } from '../native-canister.ts';
import { accountIdentifier, accountOf, isAccountIdentifier } from './account-identifier.ts';
import { candidBlockOf } from './icp-ledger-blocks.ts';
import * as types from './icp-ledger-types.ts';
import { icpToken } from './icp-token.ts';
import { type Methods, nativeCanister, query, update } from './native-methods.ts';
import { icpLedgerId } from './service-ids.ts';
import {
  balanceOf,
  credit,
  emptyLedger,
  LedgerRefusal,
  type LedgerState,
  record,
  transactionWindowNanos,
} from './token-ledger.ts';
import { tokenMethods } from './token-methods.ts';
import { transfer, type Transfer } from './token-transactions.ts';
import { account, blob } from './token-types.ts';

const maximumBlocksPerQuery = 2_000n;

const legacyMethods: Methods<LedgerState> = {
  transfer: update(types.legacyTransferArgument, types.legacyTransferResult, (execution, argument) => {
    const to = Buffer.from(argument.to).toString('hex');
    if (!isAccountIdentifier(to)) throw calledTrap(`invalid account identifier: ${to}`);
    requireLegacyForm(to, argument);
    return legacyTransfer(execution.state, {
      from: accountIdentifier({ owner: execution.caller, subaccount: argument.from_subaccount }),
      to,
      spender: undefined,
      amount: argument.amount.e8s,
      fee: argument.fee.e8s,
      memoNumber: argument.memo,
      // The old interface takes the present time for a missing one: the same twice in one block is a duplicate.
      createdAtNanos: argument.created_at_time[0]?.timestamp_nanos ?? execution.timeNanos,
      timeNanos: execution.timeNanos,
    });
  }),
  account_balance: query(types.balanceArgument, types.tokens, ({ state }, argument) => ({
    e8s: balanceOf(state, Buffer.from(argument.account).toString('hex')),
  })),
  account_identifier: query(account, blob, (_view, argument) =>
    Buffer.from(accountIdentifier(argument), 'hex'),
  ),
  transfer_fee: query(IDL.Record({}), IDL.Record({ transfer_fee: types.tokens }), () => ({
    transfer_fee: { e8s: icpToken.fee },
  })),
  symbol: query(undefined, IDL.Record({ symbol: IDL.Text }), () => ({ symbol: icpToken.symbol })),
  name: query(undefined, IDL.Record({ name: IDL.Text }), () => ({ name: icpToken.name })),
  decimals: query(undefined, IDL.Record({ decimals: IDL.Nat32 }), () => ({ decimals: icpToken.decimals })),
  query_blocks: query(types.blocksArgument, types.queryBlocksResult, ({ state }, { start, length }) => {
    const count = length < maximumBlocksPerQuery ? length : maximumBlocksPerQuery;
    return {
      chain_length: BigInt(state.blocks.length),
      certificate: [],
      blocks: state.blocks.slice(Number(start), Number(start + count)).map(candidBlockOf),
      first_block_index: start,
      archived_blocks: [],
    };
  }),
};

/**
 * The ICP ledger, with its own old interface and the token standards ICRC-1 and ICRC-2.
 *
 * @param initialE8s what the anonymous principal owns when the network begins, in 10^-8 ICP
 */
export function icpLedger(initialE8s: bigint): NativeCanister {
  return nativeCanister<LedgerState>({
    id: icpLedgerId,
    initialState: () => {
      const state = emptyLedger();
      const to = accountIdentifier(accountOf(Principal.anonymous()));
      credit(state, to, initialE8s);
      record(state, { timeNanos: 0n }, undefined, { kind: 'mint', to, amount: initialE8s });
      return state;
    },
    methods: { ...legacyMethods, ...tokenMethods(icpToken) },
  });
}

/** The old interface traps where the token standards answer BadFee or BadBurn. */
function requireLegacyForm(to: string, { amount, fee }: types.LegacyTransferArgument): void {
  const minting = icpToken.mintingAccount && accountIdentifier(icpToken.mintingAccount);
  if (to !== minting) return;
  if (fee.e8s !== 0n) throw calledTrap('Fee for burning should be zero');
  if (amount.e8s < icpToken.fee) throw calledTrap(`Burns lower than ${icpToken.fee} e8s are not allowed`);
}

function legacyTransfer(state: LedgerState, wanted: Transfer): unknown {
  try {
    return { Ok: BigInt(transfer(state, icpToken, wanted)) };
  } catch (error) {
    if (!(error instanceof LedgerRefusal)) throw error;
    return { Err: legacyErrorOf(error.variant) };
  }
}

/** The old interface has other names for the same refusals. */
function legacyErrorOf(variant: LedgerRefusal['variant']): unknown {
  const { BadFee, InsufficientFunds, Duplicate } = variant as {
    BadFee?: { expected_fee: bigint };
    InsufficientFunds?: { balance: bigint };
    Duplicate?: { duplicate_of: bigint };
  };
  if (BadFee !== undefined) return { BadFee: { expected_fee: { e8s: BadFee.expected_fee } } };
  if (InsufficientFunds !== undefined) {
    return { InsufficientFunds: { balance: { e8s: InsufficientFunds.balance } } };
  }
  if (Duplicate !== undefined) return { TxDuplicate: { duplicate_of: Duplicate.duplicate_of } };
  if ('TooOld' in variant) return { TxTooOld: { allowed_window_nanos: transactionWindowNanos } };
  if ('CreatedInFuture' in variant) return { TxCreatedInFuture: null };
  throw new Error(`The old interface has no name for ${Object.keys(variant).join()}.`);
}
