import type { Principal } from '@dfinity/principal';
import { openCallContext, respond, settleCallContext } from './call-contexts.ts';
import { calledTrap, CanisterFailure, methodNotFound, rejectionOfFailure } from './canister-failure.ts';
import { burn, contextToBalance, flightToBalance, flightToContext, mint } from './cycles-account.ts';
import { type IncomingCall, markProcessing, refuse, type StepOutcome } from './execute-request.ts';
import { sendCall } from './messages.ts';
import type {
  NativeCall,
  NativeCanister,
  NativeExecution,
  NativeState,
  NativeView,
} from './native-canister.ts';
import { type CallResult, rejectionOf } from './rejection.ts';
import type { Callback, CallContext, CanisterState, ResponseMessage } from './state.ts';
import { canisterKey } from './state.ts';
import { findCanister, type World } from './world.ts';

/** The native canister at this id together with its state; undefined for any other canister. */
export function findNative(
  world: World,
  id: Principal,
): { readonly native: NativeCanister; readonly canister: CanisterState } | undefined {
  const native = world.nativeCanisters.get(canisterKey(id));
  const canister = native && findCanister(world, id);
  return native === undefined || canister === undefined ? undefined : { native, canister };
}

/** Executes a call to a native canister. */
export function executeNativeCall(
  world: World,
  native: NativeCanister,
  canister: CanisterState,
  call: IncomingCall,
): StepOutcome {
  if (call.fault?.kind === 'reject') return refuse(world, call, call.fault.rejection);
  const isUpdate = native.updates.has(call.method);
  if (!isUpdate && !native.queries.has(call.method)) {
    return refuse(world, call, rejectionOfFailure(canister.id, methodNotFound('update', call.method)));
  }
  const context = openCallContext(canister, call.origin, call.caller, call.method);
  flightToContext(world.state, context, call.cycles);
  const execution = new Execution(world, canister, context, 0n);
  const failure = attempt(() => {
    if (call.fault?.kind === 'trap') throw calledTrap(call.fault.message);
    if (isUpdate) native.update(execution, call.method, call.arg);
    else execution.reply(native.query(execution, call.method, call.arg));
  });
  if (call.origin.kind === 'ingress') markProcessing(world, call.origin.ingressId);
  finish(world, canister, context, execution, failure);
  return reportOf(isUpdate ? 'update' : 'query', canister, call.method, failure);
}

/** Delivers a response to a native canister. */
export function executeNativeResponse(
  world: World,
  native: NativeCanister,
  canister: CanisterState,
  callback: Callback,
  response: ResponseMessage,
): StepOutcome {
  const context = canister.callContexts.get(callback.callContextId);
  if (context === undefined || callback.continuation === undefined) {
    throw new Error(`Callback ${callback.id} of a native canister outlived its call context.`);
  }
  const { continuation } = callback;
  canister.callbacks.delete(callback.id);
  flightToBalance(world.state, canister, response.refundCycles);
  context.openCalls -= 1;
  const execution = new Execution(world, canister, context, response.refundCycles);
  const failure = attempt(() => {
    native.onResponse(execution, continuation, response.result);
  });
  finish(world, canister, context, execution, failure);
  return reportOf(response.result.kind, canister, callback.method, failure);
}

/** Answers a user's query. */
export function queryNative(
  world: World,
  native: NativeCanister,
  canister: CanisterState,
  call: { readonly sender: Principal; readonly method: string; readonly arg: Uint8Array },
): CallResult {
  if (!native.queries.has(call.method)) {
    const rejection = rejectionOfFailure(canister.id, methodNotFound('query', call.method));
    return { kind: 'reject', rejection };
  }
  let bytes = new Uint8Array(0);
  const failure = attempt(() => {
    bytes = Uint8Array.from(native.query(viewOf(world, canister, call.sender), call.method, call.arg));
  });
  return failure === undefined
    ? { kind: 'reply', bytes }
    : { kind: 'reject', rejection: rejectionOfFailure(canister.id, failure) };
}

