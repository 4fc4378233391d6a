import type { Principal } from 'azle';
import { maximumCallId, maximumTimeoutSeconds } from './call-limits.ts';
import { markedMethodName, markerByte } from './contract.ts';
import { DurableCallError } from './errors.ts';

/** One durable call. */
export interface DurableCall {
  readonly canister: Principal;
  readonly method: string;
  /** The argument, usually Candid. */
  readonly args: Uint8Array;
  /** Cycles to attach. What the callee does not take comes back with the response. */
  readonly cycles: bigint;
  /**
   * 0: wait without limit; the response always comes, sooner or later. 1..300: after that many seconds the system
   * may answer with reject code 6 whether or not the call was executed, and its true response is then lost.
   */
  readonly timeoutSeconds: number;
  /** From {@link nextCallId}. The response carries it. */
  readonly callId: number;
}

/** azle's binding of the one-way call; azle itself uses it behind `call`. */
declare const _azleIc:
  { notifyRaw(canister: Uint8Array, method: string, args: Uint8Array, cycles: string): void } | undefined;

/**
 * Sends a call whose response goes to the canister's response handler, also when the canister was upgraded in
 * between. Returns at once; nothing can be awaited. The call leaves when the message ends, and only if the message
 * does not trap.
 *
 * @throws DurableCallError; then no call was sent.
 */
export function durableCall(call: DurableCall): void {
  requireValid(call);
  if (typeof _azleIc === 'undefined') {
    throw new DurableCallError('durable-call.not-sent', 'Durable calls work only inside an azle canister.');
  }
  try {
    // azle's public `call` with `oneway` comes to the same, but it is asynchronous: what goes wrong here would
    // end in a promise nobody waits for, and a call that was never sent would look like one that is open.
    _azleIc.notifyRaw(
      call.canister.toUint8Array(),
      markedMethodName(call.method, call.timeoutSeconds, call.callId),
      call.args,
      call.cycles.toString(),
    );
  } catch (error) {
    throw asDurableCallError(error, call);
  }
}

function requireValid({ method, cycles, timeoutSeconds, callId }: DurableCall): void {
  if (method.includes(String.fromCharCode(markerByte))) {
    throw invalidArgument('method must not contain the character U+001F');
  }
  if (cycles < 0n || cycles >= 2n ** 128n) {
    throw invalidArgument(`cycles must be in 0..2^128-1, not ${cycles}`);
  }
  if (!isIntegerBetween(timeoutSeconds, 0, maximumTimeoutSeconds)) {
    throw invalidArgument(
      `timeoutSeconds must be a whole number in 0..${maximumTimeoutSeconds}, not ${timeoutSeconds}`,
    );
  }
  if (!isIntegerBetween(callId, 1, maximumCallId)) {
    throw invalidArgument(`callId must be a whole number in 1..${maximumCallId}, not ${callId}`);
  }
}

function isIntegerBetween(value: number, lowest: number, highest: number): boolean {
  return Number.isInteger(value) && value >= lowest && value <= highest;
}

function invalidArgument(text: string): DurableCallError {
  return new DurableCallError('durable-call.invalid-argument', `${text}.`);
}

function asDurableCallError(error: unknown, { method, cycles }: DurableCall): DurableCallError {
  const { type, available, required } = error as { type?: string; available?: bigint; required?: bigint };
  if (type === 'InsufficientLiquidCycleBalance') {
    return new DurableCallError(
      'durable-call.insufficient-cycles',
      `Calling ${method} with ${cycles} cycles needs ${required ?? 0n} cycles; ${available ?? 0n} are available. Top the canister up.`,
      { cause: error },
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new DurableCallError('durable-call.not-sent', `The call of ${method} was not sent: ${reason}`, {
    cause: error,
  });
}
