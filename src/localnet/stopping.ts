import { answer } from './messages.ts';
import { managementCanisterId } from './canister-ids.ts';
import { type CallResult, rejectionOf } from './rejection.ts';
import type { CanisterState, PendingStop } from './state.ts';
import type { World } from './world.ts';

/** Candid `()`. */
const emptyCandid: CallResult = {
  kind: 'reply',
  bytes: Uint8Array.from([0x44, 0x49, 0x44, 0x4c, 0, 0]),
};

function answerStop(world: World, { responder }: PendingStop, result: CallResult): void {
  const refund = responder.kind === 'canister' ? responder.refundCycles : 0n;
  answer(world, managementCanisterId, responder, result, refund);
}

/** A stopping canister without open calls has stopped: tells everybody who asked for it. */
export function completeStopIfIdle(world: World, canister: CanisterState): void {
  if (canister.status !== 'stopping' || canister.callContexts.size > 0) return;
  canister.status = 'stopped';
  canister.version += 1n;
  world.emit({
    event: 'canisterStopped',
    step: world.state.executedSteps,
    canisterId: canister.id.toText(),
  });
  confirmStops(world, canister);
}

/** Tells everybody who waits that the canister is stopped. */
export function confirmStops(world: World, canister: CanisterState): void {
  const waiting = canister.pendingStops;
  canister.pendingStops = [];
  for (const stop of waiting) answerStop(world, stop, emptyCandid);
}

/** A start cancels the stops that have not been completed. */
export function cancelStops(world: World, canister: CanisterState): void {
  const waiting = canister.pendingStops;
  canister.pendingStops = [];
  const rejection = rejectionOf('IC0511', `Canister ${canister.id.toText()}'s stop request cancelled`);
  for (const stop of waiting) answerStop(world, stop, { kind: 'reject', rejection });
}

/** Answers stop requests that waited too long; the canister stays stopping. */
export function timeOutStops(world: World): void {
  for (const canister of world.state.canisters.values()) {
    const due = canister.pendingStops.filter((stop) => stop.deadlineNanos <= world.state.timeNanos);
    if (due.length === 0) continue;
    canister.pendingStops = canister.pendingStops.filter((stop) => !due.includes(stop));
    const rejection = rejectionOf('IC0206', 'Stop canister request timed out');
    for (const stop of due) answerStop(world, stop, { kind: 'reject', rejection });
  }
}
