import { readDurableResponse } from '../../durable-call/index.ts';
import { nowMs } from '../clock.ts';
import { storeAnswer } from './answer-inbox.ts';
import { scheduleRun } from './worker.ts';

/**
 * The response handler: keeps the raw answer and asks for a run. Nothing else, because the IC delivers an answer
 * once: had this message trapped, the answer would be lost and its attempt would have to be reconciled.
 */
export function onDurableResponse(): void {
  const response = readDurableResponse();
  const { callId, refundedCycles: cyclesRefunded } = response;
  storeAnswer(
    callId,
    response.rejectCode === 0
      ? { kind: 'reply', bytes: response.reply, cyclesRefunded }
      : { kind: 'reject', code: response.rejectCode, message: response.message, cyclesRefunded },
  );
  scheduleRun(nowMs());
}
