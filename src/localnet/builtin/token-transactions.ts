import { calledTrap } from '../canister-failure.ts';
import { type Account, accountIdentifier } from './account-identifier.ts';
import {
  type AccountKey,
  allowanceOf,
  balanceOf,
  checkAllowance,
  checkDuplicate,
  checkFee,
  checkFunds,
  checkMemo,
  checkTime,
  credit,
  debit,
  identityOf,
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
  /** How long after its creation time a transaction is accepted. */
  readonly transactionWindowNanos: bigint;
  /** Whether a transaction that names its fee is another one than the same without. */
  readonly feeIdentifies: boolean;
  /** The order in which transactions are checked, which shows when several things are wrong. */
  readonly checks: { readonly transfer: readonly Check[]; readonly approval: readonly Check[] };
}

export type Check =
  | 'fee'
  /** Of what is burned. */
  | 'minimum'
  | 'time'
  | 'duplicate'
  | 'allowance'
  | 'funds'
  /** Of an approval. */
  | 'expiry'
  | 'expectedAllowance';

/** Makes checks in the given order; those that are not there are passed. @throws LedgerRefusal */
export function pass(order: readonly Check[], checks: Partial<Record<Check, () => void>>): void {
  for (const name of order) checks[name]?.();
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
  const fee = token.feeIdentifies ? wanted.fee : token.fee;
  const identity = identityOf(wanted, 'transfer', from, to, spender, amount, fee);
  const total = amount + token.fee;
  pass(token.checks.transfer, {
    ...commonChecks(state, token, wanted, identity, token.fee),
    allowance: () => {
      checkAllowance(state, from, spender, total, wanted.timeNanos);
    },
    funds: () => {
      checkFunds(state, from, total);
    },
  });
  spendAllowance(state, from, spender, total);
  debit(state, from, total);
  credit(state, to, amount);
  return record(state, wanted, identity, { kind: 'transfer', from, to, spender, amount, fee: token.fee });
}

function commonChecks(
  state: LedgerState,
  token: Token,
  wanted: TransactionDetails & { readonly fee: bigint | undefined },
  identity: string | undefined,
  expectedFee: bigint,
): Partial<Record<Check, () => void>> {
  checkMemo(wanted);
  return {
    fee: () => {
      checkFee(wanted.fee, expectedFee);
    },
    time: () => {
      checkTime(wanted, token.transactionWindowNanos);
    },
    duplicate: () => {
      checkDuplicate(state, identity);
    },
  };
}

function mintingAccountOf({ mintingAccount }: Token): AccountKey | undefined {
  return mintingAccount && accountIdentifier(mintingAccount);
}

/** Costs no fee, and is the right of the minting account alone: it has no tokens that an allowance could be about. */
function mint(state: LedgerState, token: Token, wanted: Transfer): number {
  const { to, spender, amount } = wanted;
  if (spender !== undefined) throw calledTrap('the minter account cannot delegate mints');
  const identity = identityOf(wanted, 'mint', to, amount);
  pass(token.checks.transfer, commonChecks(state, token, wanted, identity, 0n));
  // A larger number could not be shown to anybody.
  if (token.largestAmount !== undefined && state.totalSupply + amount > token.largestAmount) {
    throw calledTrap(
      `there cannot be more than ${token.largestAmount} ${token.symbol} in the smallest units`,
    );
  }
  credit(state, to, amount);
  return record(state, wanted, identity, { kind: 'mint', to, amount });
}

/** Costs no fee; what is burned must be worth a fee at least, or be all there is. */
function burn(state: LedgerState, token: Token, wanted: Transfer): number {
  const { from, spender, amount } = wanted;
  const identity = identityOf(wanted, 'burn', from, spender, amount);
  pass(token.checks.transfer, {
    ...commonChecks(state, token, wanted, identity, 0n),
    minimum: () => {
      const balance = balanceOf(state, from);
      const minimum = amount > 0n && balance < token.fee ? balance : token.fee;
      if (amount < minimum) throw new LedgerRefusal({ BadBurn: { min_burn_amount: minimum } });
    },
    allowance: () => {
      checkAllowance(state, from, spender, amount, wanted.timeNanos);
    },
    funds: () => {
      checkFunds(state, from, amount);
    },
  });
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
  if (from === mintingAccountOf(token)) throw calledTrap('the minting account cannot delegate mints');
  const fee = token.feeIdentifies ? wanted.fee : token.fee;
  const { expectedAllowance } = wanted;
  const identity = identityOf(
    wanted,
    'approve',
    from,
    spender,
    amount,
    expectedAllowance,
    expiresAtNanos,
    fee,
  );
  pass(token.checks.approval, {
    ...commonChecks(state, token, wanted, identity, token.fee),
    expiry: () => {
      if (expiresAtNanos === undefined || expiresAtNanos > timeNanos) return;
      throw new LedgerRefusal({ Expired: { ledger_time: timeNanos } });
    },
    expectedAllowance: () => {
      const current = allowanceOf(state, from, spender, timeNanos).amount;
      if (expectedAllowance === undefined || expectedAllowance === current) return;
      throw new LedgerRefusal({ AllowanceChanged: { current_allowance: current } });
    },
    funds: () => {
      checkFunds(state, from, token.fee);
    },
  });
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

/** A refusal for which the standard has no name. @param code as the ledger numbers it */
export function refusalOf(message: string, code: bigint): LedgerRefusal {
  return new LedgerRefusal({ GenericError: { message, error_code: code } });
}
