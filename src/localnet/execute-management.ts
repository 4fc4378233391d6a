import type { CyclesUse } from './consumed-cycles.ts';
import { burnInFlight, flightToBalance } from './cycles-account.ts';
import { type IncomingCall, markProcessing, type StepOutcome } from './execute-request.ts';
import { reviewLowWasmMemory } from './low-wasm-memory.ts';
import { managementServices } from './management-services.ts';
import type { AttachedCycles, ManagementCall, ManagementResult } from './management/contract.ts';
import { answer } from './messages.ts';
import type { CanisterState, Responder } from './state.ts';
import type { World } from './world.ts';

/** The cycles of a management call: in flight until taken. */
class CyclesInFlight implements AttachedCycles {
  available: bigint;

  constructor(
    private readonly world: World,
    attached: bigint,
  ) {
    this.available = attached;
  }

  transferTo(canister: CanisterState, amount: bigint): void {
    this.#take(amount);
    flightToBalance(this.world.state, canister, amount);
  }

  burn(amount: bigint, payer: CanisterState, use: CyclesUse): void {
    this.#take(amount);
    burnInFlight(this.world.state, amount, { canister: payer, use });
  }

  /** Everything that is left, which then belongs to the taker. */
  takeRest(): bigint {
    const rest = this.available;
    this.available = 0n;
    return rest;
  }

  #take(amount: bigint): void {
    if (amount < 0n || amount > this.available) {
      throw new RangeError(`Cannot take ${amount} of ${this.available} attached cycles.`);
    }
    this.available -= amount;
  }
}

/** Executes a call to `aaaaa-aa`. */
export function executeManagementCall(
  world: World,
  call: IncomingCall,
  senderVersion: bigint | undefined,
): StepOutcome {
  const cycles = new CyclesInFlight(world, call.cycles);
  const managementCall: ManagementCall = {
    caller: call.caller,
    callerIsCanister: call.origin.kind === 'canister',
    callerVersion: senderVersion,
    method: call.method,
    arg: call.arg,
    deadlineNanos: call.origin.kind === 'canister' ? call.origin.deadlineNanos : 0n,
    cycles,
  };
  const result: ManagementResult =
    call.fault?.kind === 'reject'
      ? { kind: 'reject', rejection: call.fault.rejection }
      : world.management.execute(
          managementServices(world, () => responderOf(call, cycles.takeRest())),
          managementCall,
        );
  // New settings, other code, a restored snapshot: any of them may leave too little memory, or enough again.
  for (const canister of world.state.canisters.values()) reviewLowWasmMemory(world, canister);
  if (result.kind !== 'pending') answer(world, call.receiver, call.origin, result, cycles.takeRest());
  else if (call.origin.kind === 'ingress') markProcessing(world, call.origin.ingressId);
  return {
    kind: 'management',
    canisterId: call.receiver.toText(),
    method: call.method,
    outcome: result.kind === 'reject' ? 'refused' : 'committed',
    instructions: 0n,
    ...(result.kind === 'reject'
      ? { error: `${result.rejection.errorCode}: ${result.rejection.message}` }
      : {}),
  };
}

function responderOf(call: IncomingCall, refundCycles: bigint): Responder {
  const { origin } = call;
  switch (origin.kind) {
    case 'ingress':
      return { kind: 'ingress', ingressId: origin.ingressId };
    case 'canister':
      return {
        kind: 'canister',
        caller: origin.caller,
        callbackId: origin.callbackId,
        refundCycles,
        fault: origin.fault,
      };
    case 'system':
      throw new Error('The system itself does not call the management canister.');
  }
}
