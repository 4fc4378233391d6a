import type { Execution } from './native-methods.ts';
import { type LedgerState, permittedDriftNanos, transactionWindowNanos } from './token-ledger.ts';
import type { Token } from './token-transactions.ts';

/** Source: dfinity/cycles-ledger `config.rs`, `storage.rs`. */
export const cyclesToken: Token = {
  name: 'Trillion Cycles',
  symbol: 'TCYCLES',
  decimals: 12,
  fee: 100_000_000n,
  mintingAccount: undefined,
  largestAmount: undefined,
  transactionWindowNanos: transactionWindowNanos + permittedDriftNanos,
  feeIdentifies: true,
  checks: {
    transfer: ['duplicate', 'fee', 'allowance', 'funds', 'time'],
    approval: ['duplicate', 'expectedAllowance', 'fee', 'funds', 'expiry', 'time'],
  },
};

/** Fees leave the accounts, so they must leave the canister's balance too. */
export function burnFee(execution: Execution<LedgerState>): void {
  execution.burnCycles(cyclesToken.fee);
}
