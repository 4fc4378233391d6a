import { Principal } from '@dfinity/principal';
import { isManagementCanister, managementCanisterId } from './canister-ids.ts';
import { balanceToFlight, burn, burnInFlight, flightToBalance } from './cycles-account.ts';
import { describeResult } from './events.ts';
import type { OutgoingCall } from './execution/execution.ts';
import { faultFor } from './faults/match-fault.ts';
import type { FaultAction } from './faults/fault-rules.ts';
import { executionFeeCycles, prepaidResponseCycles } from './fees.ts';
import { nanosPerMillisecond } from './limits.ts';
import { type CallResult, messageSeenByUsers, type Rejection, rejectionOf } from './rejection.ts';
import type {
  CallContext,
  CallOrigin,
  CanisterState,
  RequestMessage,
  Responder,
  ResponseMessage,
} from './state.ts';
import { findCanister, type World } from './world.ts';

/** What a bounded-wait caller learns when the system gives up on the answer. */
export const deadlineExpired: Rejection = rejectionOf('IC0601', 'Call deadline has expired.');

function rejected(rejection: Rejection): CallResult {
  return { kind: 'reject', rejection };
}

function nextSequence(world: World): number {
  const sequence = world.state.nextSequenceNumber;
  world.state.nextSequenceNumber += 1;
  return sequence;
}

function after(world: World, milliseconds: number): bigint {
  return world.state.timeNanos + BigInt(milliseconds) * nanosPerMillisecond;
}

/** Sends a call that a successful execution made: takes its cycles, remembers the callback, queues the request. */
export function sendCall(
  world: World,
  caller: CanisterState,
  context: CallContext,
  call: OutgoingCall,
): void {
  const { state } = world;
  // Native canisters execute for nothing, so they prepay nothing.
  const isFree = caller.nativeState !== undefined;
  const prepaidExecutionCycles = isFree ? 0n : executionFeeCycles(world.instructionLimits.update);
  const prepaidTransmissionCycles = isFree ? 0n : prepaidResponseCycles;
  burn(state, caller, call.requestFeeCycles, 'transmission');
  balanceToFlight(state, caller, call.cycles + prepaidExecutionCycles + prepaidTransmissionCycles);
  const callbackId = caller.nextCallbackId;
  caller.nextCallbackId += 1;
  context.openCalls += 1;
  const fault = faultFor(world, caller.id, call.callee, call.method);
  caller.callbacks.set(callbackId, {
    id: callbackId,
    callContextId: context.id,
    callee: call.callee,
    calleeKey: call.calleeKey,
    method: call.method,
    onReply: call.onReply,
    onReject: call.onReject,
    onCleanup: call.onCleanup,
    prepaidExecutionCycles,
    prepaidTransmissionCycles,
    deadlineNanos: call.deadlineNanos,
    responseEnqueued: false,
    trapWith: fault?.kind === 'trapCallback' ? fault.message : undefined,
    instructionLimit: fault?.kind === 'limitCallback' ? fault.instructions : undefined,
    ...(call.continuation && { continuation: call.continuation }),
  });
  world.emit({
    event: 'callSent',
    step: state.executedSteps,
    caller: caller.id.toText(),
    callee: call.callee.toText(),
    method: call.method,
    callbackId,
    cycles: call.cycles,
    deadlineNanos: call.deadlineNanos,
  });
  const request: RequestMessage = {
    kind: 'request',
    sequence: nextSequence(world),
    sender: caller.id,
    receiver: receiverOf(world, call.callee),
    callbackId,
    method: call.method,
    arg: call.arg,
    cycles: call.cycles,
    senderVersion: caller.version,
    sentAtNanos: state.timeNanos,
    deadlineNanos: call.deadlineNanos,
    place: 'inputQueue',
    outlivesDeadline: false,
    heldUntilNanos: undefined,
    fault,
  };
  queueRequest(world, request, fault);
}

/** The subnet's id names its management canister as well. Source: IC interface spec, 'The IC management canister'. */
function receiverOf(world: World, callee: Principal): Principal {
  return callee.compareTo(world.subnetId) === 'eq' ? managementCanisterId : callee;
}

