import { isManagementCanister } from './canister-ids.ts';
import { httpOutcallTimeouts, timeOutHttpOutcalls } from './http-outcall-answers.ts';
import { deadlineExpired, originOf, refundQuietly, sendResponse } from './messages.ts';
import { nanosPerSecond, requestLifetimeNanos } from './limits.ts';
import { rejectionOf } from './rejection.ts';
import type { Callback, CanisterState, RequestMessage } from './state.ts';
import { timeOutStops } from './stopping.ts';
import type { World } from './world.ts';

/*
 * How waiting ends. Source: dfinity/ic `rs/replicated_state/src/canister_state/{queues.rs,queues/message_pool.rs,
 * system_state.rs}`. Deadlines are whole seconds; one has passed once the current whole second is beyond it.
 */

/** Gives up what waited too long. Looks only when a new second has begun, as a replica looks once a round. */
export function expireDeadlines(world: World): void {
  const { state } = world;
  const second = state.timeNanos / nanosPerSecond;
  timeOutStops(world);
  timeOutHttpOutcalls(world);
  if (second <= state.deadlinesCheckedAtSecond) return;
  state.deadlinesCheckedAtSecond = second;
  for (const message of [...state.messages.values()]) {
    if (message.kind === 'request') expireRequest(world, message);
  }
  for (const canister of state.canisters.values()) {
    for (const callback of canister.callbacks.values()) expireCallback(world, canister, callback);
  }
}

function hasPassed(world: World, deadlineNanos: bigint): boolean {
  return deadlineNanos / nanosPerSecond < world.state.timeNanos / nanosPerSecond;
}

/** When a waiting request is given up; undefined: never. */
function giveUpTimeOf(request: RequestMessage): bigint | undefined {
  if (request.outlivesDeadline) return undefined;
  if (request.place === 'outputQueue') {
    return request.deadlineNanos ?? request.sentAtNanos + requestLifetimeNanos;
  }
  // The input queues of the subnet itself are not timed out: such a call is executed however late.
  return isManagementCanister(request.receiver) ? undefined : request.deadlineNanos;
}

function expireRequest(world: World, request: RequestMessage): void {
  const giveUpTime = giveUpTimeOf(request);
  if (giveUpTime === undefined || !hasPassed(world, giveUpTime)) return;
  world.state.messages.delete(request.sequence);
  world.emit({
    event: 'requestDropped',
    step: world.state.executedSteps,
    caller: request.sender.toText(),
    callee: request.receiver.toText(),
    method: request.method,
    callbackId: request.callbackId,
  });
  if (request.place === 'outputQueue') {
    const rejection = rejectionOf('IC0201', 'Request timed out.');
    sendResponse(world, originOf(request), request.receiver, { kind: 'reject', rejection }, request.cycles);
  } else {
    // The caller hears of it only through its own deadline.
    refundQuietly(world, request.sender, request.cycles);
  }
}

function expireCallback(world: World, canister: CanisterState, callback: Callback): void {
  if (callback.deadlineNanos === undefined || callback.responseEnqueued) return;
  if (!hasPassed(world, callback.deadlineNanos)) return;
  world.emit({
    event: 'callExpired',
    step: world.state.executedSteps,
    caller: canister.id.toText(),
    callee: callback.callee.toText(),
    method: callback.method,
    callbackId: callback.id,
  });
  const to = { caller: canister.id, callbackId: callback.id, fault: undefined };
  sendResponse(world, to, callback.callee, { kind: 'reject', rejection: deadlineExpired }, 0n);
}

/** The earliest future time at which {@link expireDeadlines} will find something. */
export function* deadlineTimes(world: World): Generator<bigint> {
  yield* httpOutcallTimeouts(world);
  for (const message of world.state.messages.values()) {
    if (message.kind !== 'request') continue;
    const giveUpTime = giveUpTimeOf(message);
    if (giveUpTime !== undefined) yield firstInstantAfter(giveUpTime);
  }
  for (const canister of world.state.canisters.values()) {
    for (const stop of canister.pendingStops) yield stop.deadlineNanos;
    for (const callback of canister.callbacks.values()) {
      if (callback.deadlineNanos !== undefined && !callback.responseEnqueued) {
        yield firstInstantAfter(callback.deadlineNanos);
      }
    }
  }
}

function firstInstantAfter(deadlineNanos: bigint): bigint {
  return (deadlineNanos / nanosPerSecond + 1n) * nanosPerSecond;
}
