import { calledTrap, combineFailures, rejectionOfFailure } from './canister-failure.ts';
import { settleCallContext } from './call-contexts.ts';
import { commitEffects } from './commit.ts';
import { burnInFlight, flightToBalance } from './cycles-account.ts';
import { executeNativeResponse, findNative } from './execute-native.ts';
import { executionBaseFeeCycles, executionFeeCycles, responseFeeCycles } from './fees.ts';
import { type Executed, execute } from './execution/execute.ts';
import type { StepOutcome } from './execute-request.ts';
import { refundQuietly } from './messages.ts';
import { messageSeenByCanisters } from './rejection.ts';
import type { Callback, CallContext, CanisterState, ResponseMessage } from './state.ts';
import { findCanister, type World } from './world.ts';

const nothing = new Uint8Array(0);
const percentReservedForCleanup = 5n;

/** Delivers a response: refunds first, then the callback and, if it fails, its cleanup. */
export function executeResponse(world: World, response: ResponseMessage): StepOutcome {
  const canister = findCanister(world, response.receiver);
  const callback = canister?.callbacks.get(response.callbackId);
  if (canister === undefined || callback === undefined) {
    refundQuietly(world, response.receiver, response.refundCycles);
    return reportLate(response, '');
  }
  const native = findNative(world, canister.id);
  if (native !== undefined) {
    return executeNativeResponse(world, native.native, canister, callback, response);
  }
  canister.callbacks.delete(callback.id);
  flightToBalance(world.state, canister, response.refundCycles);
  settleTransmission(world, canister, callback, response);
  const context = canister.callContexts.get(callback.callContextId);
  if (context === undefined) throw new Error(`Callback ${callback.id} outlived its call context.`);
  context.openCalls -= 1;
  if (context.deleted || canister.code === undefined) {
    settlePrepaidExecution(world, canister, callback, executionBaseFeeCycles);
    settleCallContext(world, canister, context);
    return reportLate(response, callback.method);
  }
  const executed = executeCallback(world, canister, context, callback, response);
  if (executed.failure === undefined) commitEffects(world, canister, context, executed.effects);
  const cleanup =
    executed.failure === undefined
      ? undefined
      : executeCleanup(world, canister, context, callback, response, executed.instructions);
  const failure = executed.failure && combineFailures(executed.failure, cleanup?.failure);
  if (failure !== undefined) context.lastFailure = rejectionOfFailure(canister.id, failure);
  const feeCycles =
    cleanup === undefined
      ? executed.feeCycles
      : executionFeeCycles(executed.instructions + cleanup.instructions);
  settlePrepaidExecution(world, canister, callback, feeCycles);
  settleCallContext(world, canister, context);
  return {
    kind: response.result.kind,
    canisterId: canister.id.toText(),
    method: callback.method,
    outcome: failure === undefined ? 'committed' : 'trapped',
    instructions: executed.instructions + (cleanup?.instructions ?? 0n),
    ...(failure === undefined ? {} : { error: `${failure.errorCode}: ${failure.description}` }),
  };
}

function executeCallback(
  world: World,
  canister: CanisterState,
  context: CallContext,
  callback: Callback,
  response: ResponseMessage,
): Executed {
  const { result } = response;
  const closure = result.kind === 'reply' ? callback.onReply : callback.onReject;
  return execute(world, canister, {
    mode: result.kind,
    method: callback.method,
    arg: result.kind === 'reply' ? result.bytes : nothing,
    caller: context.caller,
    instructionLimit: callbackInstructionLimit(world, callback),
    reservedCycles: 0n,
    context,
    rejection: result.kind === 'reject' ? result.rejection : undefined,
    refundedCycles: response.refundCycles,
    body: (instance) => {
      if (callback.trapWith !== undefined) throw calledTrap(callback.trapWith);
      instance.callTable(closure.tableIndex, closure.environment);
    },
  });
}

/**
 * A callback leaves something for a cleanup, also where there is none: together they may use what one message may.
 * Source: dfinity/ic `execution/response.rs`, `reserve_cleanup_instructions`.
 */
function callbackInstructionLimit({ instructionLimits }: World, { instructionLimit }: Callback): bigint {
  const reserved = (instructionLimits.update * percentReservedForCleanup) / 100n;
  const limit = instructionLimits.update - reserved;
  return instructionLimit === undefined ? limit : smaller(instructionLimit, limit);
}

/** @param usedInstructions - by the callback */
function executeCleanup(
  world: World,
  canister: CanisterState,
  context: CallContext,
  callback: Callback,
  response: ResponseMessage,
  usedInstructions: bigint,
): Executed | undefined {
  const closure = callback.onCleanup;
  if (closure === undefined) return undefined;
  const cleanup = execute(world, canister, {
    mode: 'cleanup',
    method: callback.method,
    arg: nothing,
    caller: context.caller,
    instructionLimit: world.instructionLimits.update - usedInstructions,
    reservedCycles: 0n,
    context,
    rejection: response.result.kind === 'reject' ? response.result.rejection : undefined,
    body: (instance) => {
      instance.callTable(closure.tableIndex, closure.environment);
    },
  });
  if (cleanup.failure === undefined) commitEffects(world, canister, context, cleanup.effects);
  return cleanup;
}

/** Keeps the price of the bytes that came; the rest of what was prepaid for the largest response goes back. */
function settleTransmission(
  world: World,
  canister: CanisterState,
  callback: Callback,
  { result }: ResponseMessage,
): void {
  const bytes =
    result.kind === 'reply'
      ? result.bytes.length
      : Buffer.byteLength(messageSeenByCanisters(result.rejection));
  const fee = smaller(responseFeeCycles(bytes), callback.prepaidTransmissionCycles);
  burnInFlight(world.state, fee, { canister, use: 'transmission' });
  flightToBalance(world.state, canister, callback.prepaidTransmissionCycles - fee);
}

/** What the pages cost that a cleanup wrote may be beyond what was prepaid: the network bears it. */
function settlePrepaidExecution(
  world: World,
  canister: CanisterState,
  callback: Callback,
  feeCycles: bigint,
): void {
  const fee = smaller(feeCycles, callback.prepaidExecutionCycles);
  burnInFlight(world.state, fee, { canister, use: 'instructions' });
  flightToBalance(world.state, canister, callback.prepaidExecutionCycles - fee);
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function reportLate(response: ResponseMessage, method: string): StepOutcome {
  return {
    kind: 'late',
    canisterId: response.receiver.toText(),
    method,
    outcome: 'committed',
    instructions: 0n,
  };
}