function queueRequest(world: World, request: RequestMessage, fault: FaultAction | undefined): void {
  const queue = (message: RequestMessage): void => {
    world.state.messages.set(message.sequence, message);
  };
  switch (fault?.kind) {
    case 'dropBeforeExecution':
      refundQuietly(world, request.sender, request.cycles);
      sendResponse(world, originOf(request), request.receiver, rejected(deadlineExpired), 0n);
      return;
    case 'applyLater':
      sendResponse(world, originOf(request), request.receiver, rejected(deadlineExpired), 0n);
      queue({ ...request, heldUntilNanos: after(world, fault.milliseconds), outlivesDeadline: true });
      return;
    case 'delay':
      queue({
        ...request,
        heldUntilNanos: after(world, fault.milliseconds),
        place: fault.place ?? 'inputQueue',
      });
      return;
    default: {
      const refusal = inductionRefusal(world, request.receiver);
      if (refusal === undefined) queue(request);
      else sendResponse(world, originOf(request), request.receiver, rejected(refusal), request.cycles);
    }
  }
}

/** Why a request does not even enter the receiver's input queue. */
export function inductionRefusal(world: World, receiver: Principal): Rejection | undefined {
  if (isManagementCanister(receiver)) return undefined;
  const callee = findCanister(world, receiver);
  const id = receiver.toText();
  if (callee === undefined) return rejectionOf('IC0301', `Canister ${id} not found.`);
  if (callee.status === 'stopping') return rejectionOf('IC0509', `Canister ${id} is stopping`);
  return callee.status === 'stopped' ? rejectionOf('IC0508', `Canister ${id} is stopped`) : undefined;
}

/** The call a request opens, as the receiver will answer it. */
export function originOf(request: RequestMessage): CallOrigin & { kind: 'canister' } {
  return {
    kind: 'canister',
    caller: request.sender,
    callbackId: request.callbackId,
    deadlineNanos: request.deadlineNanos ?? 0n,
    fault: request.fault,
  };
}

/** Gives cycles back without a callback: the caller's balance grows, or they burn with a deleted caller. */
export function refundQuietly(world: World, owner: Principal, cycles: bigint): void {
  const canister = findCanister(world, owner);
  if (canister === undefined) burnInFlight(world.state, cycles);
  else flightToBalance(world.state, canister, cycles);
}

/** Answers a user or a canister. `refundCycles` must be in flight already. */
export function answer(
  world: World,
  callee: Principal,
  to: CallOrigin | Responder,
  result: CallResult,
  refundCycles: bigint,
): void {
  if (to.kind === 'ingress') answerIngress(world, to.ingressId, result);
  if (to.kind === 'canister') {
    if (to.fault?.kind === 'dropReply') {
      refundQuietly(world, to.caller, refundCycles);
      sendResponse(world, to, callee, rejected(deadlineExpired), 0n);
    } else {
      sendResponse(world, to, callee, result, refundCycles);
    }
  }
}

function answerIngress(world: World, ingressId: number, result: CallResult): void {
  const record = world.state.ingress.get(ingressId);
  if (record === undefined) throw new Error(`No ingress message has the id ${ingressId}.`);
  world.state.ingress.set(ingressId, {
    ...record,
    answeredAtNanos: world.state.timeNanos,
    status:
      result.kind === 'reply'
        ? { status: 'replied', reply: result.bytes }
        : { status: 'rejected', ...result.rejection, message: messageSeenByUsers(result.rejection.message) },
  });
  world.emit({
    event: 'ingressAnswered',
    step: world.state.executedSteps,
    ingressId,
    result: describeResult(result),
  });
}

interface ResponseAddress {
  readonly caller: Principal;
  readonly callbackId: number;
  readonly fault: FaultAction | undefined;
}

/** Puts a response on its way, unless the caller was answered already: then only the refund goes home. */
export function sendResponse(
  world: World,
  to: ResponseAddress,
  callee: Principal,
  result: CallResult,
  refundCycles: bigint,
): void {
  const described = {
    step: world.state.executedSteps,
    callee: callee.toText(),
    caller: to.caller.toText(),
    callbackId: to.callbackId,
    result: describeResult(result),
    refundCycles,
  };
  const callback = findCanister(world, to.caller)?.callbacks.get(to.callbackId);
  if (callback === undefined || callback.responseEnqueued) {
    refundQuietly(world, to.caller, refundCycles);
    world.emit({ event: 'lateResponse', ...described });
    return;
  }
  const heldUntilNanos = to.fault?.kind === 'delayReply' ? after(world, to.fault.milliseconds) : undefined;
  // A response on a slow way does not stop the deadline, one in the caller's queue does.
  callback.responseEnqueued = heldUntilNanos === undefined;
  const response: ResponseMessage = {
    kind: 'response',
    sequence: nextSequence(world),
    sender: callee,
    receiver: to.caller,
    callbackId: to.callbackId,
    result,
    refundCycles,
    heldUntilNanos,
    fault: undefined,
  };
  world.state.messages.set(response.sequence, response);
  world.emit({ event: 'responseSent', ...described });
}
