import type { Principal } from '@dfinity/principal';
import { type CallResult, messageSeenByCanisters } from '../rejection.ts';
import { accountIdentifier, subaccountOf } from './account-identifier.ts';
import { type NotificationName, notifyErrorCodes, paymentMemos } from './cycles-minting-types.ts';
import { queryBlocksResult } from './icp-ledger-types.ts';
import { cyclesMintingId } from './service-ids.ts';
import { decode } from './token-types.ts';

/*
 * What a block of the ICP ledger says about a payment to the cycles minting canister. Source: dfinity/ic
 * `rs/nns/cmc/src/main.rs`, `fetch_transaction`, whose texts these are.
 */

/** ICP in an account of the cycles minting canister. Plain data. */
export interface Payment {
  /** Account identifier in hex. */
  readonly from: string;
  readonly subaccount: Uint8Array;
  readonly e8s: bigint;
  /** What the payer said the payment is for. */
  readonly memo: bigint;
}

/** A payment, or the error of the notification methods that says why the block holds none. */
export type PaymentReading = { readonly payment: Payment } | { readonly error: Record<string, unknown> };

/**
 * Reads the answer of `query_blocks` for one block.
 *
 * @param beneficiary whose subaccount the payment must be in
 */
export function readPayment(
  blockIndex: bigint,
  beneficiary: Principal,
  response: CallResult,
): PaymentReading {
  if (response.kind === 'reject') {
    const error_message = `Failed to fetch block: ${messageSeenByCanisters(response.rejection)}`;
    return { error: { Other: { error_code: notifyErrorCodes.failedToFetchBlock, error_message } } };
  }
  const [block] = decode(queryBlocksResult, response.bytes).blocks;
  if (block === undefined) return invalid(`Block ${blockIndex} not found`);
  const { memo, icrc1_memo, operation } = block.transaction;
  const transfer = operation[0]?.Transfer;
  if (transfer === undefined) return invalid('Notification transaction must be of type Transfer');
  const subaccount = subaccountOf(beneficiary);
  const expected = accountIdentifier({ owner: cyclesMintingId, subaccount: [subaccount] });
  const actual = Buffer.from(transfer.to).toString('hex');
  if (actual !== expected) {
    const expectedSubaccount = Buffer.from(subaccount).toString('hex');
    return invalid(
      `Destination account in the block (${actual}) different than in the notification (${expectedSubaccount})`,
    );
  }
  return {
    payment: {
      from: Buffer.from(transfer.from).toString('hex'),
      subaccount,
      e8s: transfer.amount.e8s,
      memo: memo === 0n ? numberIn(icrc1_memo[0]) : memo,
    },
  };
}

/** Whether a payment is for any of the things ICP can be turned into. */
export function isMeaningful({ memo }: Payment): boolean {
  return Object.values(paymentMemos).includes(memo);
}

/** What is told of a payment that is for something else than it was named for. */
export function wrongMemo(payment: Payment, expected: NotificationName): string {
  const describe = (memo: bigint): string => `${intentOf(memo)} (${memo})`;
  return (
    `The memo (${describe(payment.memo)}) in the transaction does not match the expected memo ` +
    `(${describe(paymentMemos[expected])}) for the operation.`
  );
}

/** What is told of a payment that is for nothing, when it is sent back. */
export function meaninglessMemo({ memo }: Payment): string {
  const hex = memo.toString(16).toUpperCase().padStart(6, '0');
  return (
    `Memo (0x${hex}) in the incoming ICP transfer does not correspond to any of the operations that the Cycles ` +
    'Minting canister offers.'
  );
}

const intents: Readonly<Record<NotificationName, string>> = {
  notify_top_up: 'TopUp',
  notify_create_canister: 'CreateCanister',
  notify_mint_cycles: 'MintCycles',
};

function intentOf(memo: bigint): string {
  const name = (Object.keys(intents) as NotificationName[]).find((known) => paymentMemos[known] === memo);
  return name === undefined ? 'unrecognized' : intents[name];
}

/** A memo of the ICRC-1 standard as the number it stands for: eight bytes, little-endian; 0 when it is none. */
function numberIn(memo: Uint8Array | undefined): bigint {
  return memo?.length === 8 ? Buffer.from(memo).readBigUInt64LE() : 0n;
}

function invalid(text: string): PaymentReading {
  return { error: { InvalidTransaction: text } };
}
