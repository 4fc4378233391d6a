import type { CallResult } from '../rejection.ts';
import { subaccountOf } from './account-identifier.ts';
import { type NotificationName, notifications, paymentMemos } from './cycles-minting-types.ts';
import { blocksArgument } from './icp-ledger-types.ts';
import { decodeArgument, type UpdateMethod } from './native-methods.ts';
import {
  beneficiaryOf,
  failure,
  type MintingExecution,
  type MintingState,
  type Notification,
  type NotificationStage,
  type Notified,
  type NotifyError,
  other,
} from './notification.ts';
import { isMeaningful, meaninglessMemo, type Payment, readPayment, wrongMemo } from './payment.ts';
import { deliver, finishDelivery } from './payment-delivery.ts';
import { conclude, finishRefund, refund } from './payment-refund.ts';
import { icpLedgerId } from './service-ids.ts';
import { contradictionIn } from './subnet-choice.ts';
import { maximumMemoBytes } from './token-ledger.ts';
import { decode, encode } from './token-types.ts';

/*
 * Turning ICP into cycles. Somebody pays ICP into an account of the cycles minting canister with a memo that says what
 * for, and then tells it of the block. Source: dfinity/ic `rs/nns/cmc/src/main.rs`.
 */

/**
 * The update method of one kind of notification. A block is processed once; asking again gives the same answer, unless
 * it was an error that may pass.
 */
export function notify(name: NotificationName): UpdateMethod<MintingState> {
  return {
    kind: 'update',
    run: (execution, arg) => {
      const { block_index: blockIndex } = decodeArgument<{ block_index: bigint }>(
        notifications[name].argument,
        arg,
      );
      const notification: Notification = { name, arg, blockIndex };
      const error = refusalOf(execution, notification);
      if (error !== undefined) {
        execution.reply(failure(name, error));
        return;
      }
      // Now, because a trap in a callback would leave the caller without an answer.
      subaccountOf(beneficiaryOf(execution, notification));
      execution.call({
        callee: icpLedgerId,
        method: 'query_blocks',
        arg: encode(blocksArgument, { start: blockIndex, length: 1n }),
        cycles: 0n,
        continuation: { kind: 'block', notification } satisfies NotificationStage,
      });
    },
  };
}

/** Why a notification is not even looked at. */
function refusalOf({ caller }: MintingExecution, { name, arg }: Notification): NotifyError | undefined {
  switch (name) {
    case 'notify_top_up':
      return undefined;
    case 'notify_create_canister': {
      const wanted = decode(notifications.notify_create_canister.argument, arg);
      const creator = wanted.controller.toText();
      // Or anybody could choose the settings of a canister that somebody else has paid for.
      if (caller.toText() !== creator) {
        return other(
          'unauthorized',
          `${caller.toText()} is not authorized to call notify_create_canister on behalf of ${creator}. ` +
            '(Do not retry, because the same result will occur.)',
        );
      }
      const contradiction = contradictionIn(wanted);
      return contradiction === undefined ? undefined : other('badSubnetSelection', contradiction);
    }
    case 'notify_mint_cycles': {
      const [memo] = decode(notifications.notify_mint_cycles.argument, arg).deposit_memo;
      if (memo === undefined || memo.length <= maximumMemoBytes) return undefined;
      return other(
        'depositMemoTooLong',
        `Memo length ${memo.length} exceeds the maximum length of ${maximumMemoBytes}`,
      );
    }
  }
}

/** Goes on with a notification once the call it waits for is answered. */
export function continueNotification(
  execution: MintingExecution,
  stage: NotificationStage,
  response: CallResult,
): void {
  switch (stage.kind) {
    case 'block':
      process(execution, stage.notification, response);
      return;
    case 'delivery':
      finishDelivery(execution, stage, response);
      return;
    case 'refund':
      finishRefund(execution, stage, response);
      return;
    case 'burning':
      conclude(execution, stage.notification, stage.ending);
      return;
  }
}

/** The block was read: delivers what the payment in it is worth, or sends back what is for nothing. */
function process(execution: MintingExecution, notification: Notification, response: CallResult): void {
  const { name, blockIndex } = notification;
  const reading = readPayment(blockIndex, beneficiaryOf(execution, notification), response);
  if ('error' in reading) {
    execution.reply(failure(name, reading.error));
    return;
  }
  const { payment } = reading;
  const isKnown = isMeaningful(payment);
  if (isKnown && payment.memo !== paymentMemos[name]) {
    execution.reply(failure(name, { InvalidTransaction: wrongMemo(payment, name) }));
    return;
  }
  const { notifications: known } = execution.state;
  const earlier = known.get(blockIndex.toString());
  if (earlier !== undefined) {
    execution.reply(answerAgain(notification, payment, earlier));
    return;
  }
  known.set(blockIndex.toString(), { answer: undefined });
  if (isKnown) deliver(execution, notification, payment);
  else refund(execution, notification, payment, meaninglessMemo(payment), 0n);
}

function answerAgain({ name }: Notification, payment: Payment, earlier: Notified): Uint8Array {
  const { answer, refundBlock } = earlier;
  if (refundBlock !== undefined) {
    return failure(name, { Refunded: { reason: meaninglessMemo(payment), block_index: refundBlock } });
  }
  return answer ?? failure(name, { Processing: null });
}
