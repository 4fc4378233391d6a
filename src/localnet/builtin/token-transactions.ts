import { type Account, accountIdentifier } from './account-identifier.ts';
import {
  type AccountKey,
  allowanceOf,
  checkAllowance,
  checkFee,
  checkFunds,
  checkNew,
  credit,
  debit,
  type LedgerState,
  LedgerRefusal,
  record,
  spendAllowance,
  type TransactionDetails,
} from './token-ledger.ts';

/** What distinguishes one token from another. */
export interface Token {
  readonly name: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly fee: bigint;
  /** Tokens sent there are burned, those sent from there minted; absent for tokens that are made otherwise. */
  readonly mintingAccount: Account | undefined;
}

export interface Transfer extends TransactionDetails {
  readonly from: AccountKey;
  readonly to: AccountKey;
  /** Absent when the owner of the tokens sends them. */
  readonly spender: AccountKey | undefined;
  readonly amount: bigint;
  /** What the caller expects to pay; absent: whatever it costs. */
  readonly fee: bigint | undefined;
}

/** @returns the block's index. @throws LedgerRefusal */
export function transfer(state: LedgerState, token: Token, wanted: Transfer): number {
  const { from, to, spender, amount } = wanted;
  const minting = token.mintingAccount && accountIdentifier(token.mintingAccount);
  if (from === minting || to === minting) return mintOrBurn(state, token, wanted, from === minting);
  checkFee(wanted.fee, token.fee);
  const identity = checkNew(state, wanted, 'transfer', from, to, spender, amount, wanted.fee);
  checkAllowance(state, from, spender, amount + token.fee, wanted.timeNanos);
  checkFunds(state, from, amount + token.fee);
  spendAllowance(state, from, spender, amount + token.fee);
  debit(state, from, amount + token.fee);
  credit(state, to, amount);
  return record(state, wanted, identity, { kind: 'transfer', from, to, spender, amount, fee: token.fee });
}

/** Minting and burning cost no fee; what is burned must be worth a fee at least, or be all there is. */
function mintOrBurn(state: LedgerState, token: Token, wanted: Transfer, mints: boolean): number {
  const { from, to, spender, amount } = wanted;
  checkFee(wanted.fee, 0n);
  const identity = checkNew(state, wanted, mints ? 'mint' : 'burn', from, to, spender, amount);
  if (mints) {
    credit(state, to, amount);
    return record(state, wanted, identity, { kind: 'mint', to, amount });
  }
  const minimum = token.fee;
  if (amount < minimum) throw new LedgerRefusal({ BadBurn: { min_burn_amount: minimum } });
  checkAllowance(state, from, spender, amount, wanted.timeNanos);
  checkFunds(state, from, amount);
  spendAllowance(state, from, spender, amount);
  debit(state, from, amount);
  return record(state, wanted, identity, { kind: 'burn', from, amount });
}

export interface Approval extends TransactionDetails {
  readonly from: AccountKey;
  readonly spender: AccountKey;
  readonly amount: bigint;
  /** Refused unless the allowance is this before. */
  readonly expectedAllowance: bigint | undefined;
  readonly expiresAtNanos: bigint | undefined;
  readonly fee: bigint | undefined;
}

/** @returns the block's index. @throws LedgerRefusal */
export function approve(state: LedgerState, token: Token, wanted: Approval): number {
  const { from, spender, amount, expiresAtNanos, timeNanos } = wanted;
  if (from === spender)
    throw refusalOf('An account cannot approve transfers by itself: name another spender.');
  checkFee(wanted.fee, token.fee);
  const identity = checkNew(state, wanted, 'approve', from, spender, amount, expiresAtNanos, wanted.fee);
  if (expiresAtNanos !== undefined && expiresAtNanos <= timeNanos) {
    throw new LedgerRefusal({ Expired: { ledger_time: timeNanos } });
  }
  const current = allowanceOf(state, from, spender, timeNanos).amount;
  if (wanted.expectedAllowance !== undefined && wanted.expectedAllowance !== current) {
    throw new LedgerRefusal({ AllowanceChanged: { current_allowance: current } });
  }
  checkFunds(state, from, token.fee);
  debit(state, from, token.fee);
  const key = `${from}>${spender}`;
  if (amount === 0n) state.allowances.delete(key);
  else state.allowances.set(key, { amount, expiresAtNanos });
  const operation = {
    kind: 'approve',
    from,
    to: spender,
    spender: undefined,
    amount,
    fee: token.fee,
  } as const;
  return record(state, wanted, identity, operation);
}

const genericErrorCode = 1n;

/** A refusal for which the standard has no name. */
export function refusalOf(message: string): LedgerRefusal {
  return new LedgerRefusal({ GenericError: { message, error_code: genericErrorCode } });
}
