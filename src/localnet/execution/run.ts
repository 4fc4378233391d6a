import { type CanisterFailure, failureOf, wasmMemoryLimitExceeded } from '../canister-failure.ts';
import type { CanisterInstance, HeapImage, StableImage } from '../wasm/index.ts';
import type { Execution } from './execution.ts';
import type { LiveInstance } from './instance-cache.ts';

/** How a run of Wasm code ended. */
export interface RunResult {
  readonly failure: CanisterFailure | undefined;
  readonly instructions: bigint;
}

/**
 * Runs Wasm code as one execution. Afterwards the instance equals no image until {@link captureMemories} says so.
 *
 * @throws whatever is not the canister's fault: a defect of the network
 */
export function run(
  live: LiveInstance,
  execution: Execution,
  instructionLimit: bigint,
  body: (instance: CanisterInstance) => void,
): RunResult {
  const { host, instance } = live;
  live.heap = undefined;
  live.stable = undefined;
  host.execution = execution;
  instance.beginExecution(instructionLimit);
  let failure: CanisterFailure | undefined;
  try {
    // An update does not even begin on a heap that is too large already: the limit may have been lowered.
    if (execution.input.mode === 'update') failure = checkMemoryLimit(live, execution);
    if (failure === undefined) {
      body(instance);
      failure = checkMemoryLimit(live, execution);
    }
  } catch (error) {
    failure = failureOf(error);
    if (failure === undefined) throw error;
  } finally {
    host.execution = undefined;
  }
  const used = instance.instructionsUsed();
  return { failure, instructions: used > instructionLimit ? instructionLimit : used };
}

/**
 * Queries, callbacks, system tasks and hooks before an upgrade are spared: what is in the canister must be readable,
 * what was begun must end, and a version that uses less must be installable.
 * Source: dfinity/ic `system_api.rs`, `effective_wasm_memory_limit`.
 */
function checkMemoryLimit(live: LiveInstance, { input }: Execution): CanisterFailure | undefined {
  const limit = input.canister.settings.wasmMemoryLimitBytes;
  const used = live.instance.memory.length;
  const isLimited = input.mode === 'update' || input.mode === 'init' || input.mode === 'start';
  return isLimited && limit > 0n && BigInt(used) > limit ? wasmMemoryLimitExceeded(limit, used) : undefined;
}

/** Memories as an execution left them, and what writing their pages costs. */
export interface CapturedMemories {
  readonly heap: HeapImage;
  readonly stable: StableImage;
  readonly dirtyPageInstructions: bigint;
}

const instructionsPerDirtyPage = 1_000n;
const stablePageBytes = 4_096;

/**
 * Freezes both memories after a successful run.
 *
 * @param before - the images the run started from; absent for fresh memories
 */
export function captureMemories(
  live: LiveInstance,
  before: { readonly heap: HeapImage | undefined; readonly stable: StableImage | undefined },
): CapturedMemories {
  const { instance, host } = live;
  const { image, dirtyPages } = instance.capture(before.heap);
  const stableDirtyPages = host.stable.touchedBytes / stablePageBytes;
  const stableUnchanged = stableDirtyPages === 0 && host.stable.sizePages === before.stable?.sizePages;
  const stable = stableUnchanged ? before.stable : host.stable.snapshot();
  live.heap = image;
  live.stable = stable;
  return {
    heap: image,
    stable,
    dirtyPageInstructions: BigInt(dirtyPages + stableDirtyPages) * instructionsPerDirtyPage,
  };
}
