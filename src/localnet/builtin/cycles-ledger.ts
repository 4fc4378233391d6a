import { Principal } from '@dfinity/principal';
import { calledTrap } from '../canister-failure.ts';
import { managementCanisterId } from '../canister-ids.ts';
import { managementSignatures } from '../management/index.ts';
import type { NativeCanister } from '../native-canister.ts';
import { type CallResult, messageSeenByCanisters } from '../rejection.ts';
import { type Account, accountIdentifier, accountOf } from './account-identifier.ts';
import {
  type CreationResult,
  creationMethod,
  decodeCreationResult,
  encodeCreationArgument,
} from './cycles-minting-types.ts';
import * as types from './cycles-ledger-types.ts';
import { type Execution, type Methods, nativeCanister, update } from './native-methods.ts';
import { cyclesLedgerId, cyclesMintingId } from './service-ids.ts';
import {
  type AccountKey,
  balanceOf,
  checkAllowance,
  checkFunds,
  checkNew,
  credit,
  debit,
  emptyLedger,
  type LedgerState,
  LedgerRefusal,
  record,
  spendAllowance,
} from './token-ledger.ts';
import { answering, type LedgerResult, tokenMethods } from './token-methods.ts';
import { refusalOf, type Token } from './token-transactions.ts';
import { encode } from './token-types.ts';

/** Source: dfinity/cycles-ledger `config.rs`. */
export const cyclesToken: Token = {
  name: 'Trillion Cycles',
  symbol: 'TCYCLES',
  decimals: 12,
  fee: 100_000_000n,
  mintingAccount: undefined,
  largestAmount: undefined,
};

/** Memos by which blocks of the ledger's own making are told apart. Source: dfinity/cycles-ledger `storage.rs`. */
const memos = {
  creation: new Uint8Array(32).fill(254),
  refund: new Uint8Array(32).fill(253),
  failedWithdrawal: new Uint8Array(32).fill(255),
};

/** Why cycles left the ledger with a call, to be completed when it is answered. Plain data. */
type Departure = {
  readonly from: AccountKey;
  readonly amount: bigint;
  readonly block: number;
} & (
  | { readonly kind: 'withdrawal' }
  | {
      readonly kind: 'creation';
      readonly identity: string | undefined;
      /** The call was `create_canister_from`, whose failures are described in other words. */
      readonly isFrom: boolean;
    }
);

type LedgerExecution = Execution<LedgerState>;

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
      const departure = continuation as Departure;
      if (departure.kind === 'withdrawal') finishWithdrawal(execution, departure, response);
      else finishCreation(execution, departure, response);
    },
  });
}

const ownMethods: Methods<LedgerState> = {
  deposit: update(types.depositArgument, types.depositResult, deposit),
  withdraw: update(types.withdrawArgument, types.withdrawResult, (execution, argument) => {
    const { to, amount, created_at_time } = argument;
    const from = accountIdentifier({ owner: execution.caller, subaccount: argument.from_subaccount });
    return unlessDeparted(() => {
      if (isSelfAuthenticating(to)) throw new LedgerRefusal({ InvalidReceiver: { receiver: to } });
      if (amount === 0n) throw refusalOf('cannot withdraw 0 cycles');
      const spent = spend(execution, {
        from,
        amount,
        createdAtNanos: created_at_time[0],
        memo: to.toUint8Array(),
      });
      execution.call({
        callee: managementCanisterId,
        method: 'deposit_cycles',
        arg: managementSignatures.depositCycles.encodeArgument({ canister_id: to }),
        cycles: amount,
        continuation: { kind: 'withdrawal', from, amount, block: spent.block } satisfies Departure,
      });
    });
  }),
  create_canister: update(types.createCanisterArgument, types.createCanisterResult, (execution, argument) => {
    const from = { owner: execution.caller, subaccount: argument.from_subaccount };
    return unlessDeparted(() => {
      create(execution, from, undefined, argument);
    });
  }),
  create_canister_from: update(
    types.createCanisterFromArgument,
    types.createCanisterFromResult,
    (execution, argument) => {
      const spender = { owner: execution.caller, subaccount: argument.spender_subaccount };
      return unlessDeparted(() => {
        create(execution, argument.from, spender, argument);
      });
    },
  ),
};

function deposit(execution: LedgerExecution, { to, memo }: types.DepositArgument): types.Deposited {
  const { state, timeNanos } = execution;
  const account = accountIdentifier(to);
  const amount = execution.availableCycles;
  if (amount <= cyclesToken.fee) {
    throw calledTrap(
      `The requested amount ${amount} to be deposited is less than the cycles ledger fee: ${cyclesToken.fee}`,
    );
  }
  execution.acceptCycles(amount);
  burnFee(execution);
  const minted = amount - cyclesToken.fee;
  credit(state, account, minted);
  const details = { timeNanos, memo: memo[0] };
  const block = record(state, details, undefined, { kind: 'mint', to: account, amount: minted });
  return { balance: balanceOf(state, account), block_index: BigInt(block) };
}

