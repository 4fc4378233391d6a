import { IDL } from '@dfinity/candid';
import { calledTrap } from '../canister-failure.ts';
import { type Account, accountIdentifier } from './account-identifier.ts';
import { type Execution, type Methods, query, update } from './native-methods.ts';
import { allowanceOf, balanceOf, LedgerRefusal, type LedgerState } from './token-ledger.ts';
import { approve, type Token, transfer } from './token-transactions.ts';
import * as types from './token-types.ts';

/** What a ledger answers: the value, or why not. */
export type LedgerResult<Value> = { Ok: Value } | { Err: Readonly<Record<string, unknown>> };

/** Turns a refusal into the answer that says so. */
export function answering<Value>(run: () => Value): LedgerResult<Value> {
  try {
    return { Ok: run() };
  } catch (error) {
    if (error instanceof LedgerRefusal) return { Err: error.variant };
    throw error;
  }
}

/**
 * The methods of the standards ICRC-1 and ICRC-2 over a ledger's state.
 *
 * @param onFee what else happens when a transaction was made and its fee paid
 */
export function tokenMethods(
  token: Token,
  onFee: (execution: Execution<LedgerState>) => void = () => undefined,
): Methods<LedgerState> {
  const transferring = (
    execution: Execution<LedgerState>,
    from: Account,
    spender: Account | undefined,
    { to, amount, fee, memo, created_at_time }: types.TransferFields,
  ): LedgerResult<bigint> =>
    answering(() => {
      const block = transfer(execution.state, token, {
        from: accountIdentifier(from),
        to: accountIdentifier(to),
        spender: spender && accountIdentifier(spender),
        amount,
        fee: fee[0],
        memo: memo[0],
        createdAtNanos: created_at_time[0],
        timeNanos: execution.timeNanos,
      });
      onFee(execution);
      return BigInt(block);
    });

  return {
    icrc1_name: query(undefined, IDL.Text, () => token.name),
    icrc1_symbol: query(undefined, IDL.Text, () => token.symbol),
    icrc1_decimals: query(undefined, IDL.Nat8, () => token.decimals),
    icrc1_fee: query(undefined, IDL.Nat, () => token.fee),
    icrc1_metadata: query(undefined, types.metadata, () => [
      ['icrc1:name', { Text: token.name }],
      ['icrc1:symbol', { Text: token.symbol }],
      ['icrc1:decimals', { Nat: BigInt(token.decimals) }],
      ['icrc1:fee', { Nat: token.fee }],
    ]),
    icrc1_total_supply: query(undefined, IDL.Nat, ({ state }) => state.totalSupply),
    icrc1_minting_account: query(undefined, IDL.Opt(types.account), () =>
      token.mintingAccount === undefined ? [] : [token.mintingAccount],
    ),
    icrc1_supported_standards: query(undefined, types.supportedStandards, () => standards),
    icrc10_supported_standards: query(undefined, types.supportedStandards, () => standards),
    icrc1_balance_of: query(types.account, IDL.Nat, ({ state }, account) =>
      balanceOf(state, accountIdentifier(account)),
    ),
    icrc1_transfer: update(types.transferArgument, types.transferResult, (execution, argument) =>
      transferring(
        execution,
        { owner: execution.caller, subaccount: argument.from_subaccount },
        undefined,
        argument,
      ),
    ),
    icrc2_transfer_from: update(
      types.transferFromArgument,
      types.transferFromResult,
      (execution, argument) => {
        const spender = { owner: execution.caller, subaccount: argument.spender_subaccount };
        return transferring(execution, argument.from, spender, argument);
      },
    ),
    icrc2_approve: update(types.approveArgument, types.approveResult, (execution, argument) =>
      answering(() => {
        const { from_subaccount, expected_allowance, expires_at } = argument;
        if (argument.spender.owner.toText() === execution.caller.toText()) {
          throw calledTrap('self approval is not allowed');
        }
        const block = approve(execution.state, token, {
          from: accountIdentifier({ owner: execution.caller, subaccount: from_subaccount }),
          spender: accountIdentifier(argument.spender),
          amount: argument.amount,
          expectedAllowance: expected_allowance[0],
          expiresAtNanos: expires_at[0],
          fee: argument.fee[0],
          memo: argument.memo[0],
          createdAtNanos: argument.created_at_time[0],
          timeNanos: execution.timeNanos,
        });
        onFee(execution);
        return BigInt(block);
      }),
    ),
    icrc2_allowance: query(
      types.allowanceArgument,
      types.allowanceResult,
      ({ state, timeNanos }, argument) => {
        const owner = accountIdentifier(argument.account);
        const allowance = allowanceOf(state, owner, accountIdentifier(argument.spender), timeNanos);
        const { amount, expiresAtNanos } = allowance;
        return { allowance: amount, expires_at: expiresAtNanos === undefined ? [] : [expiresAtNanos] };
      },
    ),
  };
}

const standards = [
  { name: 'ICRC-1', url: 'https://github.com/dfinity/ICRC-1/tree/main/standards/ICRC-1' },
  { name: 'ICRC-2', url: 'https://github.com/dfinity/ICRC-1/tree/main/standards/ICRC-2' },
  { name: 'ICRC-10', url: 'https://github.com/dfinity/ICRC/blob/main/ICRCs/ICRC-10/ICRC-10.md' },
];
