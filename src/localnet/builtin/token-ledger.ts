import { Principal } from '@dfinity/principal';
import { calledTrap } from '../canister-failure.ts';

/*
 * The book-keeping of a token ledger: balances, allowances, blocks and the memory of recent transactions. Knows
 * accounts by their identifier. Everything here checks first and changes afterwards. Source of the rules: dfinity/ICRC-1
 * `standards/ICRC-1/README.md` ('Transaction deduplication'), dfinity/cycles-ledger, dfinity/ic `rs/ledger_suite`.
 */

/** An account identifier in hex. */
export type AccountKey = string;

/** What a ledger keeps. Plain data. */
export interface LedgerState {
  balances: Map<AccountKey, bigint>;
  /** By owner's and spender's account, joined by `>`. */
  allowances: Map<string, Allowance>;
  blocks: Block[];
  /** Transactions of the last day that had a creation time, by what makes them the same, oldest first. */
  recent: Map<string, RecentTransaction>;
  totalSupply: bigint;
}

export interface Allowance {
  readonly amount: bigint;
  readonly expiresAtNanos: bigint | undefined;
}

export interface RecentTransaction {
  readonly block: number;
  readonly recordedAtNanos: bigint;
  /** Text of the canister that the transaction paid for, once it exists. */
  readonly canisterId: string | undefined;
}

export interface Block {
  readonly timestampNanos: bigint;
  readonly createdAtNanos: bigint | undefined;
  /** Number of the ICP ledger's own interface. */
  readonly memoNumber: bigint;
  readonly memo: Uint8Array | undefined;
  readonly operation: Operation;
}

export type Operation =
  | { readonly kind: 'mint'; readonly to: AccountKey; readonly amount: bigint }
  | { readonly kind: 'burn'; readonly from: AccountKey; readonly amount: bigint }
  | {
      readonly kind: 'transfer' | 'approve';
      readonly from: AccountKey;
      readonly to: AccountKey;
      readonly spender: AccountKey | undefined;
      readonly amount: bigint;
      readonly fee: bigint;
    };

/** Why a ledger refuses a transaction, as a Candid variant of the token standards. */
export class LedgerRefusal extends Error {
  constructor(readonly variant: Readonly<Record<string, unknown>>) {
    super(Object.keys(variant).join());
  }
}

/** Common to all transactions. */
export interface TransactionDetails {
  readonly memo?: Uint8Array | undefined;
  readonly memoNumber?: bigint;
  readonly createdAtNanos?: bigint | undefined;
  readonly timeNanos: bigint;
}

const nanosPerSecond = 1_000_000_000n;
/** How long a transaction may be submitted after its creation time. */
export const transactionWindowNanos = 24n * 3_600n * nanosPerSecond;
/** How far clocks may differ. */
export const permittedDriftNanos = 60n * nanosPerSecond;
/** Longest memo of a transaction. */
export const maximumMemoBytes = 32;

export function emptyLedger(): LedgerState {
  return { balances: new Map(), allowances: new Map(), blocks: [], recent: new Map(), totalSupply: 0n };
}

export function balanceOf(state: LedgerState, account: AccountKey): bigint {
  return state.balances.get(account) ?? 0n;
}

/** What is left of an allowance that has not expired. */
export function allowanceOf(
  state: LedgerState,
  owner: AccountKey,
  spender: AccountKey,
  timeNanos: bigint,
): Allowance {
  const allowance = state.allowances.get(`${owner}>${spender}`);
  const expired = allowance?.expiresAtNanos !== undefined && allowance.expiresAtNanos <= timeNanos;
  return allowance === undefined || expired ? { amount: 0n, expiresAtNanos: undefined } : allowance;
}

/** @throws LedgerRefusal unless the fee is the expected one or left out */
export function checkFee(fee: bigint | undefined, expected: bigint): void {
  if (fee !== undefined && fee !== expected) throw new LedgerRefusal({ BadFee: { expected_fee: expected } });
}

/** @throws LedgerRefusal when the account has less */
export function checkFunds(state: LedgerState, account: AccountKey, amount: bigint): void {
  const balance = balanceOf(state, account);
  if (balance < amount) throw new LedgerRefusal({ InsufficientFunds: { balance } });
}

/** @throws LedgerRefusal when somebody else than the owner spends more than allowed */
export function checkAllowance(
  state: LedgerState,
  owner: AccountKey,
  spender: AccountKey | undefined,
  amount: bigint,
  timeNanos: bigint,
): void {
  if (spender === undefined || spender === owner) return;
  const allowance = allowanceOf(state, owner, spender, timeNanos).amount;
  if (allowance < amount) throw new LedgerRefusal({ InsufficientAllowance: { allowance } });
}

