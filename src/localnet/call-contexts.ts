import type { Principal } from '@dfinity/principal';
import { contextToFlight } from './cycles-account.ts';
import { answer } from './messages.ts';
import { type CallResult, rejectionOf } from './rejection.ts';
import type { CallContext, CallerInfo, CallOrigin, CanisterState } from './state.ts';
import { completeStopIfIdle } from './stopping.ts';
import type { World } from './world.ts';

/** Opens the context in which a message and all its callbacks run. */
export function openCallContext(
  canister: CanisterState,
  origin: CallOrigin,
  caller: Principal,
  method: string,
  callerInfo?: CallerInfo,
): CallContext {
  const context: CallContext = {
    id: canister.nextCallContextId,
    origin,
    caller,
    callerInfo,
    method,
    // Nobody waits for a timer or a heartbeat.
    responded: origin.kind === 'system',
    deleted: false,
    availableCycles: 0n,
    openCalls: 0,
    instructionsUsed: 0n,
    lastFailure: undefined,
  };
  canister.nextCallContextId += 1;
  canister.callContexts.set(context.id, context);
  return context;
}

/** Answers the context's caller and refunds what was not accepted. */
export function respond(
  world: World,
  canister: CanisterState,
  context: CallContext,
  result: CallResult,
): void {
  context.responded = true;
  answer(world, canister.id, context.origin, result, contextToFlight(world.state, context));
}

/**
 * Closes a context in which nothing can happen any more, after answering a caller that would wait for ever;
 * then completes a stop that waited for it.
 */
export function settleCallContext(world: World, canister: CanisterState, context: CallContext): void {
  if (context.openCalls > 0) return;
  if (!context.responded) {
    const didNotReply = rejectionOf('IC0506', `Canister ${canister.id.toText()} did not reply to the call`);
    respond(world, canister, context, { kind: 'reject', rejection: context.lastFailure ?? didNotReply });
  }
  canister.callContexts.delete(context.id);
  completeStopIfIdle(world, canister);
}

/** The code is gone: every open call is rejected, and later responses only bring refunds home. */
export function deleteCallContexts(world: World, canister: CanisterState): void {
  for (const context of [...canister.callContexts.values()]) {
    if (!context.responded) {
      const rejection = rejectionOf('IC0406', 'Canister has been uninstalled.');
      respond(world, canister, context, { kind: 'reject', rejection });
    }
    context.deleted = true;
    settleCallContext(world, canister, context);
  }
}
