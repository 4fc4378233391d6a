import { burn, contextToBalance } from './cycles-account.ts';
import { respond } from './call-contexts.ts';
import type { ExecutionEffects } from './execution/execution.ts';
import { reviewLowWasmMemory } from './low-wasm-memory.ts';
import { sendCall } from './messages.ts';
import type { CallContext, CanisterState } from './state.ts';
import type { World } from './world.ts';

/** Makes the effects of a successful execution part of the state; its memories are committed already. */
export function commitEffects(
  world: World,
  canister: CanisterState,
  context: CallContext | undefined,
  effects: ExecutionEffects,
): void {
  commitCycles(world, canister, context, effects);
  if (canister.code !== undefined) {
    canister.code.globalTimerNanos = effects.globalTimerNanos ?? canister.code.globalTimerNanos;
    canister.code.certifiedData = effects.certifiedData ?? canister.code.certifiedData;
  }
  if (context !== undefined) {
    context.lastFailure = undefined;
    for (const call of effects.calls) sendCall(world, canister, context, call);
    if (effects.response !== undefined) respond(world, canister, context, effects.response);
  }
  reviewLowWasmMemory(world, canister);
  // After the calls: what they carry is the version the code saw.
  canister.version += 1n;
}

/** The part of the effects that also a replicated query keeps. */
export function commitCycles(
  world: World,
  canister: CanisterState,
  context: CallContext | undefined,
  effects: ExecutionEffects,
): void {
  if (context !== undefined) contextToBalance(world.state, context, canister, effects.acceptedCycles);
  burn(world.state, canister, effects.burnedCycles, 'burned');
}
