import type { Principal } from '@dfinity/principal';
import { managementCanisterId } from '../canister-ids.ts';
import { managementSignatures } from '../management/index.ts';
import { type CallResult, messageSeenByCanisters, type Rejection } from '../rejection.ts';
import { depositArgument, depositResult } from './cycles-ledger-types.ts';
import {
  creationFailure,
  type NotificationName,
  notifications,
  settingsFor,
} from './cycles-minting-types.ts';
import { icpToken } from './icp-token.ts';
import type { MintingExecution, Notification, NotificationStage } from './notification.ts';
import type { Payment } from './payment.ts';
import { burn, refund } from './payment-refund.ts';
import { cyclesLedgerId } from './service-ids.ts';
import { subnetRefusal } from './subnet-choice.ts';
import { decode, encode } from './token-types.ts';

/** Ten-thousandths of an XDR that an ICP is worth here: a price as good as any, and always the same. */
export const xdrPermyriadPerIcp = 50_000n;
/** One XDR is a trillion cycles, an ICP 10^8 e8s and an XDR 10^4 permyriad: the powers of ten cancel out. */
function cyclesFor(e8s: bigint): bigint {
  return e8s * xdrPermyriadPerIcp;
}

/** What trying in vain costs besides the fee of the refund. Source: dfinity/ic `rs/nns/cmc/src/lib.rs`. */
const failurePenaltiesE8s: Readonly<Record<NotificationName, bigint>> = {
  notify_top_up: 2n * icpToken.fee,
  notify_create_canister: 4n * icpToken.fee,
  notify_mint_cycles: 2n * icpToken.fee,
};

/** Mints what the payment is worth and sends it where the notification says. */
export function deliver(execution: MintingExecution, notification: Notification, payment: Payment): void {
  const refusal = subnetRefusalOf(execution, notification);
  if (refusal !== undefined) {
    refund(execution, notification, payment, refusal, failurePenaltiesE8s[notification.name]);
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

function subnetRefusalOf({ subnetId }: MintingExecution, { name, arg }: Notification): string | undefined {
  if (name !== 'notify_create_canister') return undefined;
  const wanted = decode(notifications.notify_create_canister.argument, arg);
  return subnetRefusal(wanted, subnetId, wanted.controller);
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

/** The cycles arrived, or did not. */
export function finishDelivery(
  execution: MintingExecution,
  { notification, payment }: NotificationStage & { readonly kind: 'delivery' },
  response: CallResult,
): void {
  const { name } = notification;
  if (response.kind === 'reply') {
    const answer = encode(notifications[name].result, { Ok: gained(name, payment, response.bytes) });
    burn(execution, notification, payment, payment.e8s, { answer });
    return;
  }
  execution.burnCycles(execution.refundedCycles);
  const reason = deliveryFailure(execution, name, response.rejection);
  refund(execution, notification, payment, reason, failurePenaltiesE8s[name]);
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

function deliveryFailure(
  { subnetId }: MintingExecution,
  name: NotificationName,
  rejection: Rejection,
): string {
  if (name === 'notify_create_canister') return creationFailure(subnetId, rejection);
  const message = JSON.stringify(messageSeenByCanisters(rejection));
  const what = name === 'notify_top_up' ? 'Depositing cycles failed' : 'Cycles ledger rejected deposit call';
  return `${what} with code ${rejection.rejectCode}: ${message}`;
}
