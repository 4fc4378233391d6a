import type { Principal } from '@dfinity/principal';
import { managementCanisterId } from '../canister-ids.ts';
import { managementSignatures } from '../management/index.ts';
import { type CallResult, messageSeenByCanisters } from '../rejection.ts';
import { type Account, accountIdentifier } from './account-identifier.ts';
import * as types from './cycles-ledger-types.ts';
import {
  type CreationResult,
  creationMethod,
  decodeCreationResult,
  encodeCreationArgument,
} from './cycles-minting-types.ts';
import { burnFee, cyclesToken } from './cycles-token.ts';
import type { Execution } from './native-methods.ts';
import { cyclesMintingId } from './service-ids.ts';
import {
  type AccountKey,
  allowanceOf,
  checkAllowance,
  checkDuplicate,
  checkFunds,
  checkTime,
  credit,
  debit,
  identityOf,
  type LedgerState,
  LedgerRefusal,
  record,
  spendAllowance,
} from './token-ledger.ts';
import { approve, pass, refusalOf } from './token-transactions.ts';
import { encode } from './token-types.ts';

/*
 * Cycles that leave the cycles ledger: to a canister, or for a new one. They are burned first, and minted again when
 * they do not arrive. Source: dfinity/cycles-ledger `storage.rs`.
 */

/** Memos by which blocks of the ledger's own making are told apart. */
const memos = {
  creation: new Uint8Array(32).fill(254),
  failedCreation: new Uint8Array(32).fill(253),
  failedWithdrawal: new Uint8Array(32).fill(255),
};

/** Why cycles left the ledger with a call, to be completed when it is answered. Plain data. */
export interface Departure {
  readonly kind: 'withdrawal' | 'creation';
  readonly from: AccountKey;
  readonly amount: bigint;
  readonly block: number;
  /** What makes the transaction recognisable, if it is. */
  readonly identity: string | undefined;
  /** Present when somebody was called on to spend in the owner's name, who gets their allowance back. */
  readonly spender: AccountKey | undefined;
  readonly allowanceExpiresAtNanos: bigint | undefined;
}

/** What somebody wants to take out of an account. */
export interface Spending {
  readonly from: Account;
  /** Absent when the owner of the cycles spends them. */
  readonly spender: Account | undefined;
  readonly amount: bigint;
  readonly createdAtNanos: bigint | undefined;
}

type LedgerExecution = Execution<LedgerState>;

const nothingToWithdrawCode = 100_002n;

/** Sends cycles to a canister. @throws LedgerRefusal */
export function withdraw(execution: LedgerExecution, spending: Spending, to: Principal): void {
  if (isSelfAuthenticating(to)) throw new LedgerRefusal({ InvalidReceiver: { receiver: to } });
  if (spending.amount === 0n) {
    throw refusalOf('The withdraw_from 0 cycles is not possible', nothingToWithdrawCode);
  }
  const departure = depart(execution, 'withdrawal', spending, to.toUint8Array());
  execution.call({
    callee: managementCanisterId,
    method: 'deposit_cycles',
    arg: managementSignatures.depositCycles.encodeArgument({ canister_id: to }),
    cycles: spending.amount,
    continuation: departure,
  });
}

/** Has a canister created with the cycles; the caller controls it unless the arguments say otherwise. @throws LedgerRefusal */
export function createCanister(
  execution: LedgerExecution,
  spending: Spending,
  wanted: types.CreationArguments | undefined,
): void {
  const departure = depart(execution, 'creation', spending, memos.creation);
  execution.call({
    callee: cyclesMintingId,
    method: creationMethod,
    arg: encodeCreationArgument(wanted, execution.caller),
    cycles: spending.amount,
    continuation: departure,
  });
}

/** Takes cycles and the fee from an account. @throws LedgerRefusal */
function depart(
  execution: LedgerExecution,
  kind: Departure['kind'],
  { from: owner, spender: spendingAccount, amount, createdAtNanos }: Spending,
  memo: Uint8Array,
): Departure {
  const { state, timeNanos } = execution;
  const from = accountIdentifier(owner);
  const spender = spendingAccount && accountIdentifier(spendingAccount);
  const details = { timeNanos, createdAtNanos, memo };
  const identity = identityOf(details, 'burn', from, spender, amount);
  const total = amount + cyclesToken.fee;
  pass(cyclesToken.checks.transfer, {
    duplicate: () => {
      checkDuplicate(state, identity);
    },
    allowance: () => {
      checkAllowance(state, from, spender, total, timeNanos);
    },
    funds: () => {
      checkFunds(state, from, total);
    },
    time: () => {
      checkTime(details, cyclesToken.transactionWindowNanos);
    },
  });
  const allowanceExpiresAtNanos =
    spender === undefined ? undefined : allowanceOf(state, from, spender, timeNanos).expiresAtNanos;
  spendAllowance(state, from, spender, total);
  debit(state, from, total);
  burnFee(execution);
  const block = record(state, details, identity, { kind: 'burn', from, amount });
  return { kind, from, amount, block, identity, spender, allowanceExpiresAtNanos };
}

