import type { CallFault, MessageFault } from './faults.ts';
import type { Answer } from './ic-model.ts';
import { unreachableMessage } from './ic-model.ts';
import type { SentCall } from './manager-canister.ts';

/** Whether a fault can meet a call: SYS_UNKNOWN is for calls that wait with a bound only. */
export function appliesTo(fault: CallFault | undefined, { timeoutSeconds }: SentCall): fault is CallFault {
  if (fault === undefined) return false;
  return timeoutSeconds > 0 || !fault.kind.startsWith('unknown');
}

/**
 * What a fault comes to for this call: of a canister that is there the network never says that it is not (IC0301),
 * but it may say with the same code that it cannot be reached.
 */
export function meant(fault: CallFault, { method }: SentCall): CallFault {
  if (fault.kind !== 'reject' || fault.code !== 3 || !method.startsWith('canister_')) return fault;
  return { ...fault, message: unreachableMessage };
}

/** What of the answer reaches the Manager. */
export function altered(answer: Answer, fault: CallFault | undefined): Answer {
  if (answer.kind !== 'reply') return answer;
  if (fault?.kind === 'replyGarbled') return { ...answer, bytes: new Uint8Array([1, 2, 3]) };
  if (fault?.kind === 'replyOversized') return { ...answer, bytes: new Uint8Array(20_000).fill(0x44) };
  return answer;
}

/** An answer in a few words, for logs. */
export function describeAnswer(answer: Answer): string {
  return answer.kind === 'reply'
    ? `reply of ${answer.bytes.length} bytes`
    : `reject ${answer.code}: ${answer.message.slice(0, 60)}`;
}

/** Whether the reply arrives as something it is not. */
export function isSpoiling({ kind }: CallFault | MessageFault): boolean {
  return kind === 'replyGarbled' || kind === 'replyOversized';
}
