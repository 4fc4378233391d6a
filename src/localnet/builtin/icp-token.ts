import { accountOf } from './account-identifier.ts';
import { governanceId } from './service-ids.ts';
import { transactionWindowNanos } from './token-ledger.ts';
import type { Token } from './token-transactions.ts';

/** Source: dfinity/ic `rs/ledger_suite/icp/ledger/src/main.rs`, `rs/ledger_suite/common/ledger_canister_core/src/ledger.rs`. */
export const icpToken: Token = {
  name: 'Internet Computer',
  symbol: 'ICP',
  decimals: 8,
  fee: 10_000n,
  mintingAccount: accountOf(governanceId),
  largestAmount: 2n ** 64n - 1n,
  transactionWindowNanos,
  feeIdentifies: false,
  checks: {
    transfer: ['fee', 'minimum', 'time', 'duplicate', 'allowance', 'funds'],
    approval: ['fee', 'time', 'duplicate', 'expiry', 'expectedAllowance', 'funds'],
  },
};
