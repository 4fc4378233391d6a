import { Principal } from '@dfinity/principal';
import { managementCanisterId } from '../canister-ids.ts';
import { managementSignatures } from '../management/index.ts';
import { type CallResult, messageSeenByCanisters } from '../rejection.ts';
import { accountIdentifier, accountOf, subaccountOf } from './account-identifier.ts';
import { depositArgument, depositResult } from './cycles-ledger-types.ts';
import { type NotificationName, notifications, paymentMemos, settingsFor } from './cycles-minting-types.ts';
import {
  blocksArgument,
  legacyTransferArgument,
  legacyTransferResult,
  queryBlocksResult,
} from './icp-ledger-types.ts';
import { icpToken } from './icp-token.ts';
import { decodeArgument, type Execution, type UpdateMethod } from './native-methods.ts';
import { cyclesLedgerId, cyclesMintingId, governanceId, icpLedgerId } from './service-ids.ts';
import { decode, encode } from './token-types.ts';

/*
 * Turning ICP into cycles. Somebody pays ICP into an account of the cycles minting canister with a memo that says what
 * for, and then tells it of the block. Source: dfinity/ic `rs/nns/cmc/src/main.rs`.
 */

/** What the cycles minting canister keeps. Plain data. */
export interface MintingState {
  /** By block of the ICP ledger. */
  notifications: Map<string, Notified>;
}

/** A payment that somebody told of. */
interface Notified {
  readonly name: NotificationName;
  /** What was answered; undefined while the notification is being processed. */
  readonly answer: Uint8Array | undefined;
}

/** A notification on its way. Plain data. */
interface Notification {
  readonly name: NotificationName;
  readonly arg: Uint8Array;
  readonly blockIndex: bigint;
}

/** What a notification waits for. */
export type NotificationStage =
  | { readonly kind: 'block'; readonly notification: Notification }
  | { readonly kind: 'delivery'; readonly notification: Notification; readonly payment: Payment }
  | { readonly kind: 'refund'; readonly notification: Notification; readonly reason: string }
  | { readonly kind: 'burning' };

interface Payment {
  /** Account identifier in hex. */
  readonly from: string;
  readonly subaccount: Uint8Array;
  readonly e8s: bigint;
}

/** Ten-thousandths of an XDR that an ICP is worth here: a price as good as any, and always the same. */
export const xdrPermyriadPerIcp = 50_000n;
/** One XDR is a trillion cycles, an ICP 10^8 e8s and an XDR 10^4 permyriad: the powers of ten cancel out. */
function cyclesFor(e8s: bigint): bigint {
  return e8s * xdrPermyriadPerIcp;
}

type MintingExecution = Execution<MintingState>;

