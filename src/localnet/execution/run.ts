import { cannotGrow, type CanisterFailure, failureOf, wasmMemoryLimitExceeded } from '../canister-failure.ts';
import { freezingLimitAfterGrowth } from '../resource-usage.ts';
import {
  type CanisterInstance,
  EngineStackOverflow,
  type HeapImage,
  type StableImage,
} from '../wasm/index.ts';
import { type Execution, newExecution } from './execution.ts';
import type { ExecutionMode } from './execution-mode.ts';
import { createBaselineInstance, type LiveInstance } from './instance-cache.ts';

/** How a run of Wasm code ended. */
export interface RunResult {
  /** The instance that ran, with the memories it left. */
  readonly live: LiveInstance;
  /** The execution with what it did. */
  readonly execution: Execution;
  readonly failure: CanisterFailure | undefined;
  readonly instructions: bigint;
}

/** How much an execution may use before it traps. */
export interface ExecutionLimits {
  readonly instructions: bigint;
  /** For the frames of its functions. */
  readonly stackBytes: number;
}

interface Attempt extends RunResult {
  /** The engine's stack was full where the canister's was not. */
  readonly filledEngineStack: boolean;
}

/**
 * Runs Wasm code as one execution. Afterwards the instance equals no image until {@link captureMemories} says so.
 *
 * How deep a canister may recurse must not depend on the engine. Where optimised code has filled V8's stack too early,
 * everything is therefore forgotten and done again by baseline code, which comes to where the limit of this network is.
 *
 * @param live - an instance that equals its images
 * @returns of the repetition, whose instance and execution are others
 * @throws whatever is not the canister's fault: a defect of the network
 */
export function run(
  live: LiveInstance,
  execution: Execution,
  limits: ExecutionLimits,
  body: (instance: CanisterInstance) => void,
): RunResult {
  const { module, isBaseline, heap, stable } = live;
  const attempt = runOnce(live, execution, limits, body);
  if (!attempt.filledEngineStack || isBaseline || heap === undefined || stable === undefined) return attempt;
  const baseline = createBaselineInstance(module, heap, stable);
  return runOnce(baseline, newExecution(execution.input), limits, body);
}

function runOnce(
  live: LiveInstance,
  execution: Execution,
  limits: ExecutionLimits,
  body: (instance: CanisterInstance) => void,
): Attempt {
  const { host, instance } = live;
  live.heap = undefined;
  live.stable = undefined;
  host.execution = execution;
  instance.beginExecution(limits.instructions, limits.stackBytes);
  let failure: CanisterFailure | undefined;
  let filledEngineStack = false;
  try {
    // An update does not even begin on a heap that is too large already: the limit may have been lowered.
    if (execution.input.mode === 'update') failure = checkMemoryLimit(live, execution);
    if (failure === undefined) {
      body(instance);
      failure = checkMemoryLimit(live, execution) ?? checkGrowth(live, execution);
    }
  } catch (error) {
    failure = failureOf(error);
    if (failure === undefined) throw error;
    filledEngineStack = error instanceof EngineStackOverflow;
  } finally {
    host.execution = undefined;
  }
  const used = instance.instructionsUsed();
  const instructions = used > limits.instructions ? limits.instructions : used;
  return { live, execution, failure, instructions, filledEngineStack };
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

/** What may fail for want of cycles when memories grow; installations look at their end. */
const paysForGrowth: ReadonlySet<ExecutionMode> = new Set([
  'update',
  'heartbeat',
  'globalTimer',
  'lowWasmMemory',
]);

/**
 * The replica looks when the memory grows, this network when the code returns. Cycles that left the balance meanwhile
 * are therefore not held against it.
 * Source: dfinity/ic `sandbox_safe_system_state.rs`, `check_freezing_threshold_for_memory_grow`.
 */
function checkGrowth(live: LiveInstance, { input, effects }: Execution): CanisterFailure | undefined {
  const { canister, caller } = input;
  if (!paysForGrowth.has(input.mode) || canister.code === undefined) return undefined;
  const { heap, stable } = canister.code;
  const stablePages = live.host.stable.sizePages - stable.sizePages;
  const grown = live.instance.memory.length - heap.byteLength + stablePages * wasmPageBytes;
  if (grown <= 0) return undefined;
  const bytes = BigInt(grown);
  const balance = input.balance > effects.balance ? input.balance : effects.balance;
  const missing = freezingLimitAfterGrowth(canister, bytes) - balance;
  if (missing <= 0n) return undefined;
  const isController = canister.settings.controllers.some((one) => one.compareTo(caller) === 'eq');
  return cannotGrow(bytes, isController ? missing : undefined);
}

/** Memories as an execution left them, and what writing their pages costs. */
export interface CapturedMemories {
  readonly heap: HeapImage;
  readonly stable: StableImage;
  readonly dirtyPageInstructions: bigint;
}

const instructionsPerDirtyPage = 1_000n;
const stablePageBytes = 4_096;
const wasmPageBytes = 65_536;

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
