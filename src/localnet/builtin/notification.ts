import type { Principal } from '@dfinity/principal';
import { type NotificationName, notifications, notifyErrorCodes } from './cycles-minting-types.ts';
import type { Execution } from './native-methods.ts';
import type { Payment } from './payment.ts';
import { decode, encode } from './token-types.ts';

/* What a notification of a payment is made of, and the stages it goes through. */

/** What the cycles minting canister keeps. Plain data. */
export interface MintingState {
  /** By block of the ICP ledger. */
  notifications: Map<string, Notified>;
}

/** A payment that somebody told of. */
export interface Notified {
  /** What was answered; undefined while the notification is being processed. */
  readonly answer: Uint8Array | undefined;
  /** Present when the payment was for nothing and went back: the block in which it did, if anything was left of it. */
  readonly refundBlock?: [] | [bigint];
}

/** A notification on its way. Plain data. */
export interface Notification {
  readonly name: NotificationName;
  readonly arg: Uint8Array;
  readonly blockIndex: bigint;
}

/** What a notification waits for. */
export type NotificationStage =
  | { readonly kind: 'block'; readonly notification: Notification }
  | { readonly kind: 'delivery'; readonly notification: Notification; readonly payment: Payment }
  | {
      readonly kind: 'refund';
      readonly notification: Notification;
      readonly payment: Payment;
      readonly reason: string;
      /** Burned besides, as the price of having tried. */
      readonly penaltyE8s: bigint;
    }
  | { readonly kind: 'burning'; readonly notification: Notification; readonly ending: Ending };

/** How a notification ends once the ICP are burned. */
export interface Ending {
  readonly answer: Uint8Array;
  readonly refundBlock?: [] | [bigint];
}

export type MintingExecution = Execution<MintingState>;
export type NotifyError = Readonly<Record<string, unknown>>;

/** To whom the payment belongs: in whose subaccount it must be. */
export function beneficiaryOf(execution: MintingExecution, { name, arg }: Notification): Principal {
  switch (name) {
    case 'notify_top_up':
      return decode(notifications.notify_top_up.argument, arg).canister_id;
    case 'notify_create_canister':
      return decode(notifications.notify_create_canister.argument, arg).controller;
    case 'notify_mint_cycles':
      return execution.caller;
  }
}

/** An error of the notification methods that has no name of its own. */
export function other(code: keyof typeof notifyErrorCodes, error_message: string): NotifyError {
  return { Other: { error_code: notifyErrorCodes[code], error_message } };
}

export function failure(name: NotificationName, error: NotifyError): Uint8Array {
  return encode(notifications[name].result, { Err: error });
}