/** The update method of one kind of notification. A block is processed once; asking again gives the same answer. */
export function notify(name: NotificationName): UpdateMethod<MintingState> {
  return {
    kind: 'update',
    run: (execution, arg) => {
      const { block_index: blockIndex } = decodeArgument<{ block_index: bigint }>(
        notifications[name].argument,
        arg,
      );
      const notification: Notification = { name, arg, blockIndex };
      // Now, because a trap in a callback would leave the payment in process for ever.
      subaccountOf(beneficiaryOf(execution, notification));
      const key = blockIndex.toString();
      const { notifications: known } = execution.state;
      const earlier = known.get(key);
      if (earlier !== undefined) {
        execution.reply(answerAgain(notification, earlier));
        return;
      }
      known.set(key, { name, answer: undefined });
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

/** The answers of different methods have different types, so only the same method may repeat one. */
function answerAgain({ name, blockIndex }: Notification, earlier: Notified): Uint8Array {
  if (earlier.answer === undefined) return failure(name, { Processing: null });
  if (earlier.name === name) return earlier.answer;
  return failure(name, { InvalidTransaction: `Block ${blockIndex} is already processed by ${earlier.name}` });
}

/** Goes on with a notification once the call it waits for is answered. */
export function continueNotification(
  execution: MintingExecution,
  stage: NotificationStage,
  response: CallResult,
): void {
  switch (stage.kind) {
    case 'block':
      deliver(execution, stage.notification, response);
      return;
    case 'delivery':
      finishDelivery(execution, stage, response);
      return;
    case 'refund': {
      const { notification, reason } = stage;
      const refund = response.kind === 'reply' ? decode(legacyTransferResult, response.bytes) : undefined;
      const block_index = refund !== undefined && 'Ok' in refund ? [refund.Ok] : [];
      conclude(execution, notification, failure(notification.name, { Refunded: { reason, block_index } }));
      return;
    }
    case 'burning':
      return;
  }
}

/** The payment was found: mints what it is worth and sends it where the notification says. */
function deliver(execution: MintingExecution, notification: Notification, response: CallResult): void {
  const payment = paymentIn(notification, beneficiaryOf(execution, notification), response);
  if (typeof payment === 'string') {
    // Somebody named a wrong block or a wrong beneficiary; the right one must still be able to come.
    execution.state.notifications.delete(notification.blockIndex.toString());
    execution.reply(failure(notification.name, { InvalidTransaction: payment }));
    return;
  }
  const cycles = cyclesFor(payment.e8s);
  execution.mintCycles(cycles);
  execution.call({
    ...deliveryOf(execution, notification),
    cycles,
    continuation: { kind: 'delivery', notification, payment } satisfies NotificationStage,
  });
}

/** To whom the payment belongs: in whose subaccount it must be. */
function beneficiaryOf(execution: MintingExecution, { name, arg }: Notification): Principal {
  switch (name) {
    case 'notify_top_up':
      return decode(notifications.notify_top_up.argument, arg).canister_id;
    case 'notify_create_canister':
      return decode(notifications.notify_create_canister.argument, arg).controller;
    case 'notify_mint_cycles':
      return execution.caller;
  }
}

/** The payment, or what is wrong with the block. */
function paymentIn(
  { name, blockIndex }: Notification,
  beneficiary: Principal,
  response: CallResult,
): Payment | string {
  if (response.kind === 'reject') return messageSeenByCanisters(response.rejection);
  const [block] = decode(queryBlocksResult, response.bytes).blocks;
  if (block === undefined) return `Block ${blockIndex} does not exist on the ICP ledger`;
  const { memo, icrc1_memo, operation } = block.transaction;
  const transfer = operation[0]?.Transfer;
  if (transfer === undefined) return `Block ${blockIndex} is not a transfer`;
  const subaccount = subaccountOf(beneficiary);
  const expected = accountIdentifier({ owner: cyclesMintingId, subaccount: [subaccount] });
  const actual = Buffer.from(transfer.to).toString('hex');
  if (actual !== expected) {
    return `Destination account in the block (${actual}) different than in the notification (${expected})`;
  }
  if (memo !== paymentMemos[name] && numberIn(icrc1_memo[0]) !== paymentMemos[name]) {
    return `Memo ${memo} in the block does not say that the payment is for ${name}`;
  }
  return { from: Buffer.from(transfer.from).toString('hex'), subaccount, e8s: transfer.amount.e8s };
}

/** A memo of the ICRC-1 standard as the number it stands for: eight bytes, little-endian. */
function numberIn(memo: Uint8Array | undefined): bigint | undefined {
  if (memo?.length !== 8) return undefined;
  return Buffer.from(memo).readBigUInt64LE();
}

function deliveryOf(
  execution: MintingExecution,
  { name, arg }: Notification,
): { callee: Principal; method: string; arg: Uint8Array } {
  switch (name) {
    case 'notify_top_up': {
      const { canister_id } = decode(notifications.notify_top_up.argument, arg);
      const bytes = managementSignatures.depositCycles.encodeArgument({ canister_id });
      return { callee: managementCanisterId, method: 'deposit_cycles', arg: bytes };
    }
    case 'notify_create_canister': {
      const { settings, controller } = decode(notifications.notify_create_canister.argument, arg);
      const bytes = managementSignatures.createCanister.encodeArgument({
        settings: [settingsFor(settings[0], controller)],
        sender_canister_version: [],
      });
      return { callee: managementCanisterId, method: 'create_canister', arg: bytes };
    }
    case 'notify_mint_cycles': {
      const { to_subaccount, deposit_memo } = decode(notifications.notify_mint_cycles.argument, arg);
      const to = { owner: execution.caller, subaccount: to_subaccount };
      return {
        callee: cyclesLedgerId,
        method: 'deposit',
        arg: encode(depositArgument, { to, memo: deposit_memo }),
      };
    }
  }
}

function finishDelivery(
  execution: MintingExecution,
  { notification, payment }: NotificationStage & { readonly kind: 'delivery' },
  response: CallResult,
): void {
  if (response.kind === 'reply') {
    const { name } = notification;
    conclude(
      execution,
      notification,
      encode(notifications[name].result, { Ok: gained(name, payment, response.bytes) }),
    );
    burnPayment(execution, payment);
    return;
  }
  execution.burnCycles(execution.refundedCycles);
  const reason = messageSeenByCanisters(response.rejection);
  if (payment.e8s <= icpToken.fee) {
    conclude(execution, notification, failure(notification.name, { Refunded: { reason, block_index: [] } }));
    return;
  }
  const to = Buffer.from(payment.from, 'hex');
  pay(execution, payment, to, icpToken.fee, { kind: 'refund', notification, reason });
}

function gained(name: NotificationName, payment: Payment, reply: Uint8Array): unknown {
  const minted = cyclesFor(payment.e8s);
  switch (name) {
    case 'notify_top_up':
      return minted;
    case 'notify_create_canister':
      return managementSignatures.createCanister.decodeResult(reply).canister_id;
    case 'notify_mint_cycles': {
      const { balance, block_index } = decode(depositResult, reply);
      return { block_index, minted, balance };
    }
  }
}

/** The ICP are worth cycles now, so they must go. */
function burnPayment(execution: MintingExecution, payment: Payment): void {
  const to = Buffer.from(accountIdentifier(accountOf(governanceId)), 'hex');
  pay(execution, payment, to, 0n, { kind: 'burning' });
}

function pay(
  execution: MintingExecution,
  { subaccount, e8s }: Payment,
  to: Uint8Array,
  fee: bigint,
  continuation: NotificationStage,
): void {
  execution.call({
    callee: icpLedgerId,
    method: 'transfer',
    arg: encode(legacyTransferArgument, {
      memo: 0n,
      amount: { e8s: e8s - fee },
      fee: { e8s: fee },
      from_subaccount: [subaccount],
      to,
      created_at_time: [],
    }),
    cycles: 0n,
    continuation,
  });
}

function conclude(execution: MintingExecution, { name, blockIndex }: Notification, answer: Uint8Array): void {
  execution.state.notifications.set(blockIndex.toString(), { name, answer });
  execution.reply(answer);
}

function failure(name: NotificationName, error: Readonly<Record<string, unknown>>): Uint8Array {
  return encode(notifications[name].result, { Err: error });
}
