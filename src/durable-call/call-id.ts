import { canisterVersion } from 'azle';
import { maximumCallsPerMessage } from './call-limits.ts';
import { DurableCallError } from './errors.ts';

/** 2^28 versions × 8 slots fill the 31 bits of a call id. */
const versionModulus = 2n ** 28n;

let versionOfMessage = -1n;
let nextSlot = 0;

/**
 * A call id that was never used before by this canister, and needs no stored counter: a reinstall or a loaded
 * snapshot would take a counter back to old values while old calls are still open, and a new call would then
 * receive the response of an old one.
 *
 * The id is the canister version and a slot within the message. The version is constant within a message, rises
 * with every message that succeeds, and no reinstall or snapshot takes it back (IC interface spec, "Canister
 * version"); the calls of a message that traps are never sent, so their ids are free. Ids come round again after
 * 2^28 versions, years of uninterrupted work.
 *
 * @returns 1..2^31-1.
 * @throws DurableCallError `durable-call.too-many-calls` from the ninth id in one message on.
 */
export function nextCallId(): number {
  const version = canisterVersion();
  if (version !== versionOfMessage) {
    versionOfMessage = version;
    nextSlot = 0;
  }
  const base = Number(version % versionModulus) * maximumCallsPerMessage;
  // Id 0 would mean "no call id" to the rewrite; the one version in 2^28 that has it makes do with seven slots.
  if (base + nextSlot === 0) nextSlot = 1;
  if (nextSlot === maximumCallsPerMessage) {
    throw new DurableCallError(
      'durable-call.too-many-calls',
      `One message can make at most ${maximumCallsPerMessage} durable calls. Make the others in a later message, for example from a timer.`,
    );
  }
  return base + nextSlot++;
}
