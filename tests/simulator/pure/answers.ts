import type { CallFault, MessageFault } from './faults.ts';
import type { Answer } from './ic-model.ts';
import type { SentCall } from './manager-canister.ts';

/**
 * Whether a fault can meet a call: SYS_UNKNOWN is for calls that wait with a bound only, and a canister that is read
 * is never said not to exist when it does.
 */
export function appliesTo(fault: CallFault | undefined, { method, timeoutSeconds }: SentCall): boolean {
  if (fault === undefined) return false;
  if (fault.kind === 'reject' && fault.code === 3 && method.startsWith('canister_')) return false;
  return timeoutSeconds > 0 || !fault.kind.startsWith('unknown');
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
