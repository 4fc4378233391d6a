import type { Principal } from '@dfinity/principal';
import { failureOf, noModule, rejectionOfFailure } from './canister-failure.ts';
import { appendLog, forgetLogBefore } from './canister-log.ts';
import { burn } from './cycles-account.ts';
import { missingForExecution } from './execute-request.ts';
import { newExecution, surroundingFacts } from './execution/execution.ts';
import type { ExecutionMode } from './execution/execution-mode.ts';
import { createLiveInstance, type LiveInstance } from './execution/instance-cache.ts';
import { captureMemories, run, type RunResult } from './execution/run.ts';
import { executionFeeCycles } from './fees.ts';
import { maximumReplyBytes } from './limits.ts';
import { type InstallMode, unaffordableInstallation, upgradeOptionRejection } from './management/index.ts';
import type { Rejection } from './rejection.ts';
import type { CanisterState, InstalledCode } from './state.ts';
import {
  type CanisterInstance,
  type HeapImage,
  type PreparedModule,
  prepareUpload,
  type StableImage,
  StableMemory,
  type UploadedModule,
} from './wasm/index.ts';
import type { World } from './world.ts';

const compilationInstructionsPerInstruction = 6_000n;
const nothing = new Uint8Array(0);

/** What is installed, where, how and by whom. */
interface Installation {
  readonly world: World;
  readonly canister: CanisterState;
  readonly mode: InstallMode;
  readonly arg: Uint8Array;
  readonly caller: Principal;
  /** Instructions left for the hooks still to run. */
  remaining: bigint;
  /** Cycles the hooks burned by `cycles_burn128`. */
  burned: bigint;
}

/**
 * Installs code: all hooks succeed or nothing changes but the cycles paid for trying.
 *
 * @returns why it was refused or failed; undefined when installed
 */
export function installCode(
  world: World,
  canister: CanisterState,
  mode: InstallMode,
  uploaded: Uint8Array,
  arg: Uint8Array,
  caller: Principal,
): Rejection | undefined {
  const limit = world.instructionLimits.install;
  const unaffordable = missingForExecution(canister, executionFeeCycles(limit), caller);
  if (unaffordable !== undefined) return unaffordableInstallation(unaffordable);
  const installation: Installation = { world, canister, mode, arg, caller, remaining: limit, burned: 0n };
  const before = { version: canister.version, code: canister.code, log: { ...canister.log } };
  const result = tryInstall(installation, uploaded);
  burn(world.state, canister, executionFeeCycles(limit - installation.remaining));
  if (!('rejection' in result)) {
    canister.code = result.code;
    const frozen = missingForExecution(canister, installation.burned, caller);
    if (frozen === undefined) {
      burn(world.state, canister, installation.burned, 'burned');
      if (mode.kind !== 'upgrade') forgetLogBefore(canister, before.log.nextIndex);
      // Code that is never optimised would stay slow.
      if (!result.live.isBaseline) world.instances.keep(canister.key, result.live);
      return undefined;
    }
    Object.assign(canister, before);
    return unaffordableInstallation(frozen);
  }
  canister.version = before.version;
  canister.code = before.code;
  return result.rejection;
}

type Installed = { readonly code: InstalledCode; readonly live: LiveInstance };

function tryInstall(
  installation: Installation,
  uploaded: Uint8Array,
): Installed | { readonly rejection: Rejection } {
  const { canister, mode } = installation;
  try {
    const upload = prepareUpload(uploaded);
    const module = upload.prepared;
    if (mode.kind === 'upgrade') {
      if (canister.code === undefined) throw noModule();
      const refusal = upgradeOptionRejection(mode, canister.code.module, module);
      if (refusal !== undefined) return { rejection: refusal };
    }
    charge(installation, BigInt(module.instructionCount) * compilationInstructionsPerInstruction);
    return runHooks(installation, upload);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return { rejection: rejectionOfFailure(canister.id, failure) };
  }
}