/** Answers whoever sent cycles away, once it is known whether they arrived. */
export function finishDeparture(
  execution: LedgerExecution,
  departure: Departure,
  response: CallResult,
): void {
  if (departure.kind === 'withdrawal') finishWithdrawal(execution, departure, response);
  else finishCreation(execution, departure, response);
}

function finishWithdrawal(execution: LedgerExecution, departure: Departure, response: CallResult): void {
  const { spender, block, amount } = departure;
  const result = spender === undefined ? types.withdrawResult : types.withdrawFromResult;
  if (response.kind === 'reply') {
    execution.reply(encode(result, { Ok: BigInt(block) }));
    return;
  }
  const paysForThreeBlocks = amount > 2n * cyclesToken.fee;
  const refund = giveBack(execution, departure, memos.failedWithdrawal, paysForThreeBlocks);
  const rejection = {
    rejection_code: types.rejectionCodeOf(response.rejection.rejectCode),
    rejection_reason: messageSeenByCanisters(response.rejection),
  };
  const error =
    spender === undefined
      ? { FailedToWithdraw: { fee_block: refund.refund_block, ...rejection } }
      : { FailedToWithdrawFrom: { withdraw_from_block: [BigInt(block)], ...refund, ...rejection } };
  execution.reply(encode(result, { Err: error }));
}

function finishCreation(execution: LedgerExecution, departure: Departure, response: CallResult): void {
  const { state } = execution;
  const { spender, block, identity } = departure;
  const result = spender === undefined ? types.createCanisterResult : types.createCanisterFromResult;
  const outcome = outcomeOf(response);
  if ('Ok' in outcome) {
    const recent = identity === undefined ? undefined : state.recent.get(identity);
    if (identity !== undefined && recent !== undefined) {
      state.recent.set(identity, { ...recent, canisterId: outcome.Ok.toText() });
    }
    execution.reply(encode(result, { Ok: { block_id: BigInt(block), canister_id: outcome.Ok } }));
    return;
  }
  const { code, reason } = outcome;
  const refund = giveBack(execution, departure, memos.failedCreation, true);
  const error =
    spender === undefined
      ? {
          FailedToCreate: { fee_block: [BigInt(block)], refund_block: refund.refund_block, error: reason },
        }
      : {
          FailedToCreateFrom: {
            create_from_block: [BigInt(block)],
            ...refund,
            rejection_code: types.rejectionCodeOf(code),
            rejection_reason: reason,
          },
        };
  execution.reply(encode(result, { Err: error }));
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

/** The blocks that say what was given back. */
interface Refund {
  readonly refund_block: [] | [bigint];
  readonly approval_refund_block: [] | [bigint];
}

/**
 * Gives back what came back, less a fee for the block that says so, and the allowance that was used, less another.
 *
 * @param mayRenewAllowance false when the amount is not worth it
 */
function giveBack(
  execution: LedgerExecution,
  { from, spender, allowanceExpiresAtNanos }: Departure,
  memo: Uint8Array,
  mayRenewAllowance: boolean,
): Refund {
  const { state, timeNanos, refundedCycles } = execution;
  const amount = refundedCycles - cyclesToken.fee;
  if (amount <= 0n) {
    execution.burnCycles(refundedCycles);
    return { refund_block: [], approval_refund_block: [] };
  }
  burnFee(execution);
  credit(state, from, amount);
  const block = record(state, { timeNanos, memo }, undefined, { kind: 'mint', to: from, amount });
  const refund_block: [bigint] = [BigInt(block)];
  const isValid = allowanceExpiresAtNanos === undefined || timeNanos < allowanceExpiresAtNanos;
  if (
    spender === undefined ||
    spender === from ||
    !isValid ||
    !mayRenewAllowance ||
    amount <= cyclesToken.fee
  ) {
    return { refund_block, approval_refund_block: [] };
  }
  const current = allowanceOf(state, from, spender, timeNanos);
  const approval = approve(state, cyclesToken, {
    from,
    spender,
    amount: amount - cyclesToken.fee + current.amount,
    expectedAllowance: undefined,
    expiresAtNanos: current.expiresAtNanos ?? allowanceExpiresAtNanos,
    fee: undefined,
    memo: memos.failedWithdrawal,
    timeNanos,
  });
  burnFee(execution);
  return { refund_block, approval_refund_block: [BigInt(approval)] };
}

const selfAuthenticatingLength = 29;
const selfAuthenticatingSuffix = 2;

function isSelfAuthenticating(principal: Principal): boolean {
  const bytes = principal.toUint8Array();
  return bytes.length === selfAuthenticatingLength && bytes.at(-1) === selfAuthenticatingSuffix;
}