/** @throws CanisterFailure, as a ledger traps, for a memo that is too long */
export function checkMemo({ memo }: TransactionDetails): void {
  if (memo !== undefined && memo.length > maximumMemoBytes) throw calledTrap('the memo field is too large');
}

/**
 * Checks that a transaction was created neither too long ago nor in the future.
 *
 * @param windowNanos how old it may be
 * @throws LedgerRefusal TooOld or CreatedInFuture
 */
export function checkTime({ createdAtNanos, timeNanos }: TransactionDetails, windowNanos: bigint): void {
  if (createdAtNanos === undefined) return;
  if (createdAtNanos + windowNanos < timeNanos) throw new LedgerRefusal({ TooOld: null });
  if (createdAtNanos > timeNanos + permittedDriftNanos) {
    throw new LedgerRefusal({ CreatedInFuture: { ledger_time: timeNanos } });
  }
}

/**
 * What makes a transaction the same as another one.
 *
 * @returns a key for {@link checkDuplicate} and {@link record}; undefined without a creation time
 */
export function identityOf(
  { createdAtNanos, memo, memoNumber }: TransactionDetails,
  ...parts: readonly (string | bigint | undefined)[]
): string | undefined {
  if (createdAtNanos === undefined) return undefined;
  const memoHex = memo === undefined ? 'none' : Buffer.from(memo).toString('hex');
  return [createdAtNanos, memoHex, memoNumber ?? 0n, ...parts.map((part) => part ?? '-')].join('/');
}

/** @throws LedgerRefusal Duplicate (with `canister_id`, which only some answers show) when it was made before */
export function checkDuplicate(state: LedgerState, identity: string | undefined): void {
  const earlier = identity === undefined ? undefined : state.recent.get(identity);
  if (earlier === undefined) return;
  const canister_id = earlier.canisterId === undefined ? [] : [Principal.fromText(earlier.canisterId)];
  throw new LedgerRefusal({ Duplicate: { duplicate_of: BigInt(earlier.block), canister_id } });
}

/** Appends a block and remembers the transaction. @returns the block's index */
export function record(
  state: LedgerState,
  details: TransactionDetails,
  identity: string | undefined,
  operation: Operation,
): number {
  const block = state.blocks.length;
  state.blocks.push({
    timestampNanos: details.timeNanos,
    createdAtNanos: details.createdAtNanos,
    memoNumber: details.memoNumber ?? 0n,
    memo: details.memo,
    operation,
  });
  forgetOld(state, details.timeNanos);
  if (identity !== undefined) {
    state.recent.set(identity, { block, recordedAtNanos: details.timeNanos, canisterId: undefined });
  }
  return block;
}

/** Tokens appear on an account. */
export function credit(state: LedgerState, account: AccountKey, amount: bigint): void {
  state.balances.set(account, balanceOf(state, account) + amount);
  state.totalSupply += amount;
}

/** Tokens vanish from an account; {@link checkFunds} was asked before. */
export function debit(state: LedgerState, account: AccountKey, amount: bigint): void {
  const rest = balanceOf(state, account) - amount;
  if (rest < 0n) throw new RangeError(`Account ${account} lacks ${-rest}.`);
  if (rest === 0n) state.balances.delete(account);
  else state.balances.set(account, rest);
  state.totalSupply -= amount;
}

/** Lowers what a spender may still spend; {@link checkAllowance} was asked before. */
export function spendAllowance(
  state: LedgerState,
  owner: AccountKey,
  spender: AccountKey | undefined,
  amount: bigint,
): void {
  const key = `${owner}>${spender ?? owner}`;
  const allowance = state.allowances.get(key);
  if (spender === undefined || spender === owner || allowance === undefined) return;
  if (allowance.amount === amount) state.allowances.delete(key);
  else state.allowances.set(key, { ...allowance, amount: allowance.amount - amount });
}

/** A transaction that was recorded so long ago is too old to be submitted again. */
function forgetOld(state: LedgerState, timeNanos: bigint): void {
  const horizon = transactionWindowNanos + 2n * permittedDriftNanos;
  for (const [key, { recordedAtNanos }] of state.recent) {
    if (recordedAtNanos + horizon >= timeNanos) return;
    state.recent.delete(key);
  }
}
