import { Principal } from '@dfinity/principal';
import { calledTrap } from '../canister-failure.ts';
import type { NativeCanister } from '../native-canister.ts';
import { accountIdentifier, accountOf } from './account-identifier.ts';
import { createCanister, type Departure, finishDeparture, withdraw } from './cycles-departures.ts';
import * as types from './cycles-ledger-types.ts';
import { burnFee, cyclesToken } from './cycles-token.ts';
import { type Execution, type Methods, nativeCanister, query, update } from './native-methods.ts';
import { cyclesLedgerId } from './service-ids.ts';
import { balanceOf, checkMemo, credit, emptyLedger, type LedgerState, record } from './token-ledger.ts';
import { answering, type LedgerResult, tokenMethods } from './token-methods.ts';

/**
 * The cycles ledger. The cycles its accounts hold are its balance as a canister: fees are burned, and cycles on their
 * way to a canister are attached to a call.
 *
 * @param initialCycles what the anonymous principal owns when the network begins
 */
export function cyclesLedger(initialCycles: bigint): NativeCanister {
  return nativeCanister<LedgerState>({
    id: cyclesLedgerId,
    initialCycles,
    initialState: () => {
      const state = emptyLedger();
      const to = accountIdentifier(accountOf(Principal.anonymous()));
      credit(state, to, initialCycles);
      record(state, { timeNanos: 0n }, undefined, { kind: 'mint', to, amount: initialCycles });
      return state;
    },
    methods: { ...ownMethods, ...tokenMethods(cyclesToken, burnFee) },
    onResponse: (execution, continuation, response) => {
      // Continuations of this canister are its departures.
      finishDeparture(execution, continuation as Departure, response);
    },
  });
}

const ownMethods: Methods<LedgerState> = {
  deposit: update(types.depositArgument, types.depositResult, deposit),
  withdraw: update(types.withdrawArgument, types.withdrawResult, (execution, argument) => {
    const from = { owner: execution.caller, subaccount: argument.from_subaccount };
    const createdAtNanos = argument.created_at_time[0];
    return unlessDeparted(() => {
      const spending = { from, spender: undefined, amount: argument.amount, createdAtNanos };
      withdraw(execution, spending, argument.to);
    });
  }),
  withdraw_from: update(types.withdrawFromArgument, types.withdrawFromResult, (execution, argument) => {
    const { from, to, amount } = argument;
    const spender = { owner: execution.caller, subaccount: argument.spender_subaccount };
    return unlessDeparted(() => {
      withdraw(execution, { from, spender, amount, createdAtNanos: argument.created_at_time[0] }, to);
    });
  }),
  create_canister: update(types.createCanisterArgument, types.createCanisterResult, (execution, argument) => {
    const from = { owner: execution.caller, subaccount: argument.from_subaccount };
    const createdAtNanos = argument.created_at_time[0];
    return unlessDeparted(() => {
      const spending = { from, spender: undefined, amount: argument.amount, createdAtNanos };
      createCanister(execution, spending, argument.creation_args[0]);
    });
  }),
  create_canister_from: update(
    types.createCanisterFromArgument,
    types.createCanisterFromResult,
    (execution, argument) => {
      const { from, amount } = argument;
      const spender = { owner: execution.caller, subaccount: argument.spender_subaccount };
      const createdAtNanos = argument.created_at_time[0];
      return unlessDeparted(() => {
        createCanister(execution, { from, spender, amount, createdAtNanos }, argument.creation_args[0]);
      });
    },
  ),
  icrc106_get_index_principal: query(undefined, types.indexPrincipalResult, () => ({
    Err: { IndexPrincipalNotSet: null },
  })),
};

function deposit(
  execution: Execution<LedgerState>,
  { to, memo: [memo] }: types.DepositArgument,
): types.Deposited {
  const { state, timeNanos } = execution;
  const account = accountIdentifier(to);
  const amount = execution.availableCycles;
  const { fee } = cyclesToken;
  if (amount < fee) {
    throw calledTrap(
      `The requested amount ${amount} to be deposited is less than the cycles ledger fee: ${fee}`,
    );
  }
  if (amount === fee) {
    throw calledTrap(`Cannot deposit 0 cycles (amount: ${amount}, cycles ledger fee: ${fee})`);
  }
  checkMemo({ memo, timeNanos });
  execution.acceptCycles(amount);
  burnFee(execution);
  const minted = amount - fee;
  credit(state, account, minted);
  const block = record(state, { timeNanos, memo }, undefined, { kind: 'mint', to: account, amount: minted });
  return { balance: balanceOf(state, account), block_index: BigInt(block) };
}

/** The refusal, or undefined when the cycles are on their way and the answer comes with the response. */
function unlessDeparted(run: () => void): LedgerResult<never> | undefined {
  const result = answering(run);
  return 'Err' in result ? result : undefined;
}
