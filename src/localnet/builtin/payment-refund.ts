import { type CallResult, messageSeenByCanisters } from '../rejection.ts';
import { accountIdentifier, accountOf } from './account-identifier.ts';
import { legacyTransferArgument, legacyTransferResult } from './icp-ledger-types.ts';
import { icpToken } from './icp-token.ts';
import {
  type Ending,
  failure,
  type MintingExecution,
  type Notification,
  type NotificationStage,
  other,
} from './notification.ts';
import { isMeaningful, type Payment } from './payment.ts';
import { governanceId, icpLedgerId } from './service-ids.ts';
import { decode, encode } from './token-types.ts';

/** Sends a payment back, less the fee and a penalty; if nothing would be left, all of it is burned. */
export function refund(
  execution: MintingExecution,
  notification: Notification,
  payment: Payment,
  reason: string,
  penaltyE8s: bigint,
): void {
  const refundedE8s = payment.e8s - icpToken.fee - penaltyE8s;
  if (refundedE8s <= 0n) {
    const ending = refundEnding(notification, payment, reason, []);
    burn(execution, notification, payment, payment.e8s, ending);
    return;
  }
  const to = Buffer.from(payment.from, 'hex');
  const stage = { kind: 'refund', notification, payment, reason, penaltyE8s } as const;
  pay(execution, payment, to, refundedE8s, icpToken.fee, stage);
}

/** The ICP went back, or did not. */
export function finishRefund(
  execution: MintingExecution,
  { notification, payment, reason, penaltyE8s }: NotificationStage & { readonly kind: 'refund' },
  response: CallResult,
): void {
  const sent = response.kind === 'reply' ? decode(legacyTransferResult, response.bytes) : undefined;
  if (sent === undefined || 'Err' in sent) {
    // May be tried again: the payment is still there.
    execution.state.notifications.delete(notification.blockIndex.toString());
    const why = response.kind === 'reject' ? messageSeenByCanisters(response.rejection) : 'refused';
    const error = other('refundFailed', `Refund to ${payment.from} failed: ${why}`);
    execution.reply(failure(notification.name, error));
    return;
  }
  burn(execution, notification, payment, penaltyE8s, refundEnding(notification, payment, reason, [sent.Ok]));
}

function refundEnding(
  { name }: Notification,
  payment: Payment,
  reason: string,
  block_index: [] | [bigint],
): Ending {
  const answer = failure(name, { Refunded: { reason, block_index } });
  return isMeaningful(payment) ? { answer } : { answer, refundBlock: block_index };
}

/** ICP that became cycles, or a penalty, must go; less than a fee is not worth it and stays. */
export function burn(
  execution: MintingExecution,
  notification: Notification,
  payment: Payment,
  e8s: bigint,
  ending: Ending,
): void {
  if (e8s < icpToken.fee) {
    conclude(execution, notification, ending);
    return;
  }
  const to = Buffer.from(accountIdentifier(accountOf(governanceId)), 'hex');
  pay(execution, payment, to, e8s, 0n, { kind: 'burning', notification, ending });
}

function pay(
  execution: MintingExecution,
  { subaccount }: Payment,
  to: Uint8Array,
  e8s: bigint,
  feeE8s: bigint,
  continuation: NotificationStage,
): void {
  execution.call({
    callee: icpLedgerId,
    method: 'transfer',
    arg: encode(legacyTransferArgument, {
      memo: 0n,
      amount: { e8s },
      fee: { e8s: feeE8s },
      from_subaccount: [subaccount],
      to,
      created_at_time: [],
    }),
    cycles: 0n,
    continuation,
  });
}

/** Gives the answer, now and whenever somebody asks again. */
export function conclude(execution: MintingExecution, { blockIndex }: Notification, ending: Ending): void {
  execution.state.notifications.set(blockIndex.toString(), ending);
  execution.reply(ending.answer);
}
