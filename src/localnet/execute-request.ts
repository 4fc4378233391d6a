import type { Principal } from '@dfinity/principal';
import { openCallContext, respond, settleCallContext } from './call-contexts.ts';
import { calledTrap, methodNotFound, noModule, rejectionOfFailure } from './canister-failure.ts';
import { commitCycles, commitEffects } from './commit.ts';
import { burn, flightToContext } from './cycles-account.ts';
import type { StepReport } from './events.ts';
import { execute } from './execution/execute.ts';
import type { FaultAction } from './faults/fault-rules.ts';
import { executionFeeCycles } from './fees.ts';
import { answer } from './messages.ts';
import { type Rejection, rejectionOf } from './rejection.ts';
import { missingCycles } from './resource-usage.ts';
import type { CallerInfo, CallOrigin, CanisterState } from './state.ts';
import { findCanister, type World } from './world.ts';

/** What a step did, before the network adds its number and time. */
export type StepOutcome = Pick<
  StepReport,
  'kind' | 'canisterId' | 'method' | 'outcome' | 'instructions' | 'error'
>;

/** A call to be executed: a user's, or another canister's. */
export interface IncomingCall {
  readonly origin: CallOrigin;
  readonly caller: Principal;
  readonly callerInfo?: CallerInfo | undefined;
  readonly receiver: Principal;
  readonly method: string;
  readonly arg: Uint8Array;
  /** In flight. */
  readonly cycles: bigint;
  readonly fault: FaultAction | undefined;
}

/** Executes an update method or, as a replicated query, a query method. */
export function executeCall(world: World, call: IncomingCall): StepOutcome {
  const canister = findCanister(world, call.receiver);
  const plan = planCall(world, canister, call);
  if ('rejection' in plan) return refuse(world, call, plan.rejection);
  const context = openCallContext(plan.canister, call.origin, call.caller, call.method, call.callerInfo);
  flightToContext(world.state, context, call.cycles);
  const executed = execute(world, plan.canister, {
    mode: plan.mode,
    method: call.method,
    arg: call.arg,
    caller: call.caller,
    instructionLimit:
      call.fault?.kind === 'limitInstructions' ? call.fault.instructions : world.instructionLimits.update,
    reservedCycles: executionFeeCycles(world.instructionLimits.update),
    context,
    body: (instance) => {
      if (call.fault?.kind === 'trap') throw calledTrap(call.fault.message);
      instance.callExport(plan.exportName);
    },
  });
  const { failure, effects } = executed;
  if (failure !== undefined) {
    context.lastFailure = rejectionOfFailure(plan.canister.id, failure);
  } else if (plan.mode === 'update') {
    commitEffects(world, plan.canister, context, effects);
  } else {
    commitCycles(world, plan.canister, context, effects);
    if (effects.response !== undefined) respond(world, plan.canister, context, effects.response);
  }
  burn(world.state, plan.canister, executed.feeCycles);
  if (call.origin.kind === 'ingress') markProcessing(world, call.origin.ingressId);
  settleCallContext(world, plan.canister, context);
  return {
    kind: plan.mode === 'update' ? 'update' : 'query',
    canisterId: plan.canister.id.toText(),
    method: call.method,
    outcome: failure === undefined ? 'committed' : 'trapped',
    instructions: executed.instructions,
    ...(failure === undefined ? {} : { error: `${failure.errorCode}: ${failure.description}` }),
  };
}

interface Plan {
  readonly canister: CanisterState;
  readonly mode: 'update' | 'replicatedQuery';
  readonly exportName: string;
}

function planCall(
  world: World,
  canister: CanisterState | undefined,
  call: IncomingCall,
): Plan | { readonly rejection: Rejection } {
  const id = call.receiver.toText();
  if (call.fault?.kind === 'reject') return { rejection: call.fault.rejection };
  if (canister === undefined) return { rejection: rejectionOf('IC0301', `Canister ${id} not found.`) };
  const rejection =
    notRunning(canister) ??
    missingForExecution(canister, executionFeeCycles(world.instructionLimits.update), call.caller) ??
    tooFewCycles(canister, call);
  if (rejection !== undefined) return { rejection };
  const entry = findEntry(canister, call.method);
  return 'rejection' in entry ? entry : { canister, ...entry };
}

/** Why a canister does not execute anything at present. */
export function notRunning(canister: CanisterState): Rejection | undefined {
  if (canister.status === 'running') return undefined;
  const code = canister.status === 'stopped' ? 'IC0508' : 'IC0509';
  return rejectionOf(code, `Canister ${canister.id.toText()} is not running`);
}

/**
 * Why a canister cannot pay for something up to this amount.
 *
 * @param asker who wants it; only controllers learn how much is missing, which tells of the balance
 */
export function missingForExecution(
  canister: CanisterState,
  amount: bigint,
  asker: Principal,
): Rejection | undefined {
  const missing = missingCycles(canister, amount);
  if (missing === 0n) return undefined;
  const isController = canister.settings.controllers.some(
    (controller) => controller.compareTo(asker) === 'eq',
  );
  const advice = isController
    ? `: please top up the canister with at least ${missing} additional cycles`
    : '';
  return rejectionOf('IC0207', `Canister ${canister.id.toText()} is out of cycles${advice}`);
}

/** The setting `minimum_incoming_canister_call_cycles`: not for users and not for the canister itself. */
function tooFewCycles(canister: CanisterState, call: IncomingCall): Rejection | undefined {
  const minimum = canister.settings.minimumIncomingCallCycles;
  const applies = call.origin.kind === 'canister' && call.caller.toHex() !== canister.key;
  if (!applies || call.cycles >= minimum) return undefined;
  return rejectionOf(
    'IC0520',
    `Canister ${canister.id.toText()} requires at least ${minimum} cycles to be attached to a call, but only ${call.cycles} were.`,
  );
}

function findEntry(
  canister: CanisterState,
  method: string,
): Pick<Plan, 'mode' | 'exportName'> | { readonly rejection: Rejection } {
  const module = canister.code?.module;
  if (module === undefined) return { rejection: rejectionOfFailure(canister.id, noModule()) };
  if (module.updates.has(method)) return { mode: 'update', exportName: `canister_update ${method}` };
  if (module.queries.has(method)) return { mode: 'replicatedQuery', exportName: `canister_query ${method}` };
  if (module.compositeQueries.has(method)) {
    return { rejection: rejectionOf('IC0527', 'Composite query cannot be called in replicated mode') };
  }
  return { rejection: rejectionOfFailure(canister.id, methodNotFound('update', method)) };
}

/** Answers a call without executing anything. */
export function refuse(world: World, call: IncomingCall, rejection: Rejection): StepOutcome {
  answer(world, call.receiver, call.origin, { kind: 'reject', rejection }, call.cycles);
  return {
    kind: 'refused',
    canisterId: call.receiver.toText(),
    method: call.method,
    outcome: 'refused',
    instructions: 0n,
    error: `${rejection.errorCode}: ${rejection.message}`,
  };
}

/** A user's call has begun and its answer is still to come. */
export function markProcessing(world: World, ingressId: number): void {
  const record = world.state.ingress.get(ingressId);
  if (record?.status.status !== 'received') return;
  world.state.ingress.set(ingressId, { ...record, status: { status: 'processing' } });
}
