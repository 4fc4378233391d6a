import { openCallContext, settleCallContext } from './call-contexts.ts';
import { managementCanisterId } from './canister-ids.ts';
import { commitEffects } from './commit.ts';
import { burn } from './cycles-account.ts';
import { execute } from './execution/execute.ts';
import type { StepOutcome } from './execute-request.ts';
import { executionFeeCycles } from './fees.ts';
import { missingCycles } from './resource-usage.ts';
import type { CanisterState, SystemTask } from './state.ts';
import type { World } from './world.ts';

const exportOfTask = {
  heartbeat: 'canister_heartbeat',
  globalTimer: 'canister_global_timer',
  lowWasmMemory: 'canister_on_low_wasm_memory',
} as const;
const nothing = new Uint8Array(0);

/** Whether a canister's timer has come and can fire now. */
export function isTimerDue(world: World, canister: CanisterState): boolean {
  const timer = canister.code?.globalTimerNanos ?? 0n;
  return timer !== 0n && timer <= world.state.timeNanos && canRunTasks(world, canister);
}

export function hasHeartbeat(canister: CanisterState): boolean {
  return canister.code?.module.hooks.has(exportOfTask.heartbeat) ?? false;
}

/** Timers and heartbeats wait while a canister is not running or frozen. */
export function canRunTasks(world: World, canister: CanisterState): boolean {
  return (
    canister.status === 'running' &&
    missingCycles(canister, executionFeeCycles(world.instructionLimits.update)) === 0n
  );
}

/** Runs a timer, a heartbeat or the hook for low memory. @returns undefined when it is not due any more */
export function executeSystemTask(world: World, task: SystemTask): StepOutcome | undefined {
  const canister = world.state.canisters.get(task.canister);
  if (canister?.code === undefined || !canRunTasks(world, canister)) return undefined;
  if (task.kind === 'globalTimer' && !isTimerDue(world, canister)) return undefined;
  if (task.kind === 'heartbeat' && !hasHeartbeat(canister)) return undefined;
  if (task.kind === 'lowWasmMemory' && canister.lowWasmMemoryHook !== 'ready') return undefined;
  const exportName = exportOfTask[task.kind];
  // Before the callback runs and whatever becomes of it.
  if (task.kind === 'globalTimer') canister.code.globalTimerNanos = 0n;
  if (task.kind === 'lowWasmMemory') canister.lowWasmMemoryHook = 'executed';
  if (!canister.code.module.hooks.has(exportName)) return undefined;
  const context = openCallContext(canister, { kind: 'system' }, managementCanisterId, exportName);
  const executed = execute(world, canister, {
    mode: task.kind,
    method: exportName,
    arg: nothing,
    caller: managementCanisterId,
    instructionLimit: world.instructionLimits.update,
    reservedCycles: executionFeeCycles(world.instructionLimits.update),
    context,
    body: (instance) => {
      instance.callExport(exportName);
    },
  });
  const { failure } = executed;
  if (failure === undefined) commitEffects(world, canister, context, executed.effects);
  burn(world.state, canister, executed.feeCycles);
  settleCallContext(world, canister, context);
  return {
    kind: task.kind,
    canisterId: canister.id.toText(),
    method: exportName,
    outcome: failure === undefined ? 'committed' : 'trapped',
    instructions: executed.instructions,
    ...(failure === undefined ? {} : { error: `${failure.errorCode}: ${failure.description}` }),
  };
}
