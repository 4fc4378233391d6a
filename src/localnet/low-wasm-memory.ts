import type { CanisterState } from './state.ts';
import type { World } from './world.ts';

/** A 32-bit heap cannot grow beyond this. */
const largestHeapBytes = 4_294_967_296n;

/**
 * Looks whether a canister's heap came close to its limit, and if so has `canister_on_low_wasm_memory` run next:
 * once until there is enough memory again.
 *
 * Source: IC interface spec, 'On Low Wasm Memory'; dfinity/ic `is_low_wasm_memory_hook_condition_satisfied`.
 */
export function reviewLowWasmMemory(world: World, canister: CanisterState): void {
  if (!isWasmMemoryLow(canister)) {
    canister.lowWasmMemoryHook = 'conditionNotSatisfied';
  } else if (canister.lowWasmMemoryHook === 'conditionNotSatisfied') {
    canister.lowWasmMemoryHook = 'ready';
    // Before everything else the canister has to do.
    world.state.systemTasks.unshift({ kind: 'lowWasmMemory', canister: canister.key });
  }
}

/** Whether less of the heap's limit is left than the setting `wasm_memory_threshold` asks for. */
export function isWasmMemoryLow({ code, settings }: CanisterState): boolean {
  const { wasmMemoryThresholdBytes: threshold, wasmMemoryLimitBytes } = settings;
  if (code === undefined || threshold === 0n) return false;
  const limit = wasmMemoryLimitBytes === 0n ? largestHeapBytes : wasmMemoryLimitBytes;
  // Some executions are not held to the limit, so there can be more in use than it allows.
  return limit < BigInt(code.heap.byteLength) + threshold;
}
