import type { Principal } from '@dfinity/principal';
import { CanisterFailure, noModule, rejectionOfFailure } from './canister-failure.ts';
import { isManagementCanister } from './canister-ids.ts';
import { asCharged } from './charge-for-time.ts';
import { burn } from './cycles-account.ts';
import { missingForExecution, notRunning } from './execute-request.ts';
import { execute } from './execution/execute.ts';
import { faultFor } from './faults/match-fault.ts';
import { ingressFeeCycles } from './fees.ts';
import { findRequest, rememberRequest } from './ingress-history.ts';
import { nanosPerMillisecond } from './limits.ts';
import { servicesBetweenSteps } from './management-services.ts';
import { CallRejectedError, type Rejection, rejectionOf } from './rejection.ts';
import type { CallerInfo, CanisterState, IngressId } from './state.ts';
import { findCanister, type World } from './world.ts';

/** A user's update call. */
export interface UpdateCall {
  readonly sender: Principal;
  readonly canisterId: Principal;
  readonly method: string;
  /** Candid-encoded. */
  readonly arg: Uint8Array;
  /** What a canister attests about the sender. Verified by whoever hands the call in. */
  readonly senderInfo?: CallerInfo | undefined;
  /** The canister a management call concerns; by default read from its argument. */
  readonly effectiveCanisterId?: Principal;
  /** Identifies the call to whoever sent it: a second submission with the same id changes nothing. */
  readonly requestId?: Uint8Array;
  /**
   * After this the call does not begin any more, and its request id may be forgotten. Nanoseconds since 1970.
   * Default: it never expires, and its request id is forgotten with its answer.
   */
  readonly expiryNanos?: bigint;
}

const inspectHook = 'canister_inspect_message';
/** Largest message of a user. */
const maximumIngressBytes = 2 * 1_048_576;

/**
 * Accepts a user's update call into the queue, or finds the one with the same request id.
 *
 * @param ahead deliver it before everything that waits
 * @throws CallRejectedError when the call is refused before it is accepted
 */
export function submitIngress(world: World, call: UpdateCall, ahead: boolean): IngressId {
  const known = call.requestId === undefined ? undefined : findRequest(world.state, call.requestId);
  if (known !== undefined) return known;
  const bytes = call.arg.length + Buffer.byteLength(call.method);
  const payer = admit(world, call);
  if (payer !== undefined) {
    const fee = ingressFeeCycles(bytes);
    const missing = missingForExecution(asCharged(world, payer), fee, call.sender);
    if (missing !== undefined) throw new CallRejectedError(missing);
    burn(world.state, payer, fee, 'ingressInduction');
  }
  const { state } = world;
  const ingressId = state.nextIngressId;
  state.nextIngressId += 1;
  const fault = faultFor(world, call.sender, call.canisterId, call.method);
  state.ingress.set(ingressId, {
    sender: call.sender,
    receiver: call.canisterId,
    effectiveCanisterId: call.effectiveCanisterId ?? call.canisterId,
    method: call.method,
    requestId: call.requestId?.slice(),
    expiryNanos: call.expiryNanos,
    answeredAtNanos: undefined,
    status: { status: 'received' },
  });
  if (call.requestId !== undefined) rememberRequest(state, call.requestId, ingressId);
  const sequence = state.nextSequenceNumber;
  state.nextSequenceNumber += 1;
  state.messages.set(sequence, {
    kind: 'ingress',
    sequence,
    ingressId,
    sender: call.sender,
    callerInfo: call.senderInfo,
    receiver: call.canisterId,
    method: call.method,
    arg: call.arg.slice(),
    ahead,
    heldUntilNanos:
      fault?.kind === 'delay'
        ? state.timeNanos + BigInt(fault.milliseconds) * nanosPerMillisecond
        : undefined,
    fault,
  });
  state.roundRequested = true;
  world.emit({
    event: 'ingressReceived',
    step: state.executedSteps,
    ingressId,
    sender: call.sender.toText(),
    canisterId: call.canisterId.toText(),
    method: call.method,
  });
  return ingressId;
}

/** @returns who pays for receiving the call. @throws CallRejectedError */
function admit(world: World, call: UpdateCall): CanisterState | undefined {
  const tooMuch = tooLarge(call);
  if (tooMuch !== undefined) throw new CallRejectedError(tooMuch);
  if (isManagementCanister(call.canisterId)) {
    const checked = world.management.checkIngress(servicesBetweenSteps(world), {
      sender: call.sender,
      method: call.method,
      arg: call.arg,
      effectiveCanisterId: call.effectiveCanisterId,
    });
    if ('rejection' in checked) throw new CallRejectedError(checked.rejection);
    // What was checked may be a picture of the canister.
    return checked.payer && findCanister(world, checked.payer.id);
  }
  const canister = findCanister(world, call.canisterId);
  if (canister === undefined) {
    throw new CallRejectedError(rejectionOf('IC0301', `Canister ${call.canisterId.toText()} not found.`));
  }
  if (canister.nativeState !== undefined) return undefined;
  const refusal = notRunning(canister) ?? inspect(world, asCharged(world, canister), call);
  if (refusal !== undefined) throw new CallRejectedError(refusal);
  return canister;
}

function tooLarge(call: UpdateCall): Rejection | undefined {
  if (call.arg.length <= maximumIngressBytes) return undefined;
  return rejectionOf(
    'IC0408',
    `Ingress message of ${call.arg.length} bytes is larger than ${maximumIngressBytes} bytes; send less or in parts.`,
  );
}

/** Asks the canister itself, if it wants to be asked. */
function inspect(world: World, canister: CanisterState, call: UpdateCall): Rejection | undefined {
  if (canister.code === undefined) return rejectionOfFailure(canister.id, noModule());
  const frozen = missingForExecution(canister, 0n, call.sender);
  if (frozen !== undefined) return frozen;
  if (!canister.code.module.hooks.has(inspectHook)) return undefined;
  const { failure, effects } = execute(world, canister, {
    mode: 'inspectMessage',
    method: call.method,
    arg: call.arg,
    caller: call.sender,
    callerInfo: call.senderInfo,
    instructionLimit: world.instructionLimits.inspectMessage,
    reservedCycles: 0n,
    context: undefined,
    body: (instance) => {
      instance.callExport(inspectHook);
    },
  });
  if (failure !== undefined) return rejectionOfFailure(canister.id, failure);
  if (effects.accepted) return undefined;
  return rejectionOfFailure(canister.id, new CanisterFailure('IC0406', 'Canister rejected the message'));
}