function runHooks(installation: Installation, upload: UploadedModule): Installed {
  const { canister, mode } = installation;
  const module = upload.prepared;
  const previous = canister.code;
  const upgrades = mode.kind === 'upgrade' && previous !== undefined;
  const afterPreUpgrade = upgrades ? runPreUpgrade(installation, previous) : undefined;
  const keepsHeap = mode.kind === 'upgrade' && mode.wasmMemoryPersistence === 'keep';
  const keptPages = keepsHeap ? afterPreUpgrade?.heap : undefined;
  canister.version += 1n;
  let live = createLiveInstance(module, keptPages && withFreshGlobals(module, keptPages));
  if (afterPreUpgrade !== undefined) live.host.stable.restore(afterPreUpgrade.stable);
  const code: InstalledCode = {
    module,
    moduleHash: upload.hash,
    uploadedModule: upload.bytes,
    installedAtNanos: installation.world.state.timeNanos,
    heap: live.instance.capture(undefined).image,
    stable: afterPreUpgrade?.stable ?? new StableMemory().snapshot(),
    certifiedData: afterPreUpgrade?.certifiedData ?? nothing,
    globalTimerNanos: 0n,
  };
  // The hooks read the timer and the memories' sizes of the code that is being installed.
  canister.code = code;
  live.heap = code.heap;
  live.stable = code.stable;
  ({ live } = runHook(installation, live, 'start', (instance) => {
    instance.runStart();
  }));
  // A start function has no stable memory.
  live.heap = live.instance.hasStart ? live.instance.capture(code.heap).image : code.heap;
  live.stable = code.stable;
  if (!live.instance.reusable) {
    live = createLiveInstance(module, live.heap);
    live.host.stable.restore(code.stable);
    live.stable = code.stable;
  }
  const hook = mode.kind === 'upgrade' ? 'canister_post_upgrade' : 'canister_init';
  if (module.hooks.has(hook)) {
    const { execution, ...ran } = runHook(installation, live, 'init', (instance) => {
      instance.callExport(hook);
    });
    live = ran.live;
    const { effects } = execution;
    code.globalTimerNanos = effects.globalTimerNanos ?? 0n;
    code.certifiedData = effects.certifiedData ?? code.certifiedData;
  }
  const captured = captureMemories(live, code);
  charge(installation, captured.dirtyPageInstructions);
  code.heap = captured.heap;
  code.stable = captured.stable;
  return { code, live };
}

interface LeftBehind {
  readonly heap: HeapImage;
  readonly stable: StableImage;
  readonly certifiedData: Uint8Array;
}

/** Runs the old code's hook. What it leaves behind is not the canister's state yet: the rest may fail. */
function runPreUpgrade(installation: Installation, previous: InstalledCode): LeftBehind {
  const { canister, mode, world } = installation;
  const hook = 'canister_pre_upgrade';
  const skipped = mode.kind === 'upgrade' && mode.skipPreUpgrade;
  if (skipped || !previous.module.hooks.has(hook)) return previous;
  const acquired = world.instances.acquire(canister.key, previous);
  const { live, execution } = runHook(installation, acquired, 'preUpgrade', (instance) => {
    instance.callExport(hook);
  });
  const captured = captureMemories(live, previous);
  charge(installation, captured.dirtyPageInstructions);
  return {
    heap: captured.heap,
    stable: captured.stable,
    certifiedData: execution.effects.certifiedData ?? previous.certifiedData,
  };
}

/** A kept heap belongs to the old instance's globals; the new module starts with its own. */
function withFreshGlobals(module: PreparedModule, heap: HeapImage): HeapImage {
  const { globals } = createLiveInstance(module).instance.capture(undefined).image;
  return { ...heap, globals };
}

/** @throws CanisterFailure */
function runHook(
  installation: Installation,
  live: LiveInstance,
  mode: ExecutionMode,
  body: (instance: CanisterInstance) => void,
): RunResult {
  const { world, canister } = installation;
  const beginning = newExecution({
    ...surroundingFacts(world, canister),
    mode,
    caller: installation.caller,
    callerInfo: undefined,
    arg: mode === 'init' ? installation.arg : nothing,
    method: '',
    rejection: undefined,
    refundedCycles: 0n,
    deadlineNanos: 0n,
    earlierInstructions: 0n,
    availableCycles: 0n,
    alreadyResponded: false,
    balance: canister.cycles - executionFeeCycles(world.instructionLimits.install) - installation.burned,
    maximumReplyBytes,
    dataCertificate: undefined,
  });
  const limits = { instructions: installation.remaining, stackBytes: world.stackBytes };
  const result = run(live, beginning, limits, body);
  const { effects } = result.execution;
  charge(installation, result.instructions);
  appendLog(world, canister, effects.debugPrints, result.failure);
  if (result.failure !== undefined) throw result.failure;
  installation.burned += effects.burnedCycles;
  return result;
}

function charge(installation: Installation, instructions: bigint): void {
  const left = installation.remaining - instructions;
  installation.remaining = left > 0n ? left : 0n;
}
