import { msgArgData, msgCyclesRefunded, msgMethodName, msgRejectCode, msgRejectMsg } from 'azle';
import { maximumCallId } from './call-limits.ts';
import { DurableCallError } from './errors.ts';

/**
 * Why a call was rejected (IC interface spec, "Reject codes"): 1 SYS_FATAL, 2 SYS_TRANSIENT, 3 DESTINATION_INVALID,
 * 4 CANISTER_REJECT, 5 CANISTER_ERROR, 6 SYS_UNKNOWN. Only with 6 may the call have been executed.
 */
export type RejectCode = 1 | 2 | 3 | 4 | 5 | 6;

/** The response to one durable call. */
export type DurableResponse = {
  /** The id the call was made with. */
  readonly callId: number;
  /** Attached cycles that came back; they are already on the balance. */
  readonly refundedCycles: bigint;
} & (
  | { readonly rejectCode: 0; readonly reply: Uint8Array }
  | { readonly rejectCode: RejectCode; readonly message: string }
);

/**
 * Reads the response the handler was called for. Call it first, before any `await`.
 *
 * The system hands a response over once. If the handler traps, the response is lost; so store what this returns,
 * and act on it in another message.
 *
 * @throws DurableCallError `durable-call.no-response` when there is no response to read.
 */
export function readDurableResponse(): DurableResponse {
  const callId = readCallId();
  const refundedCycles = msgCyclesRefunded();
  const rejectCode = msgRejectCode();
  // Each of the two reads below traps when it is made for the other kind of response.
  return rejectCode === 0
    ? { callId, refundedCycles, rejectCode, reply: msgArgData() }
    : { callId, refundedCycles, rejectCode: rejectCode as RejectCode, message: msgRejectMsg() };
}

/** The rewrite answers the method name with the call id here; see docs/durable-calls.md, "The contract". */
function readCallId(): number {
  const callId = Number(msgMethodName());
  if (!Number.isInteger(callId) || callId < 1 || callId > maximumCallId) {
    throw new DurableCallError(
      'durable-call.no-response',
      'This is not the response to a durable call. Only the response handler may read one.',
    );
  }
  return callId;
}
