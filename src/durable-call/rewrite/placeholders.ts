import { maximumCallId } from '../call-limits.ts';
import { markerByte } from '../contract.ts';
import { tableContract } from './table-contract.ts';

/** ic-cdk-timers' own entry point, by which it calls itself to run a due task. */
export const timerMethod = '<ic-cdk internal> timer_executor';

const idInUse = 'durable call id in use';

const wasmPageBytes = 65_536;
const headerBytes = 96;
const recordBytes = 32;

/** Values for the `{{NAME}}`s of durable-calls.wat, except those that depend on the canister. */
export const placeholders: Readonly<Record<string, string>> = {
  MARKER: String(markerByte),
  MAXIMUM_CALL_ID: String(maximumCallId),
  REPLY_SLOT: String(tableContract.replySlot),
  REJECT_SLOT: String(tableContract.rejectSlot),
  CLEANUP_SLOT: String(tableContract.cleanupSlot),
  FIRST_CAPACITY: String((wasmPageBytes - headerBytes) / recordBytes),
  ID_IN_USE_LENGTH: String(idInUse.length),
  ...asWords('ID_IN_USE', idInUse),
  ...asWords('TIMER_NAME', timerMethod),
};

/** Text as little-endian 64-bit words, zero-padded: how WebAssembly can store or compare it without a data segment. */
function asWords(name: string, text: string): Record<string, string> {
  const bytes = Buffer.alloc(Math.ceil(text.length / 8) * 8);
  bytes.write(text, 'latin1');
  const words: Record<string, string> = {};
  for (let offset = 0; offset < bytes.length; offset += 8) {
    words[`${name}_${String(offset / 8)}`] = String(bytes.readBigInt64LE(offset));
  }
  return words;
}
