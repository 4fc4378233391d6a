import { accountOf } from './account-identifier.ts';
import { governanceId } from './service-ids.ts';
import type { Token } from './token-transactions.ts';

/** Source: dfinity/ic `rs/ledger_suite/icp`. */
export const icpToken: Token = {
  name: 'Internet Computer',
  symbol: 'ICP',
  decimals: 8,
  fee: 10_000n,
  mintingAccount: accountOf(governanceId),
  largestAmount: 2n ** 64n - 1n,
};