function viewOf(world: World, canister: CanisterState, caller: Principal): NativeView {
  return {
    state: stateOf(canister),
    caller,
    timeNanos: world.state.timeNanos,
    subnetId: world.subnetId,
  };
}

function stateOf(canister: CanisterState): NativeState {
  if (canister.nativeState === undefined) throw new Error(`${canister.id.toText()} has lost its state.`);
  return canister.nativeState;
}

/** Runs code of a native canister. @returns why it failed; its own defects go on as they are */
function attempt(run: () => void): CanisterFailure | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof CanisterFailure) return error;
    throw error;
  }
}

/** Collects what an execution does, so that a failed one moves no cycles and sends nothing. */
class Execution implements NativeExecution {
  readonly state: NativeState;
  readonly caller: Principal;
  readonly timeNanos: bigint;
  readonly subnetId: Principal;
  availableCycles: bigint;
  acceptedCycles = 0n;
  mintedCycles = 0n;
  burnedCycles = 0n;
  response: CallResult | undefined;
  readonly calls: NativeCall[] = [];

  constructor(
    world: World,
    canister: CanisterState,
    context: CallContext,
    readonly refundedCycles: bigint,
  ) {
    const view = viewOf(world, canister, context.caller);
    this.state = view.state;
    this.caller = view.caller;
    this.timeNanos = view.timeNanos;
    this.subnetId = view.subnetId;
    this.availableCycles = context.availableCycles;
  }

  acceptCycles(amount: bigint): void {
    if (amount < 0n || amount > this.availableCycles) {
      throw new RangeError(`Cannot accept ${amount} of ${this.availableCycles} attached cycles.`);
    }
    this.availableCycles -= amount;
    this.acceptedCycles += amount;
  }

  mintCycles(amount: bigint): void {
    this.mintedCycles += amount;
  }

  burnCycles(amount: bigint): void {
    this.burnedCycles += amount;
  }

  reply(bytes: Uint8Array): void {
    this.response = { kind: 'reply', bytes: Uint8Array.from(bytes) };
  }

  reject(message: string): void {
    this.response = { kind: 'reject', rejection: rejectionOf('IC0406', message) };
  }

  call(call: NativeCall): void {
    this.calls.push(call);
  }
}

const noClosure = { tableIndex: 0, environment: 0 };

function finish(
  world: World,
  canister: CanisterState,
  context: CallContext,
  execution: Execution,
  failure: CanisterFailure | undefined,
): void {
  if (failure !== undefined) {
    context.lastFailure = rejectionOfFailure(canister.id, failure);
  } else {
    context.lastFailure = undefined;
    mint(world.state, canister, execution.mintedCycles);
    contextToBalance(world.state, context, canister, execution.acceptedCycles);
    burn(world.state, canister, execution.burnedCycles, 'burned');
    for (const call of execution.calls) {
      sendCall(world, canister, context, {
        callee: call.callee,
        calleeKey: canisterKey(call.callee),
        method: call.method,
        arg: Uint8Array.from(call.arg),
        cycles: call.cycles,
        onReply: noClosure,
        onReject: noClosure,
        onCleanup: undefined,
        deadlineNanos: undefined,
        requestFeeCycles: 0n,
        continuation: call.continuation,
      });
    }
    if (execution.response !== undefined) respond(world, canister, context, execution.response);
    canister.version += 1n;
  }
  settleCallContext(world, canister, context);
}

function reportOf(
  kind: StepOutcome['kind'],
  canister: CanisterState,
  method: string,
  failure: CanisterFailure | undefined,
): StepOutcome {
  return {
    kind,
    canisterId: canister.id.toText(),
    method,
    outcome: failure === undefined ? 'committed' : 'trapped',
    instructions: 0n,
    ...(failure === undefined ? {} : { error: `${failure.errorCode}: ${failure.description}` }),
  };
}