function create(
  execution: LedgerExecution,
  owner: Account,
  spender: Account | undefined,
  argument: {
    readonly amount: bigint;
    readonly created_at_time: [] | [bigint];
    readonly creation_args: [] | [types.CreationArguments];
  },
): void {
  const from = accountIdentifier(owner);
  const { amount } = argument;
  const { block, identity } = spend(execution, {
    from,
    amount,
    spender: spender && accountIdentifier(spender),
    createdAtNanos: argument.created_at_time[0],
    memo: memos.creation,
  });
  execution.call({
    callee: cyclesMintingId,
    method: creationMethod,
    arg: encodeCreationArgument(argument.creation_args[0], execution.caller),
    cycles: amount,
    continuation: {
      kind: 'creation',
      from,
      amount,
      block,
      identity,
      isFrom: spender !== undefined,
    } satisfies Departure,
  });
}

/** Takes cycles and the fee from an account. @throws LedgerRefusal */
function spend(
  execution: LedgerExecution,
  wanted: {
    readonly from: AccountKey;
    readonly spender?: AccountKey | undefined;
    readonly amount: bigint;
    readonly createdAtNanos: bigint | undefined;
    readonly memo: Uint8Array;
  },
): { readonly block: number; readonly identity: string | undefined } {
  const { state, timeNanos } = execution;
  const { from, spender, amount, createdAtNanos, memo } = wanted;
  const details = { timeNanos, createdAtNanos, memo };
  const identity = checkNew(state, details, 'burn', from, spender, amount);
  const total = amount + cyclesToken.fee;
  checkAllowance(state, from, spender, total, timeNanos);
  checkFunds(state, from, total);
  spendAllowance(state, from, spender, total);
  debit(state, from, total);
  burnFee(execution);
  return { block: record(state, details, identity, { kind: 'burn', from, amount }), identity };
}

function finishWithdrawal(execution: LedgerExecution, departure: Departure, response: CallResult): void {
  const answer = (result: LedgerResult<bigint>): void => {
    execution.reply(encode(types.withdrawResult, result));
  };
  if (response.kind === 'reply') {
    answer({ Ok: BigInt(departure.block) });
    return;
  }
  const refundBlock = reimburse(execution, departure.from, execution.refundedCycles, memos.failedWithdrawal);
  const { rejectCode } = response.rejection;
  answer({
    Err: {
      FailedToWithdraw: {
        fee_block: refundBlock,
        rejection_code: types.rejectionCodeOf(rejectCode),
        rejection_reason: messageSeenByCanisters(response.rejection),
      },
    },
  });
}

function finishCreation(
  execution: LedgerExecution,
  departure: Departure & { readonly kind: 'creation' },
  response: CallResult,
): void {
  const { state } = execution;
  const { block, identity, isFrom } = departure;
  const answer = (result: LedgerResult<unknown>): void => {
    execution.reply(encode(isFrom ? types.createCanisterFromResult : types.createCanisterResult, result));
  };
  const outcome = outcomeOf(response);
  if ('Ok' in outcome) {
    const recent = identity === undefined ? undefined : state.recent.get(identity);
    if (identity !== undefined && recent !== undefined) {
      state.recent.set(identity, { ...recent, canisterId: outcome.Ok.toText() });
    }
    answer({ Ok: { block_id: BigInt(block), canister_id: outcome.Ok } });
    return;
  }
  const { code, reason } = outcome;
  const refundBlock = reimburse(execution, departure.from, execution.refundedCycles, memos.refund);
  const paidBlock = [BigInt(block)];
  answer({
    Err: isFrom
      ? {
          FailedToCreateFrom: {
            create_from_block: paidBlock,
            refund_block: refundBlock,
            approval_refund_block: [],
            rejection_code: types.rejectionCodeOf(code),
            rejection_reason: reason,
          },
        }
      : { FailedToCreate: { fee_block: paidBlock, refund_block: refundBlock, error: reason } },
  });
}

const canisterErrorCode = 5;

function outcomeOf(
  response: CallResult,
): { readonly Ok: Principal } | { readonly code: number; readonly reason: string } {
  if (response.kind === 'reject') {
    return { code: response.rejection.rejectCode, reason: messageSeenByCanisters(response.rejection) };
  }
  const result: CreationResult = decodeCreationResult(response.bytes);
  if ('Ok' in result) return result;
  return { code: canisterErrorCode, reason: result.Err.Refunded.create_error };
}

/** Gives back what came back, less a fee for the block that says so. @returns the block, if anything is left */
function reimburse(
  execution: LedgerExecution,
  to: AccountKey,
  refunded: bigint,
  memo: Uint8Array,
): [] | [bigint] {
  const amount = refunded - cyclesToken.fee;
  if (amount <= 0n) {
    execution.burnCycles(refunded);
    return [];
  }
  burnFee(execution);
  credit(execution.state, to, amount);
  const details = { timeNanos: execution.timeNanos, memo };
  return [BigInt(record(execution.state, details, undefined, { kind: 'mint', to, amount }))];
}

/** Fees leave the accounts, so they must leave the canister's balance too. */
function burnFee(execution: LedgerExecution): void {
  execution.burnCycles(cyclesToken.fee);
}

/** The refusal, or undefined when the cycles are on their way and the answer comes with the response. */
function unlessDeparted(run: () => void): LedgerResult<never> | undefined {
  const result = answering(run);
  return 'Err' in result ? result : undefined;
}

const selfAuthenticatingLength = 29;
const selfAuthenticatingSuffix = 2;

function isSelfAuthenticating(principal: Principal): boolean {
  const bytes = principal.toUint8Array();
  return bytes.length === selfAuthenticatingLength && bytes.at(-1) === selfAuthenticatingSuffix;
}
