import { calledTrap } from '../canister-failure.ts';
import { type Account, accountIdentifier } from './account-identifier.ts';
import {
  type AccountKey,
  allowanceOf,
  balanceOf,
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
  /** What a number of this ledger can hold: neither the supply nor an allowance is ever more. Absent: without bound. */
  readonly largestAmount: bigint | undefined;
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
  const minting = mintingAccountOf(token);
  if (to === minting) return burn(state, token, wanted);
  if (from === minting) return mint(state, token, wanted);
  checkFee(wanted.fee, token.fee);
  const identity = checkNew(state, wanted, 'transfer', from, to, spender, amount, wanted.fee);
  checkAllowance(state, from, spender, amount + token.fee, wanted.timeNanos);
  checkFunds(state, from, amount + token.fee);
  spendAllowance(state, from, spender, amount + token.fee);
  debit(state, from, amount + token.fee);
  credit(state, to, amount);
  return record(state, wanted, identity, { kind: 'transfer', from, to, spender, amount, fee: token.fee });
}

function mintingAccountOf({ mintingAccount }: Token): AccountKey | undefined {
  return mintingAccount && accountIdentifier(mintingAccount);
}

/** Costs no fee, and is the right of the minting account alone: it has no tokens that an allowance could be about. */
function mint(state: LedgerState, token: Token, wanted: Transfer): number {
  const { from, to, spender, amount } = wanted;
  if (spender !== undefined && spender !== from) throw calledTrap(mintsAreNotDelegated);
  checkFee(wanted.fee, 0n);
  const identity = checkNew(state, wanted, 'mint', from, to, spender, amount);
  // A larger number could not be shown to anybody.
  if (token.largestAmount !== undefined && state.totalSupply + amount > token.largestAmount) {
    throw calledTrap(
      `there cannot be more than ${token.largestAmount} ${token.symbol} in the smallest units`,
    );
  }
  credit(state, to, amount);
  return record(state, wanted, identity, { kind: 'mint', to, amount });
}

const mintsAreNotDelegated = 'the minting account cannot delegate mints';

/** Costs no fee; what is burned must be worth a fee at least, or be all there is. */
function burn(state: LedgerState, token: Token, wanted: Transfer): number {
  const { from, to, spender, amount } = wanted;
  checkFee(wanted.fee, 0n);
  const identity = checkNew(state, wanted, 'burn', from, to, spender, amount);
  const balance = balanceOf(state, from);
  const minimum = amount > 0n && balance < token.fee ? balance : token.fee;
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
  /** More than the ledger's numbers can hold counts as the largest of them. */
  readonly amount: bigint;
  /** Refused unless the allowance is this before. */
  readonly expectedAllowance: bigint | undefined;
  readonly expiresAtNanos: bigint | undefined;
  readonly fee: bigint | undefined;
}

/** @returns the block's index. @throws LedgerRefusal */
export function approve(state: LedgerState, token: Token, wanted: Approval): number {
  const { from, spender, expiresAtNanos, timeNanos } = wanted;
  const { largestAmount } = token;
  const amount = largestAmount !== undefined && wanted.amount > largestAmount ? largestAmount : wanted.amount;
  if (from === mintingAccountOf(token)) throw calledTrap(mintsAreNotDelegated);
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
