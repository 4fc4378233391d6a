import type { CallFault } from './faults.ts';
import type { Answer } from './ic-model.ts';

/** SYS_UNKNOWN is for calls that wait with a bound only. */
export function appliesTo(fault: CallFault | undefined, isBounded: boolean): boolean {
  return fault !== undefined && (isBounded || !fault.kind.startsWith('unknown'));
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
