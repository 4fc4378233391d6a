import type { Principal } from '@dfinity/principal';
import type { CanisterSettings, Visibility } from '../canister-settings.ts';
import type { CandidDefiniteSettings, CandidSettings, CandidVisibility, Opt } from './candid-settings.ts';
import { environmentVariablesOf } from './environment-variables.ts';
import { logMemoryLimitBytes, maximumControllers } from './limits.ts';
import { invalidPayload, invalidSettings, logMemoryLimit, settingOutOfRange } from './rejections.ts';

/** The settings that a call asks to change. */
export type SettingsChange = Partial<CanisterSettings>;

const maximumMemoryBytes = 2n ** 48n;
const maximumNat64 = 2n ** 64n - 1n;
const maximumNat128 = 2n ** 128n - 1n;

/**
 * Checks `canister_settings` and turns them into the network's own form; settings that are absent stay absent.
 *
 * @throws ManagementRejection IC0504 or IC0408 naming the setting and its range.
 */
export function settingsChangeOf(candid: CandidSettings): SettingsChange {
  const change: SettingsChange = {};
  when(candid.controllers, (value) => (change.controllers = controllersOf(value)));
  when(candid.compute_allocation, (value) => (change.computeAllocation = computeAllocationOf(value)));
  when(candid.memory_allocation, (value) => (change.memoryAllocationBytes = memoryAllocationOf(value)));
  when(candid.freezing_threshold, (value) => {
    change.freezingThresholdSeconds = inRange('Freezing threshold', value, maximumNat64, '2^64-1');
  });
  when(candid.reserved_cycles_limit, (value) => {
    change.reservedCyclesLimit = inRange('Reserved cycles limit', value, maximumNat128, '2^128-1');
  });
  when(candid.minimum_incoming_canister_call_cycles, (value) => {
    const name = 'Minimum incoming canister call cycles';
    change.minimumIncomingCallCycles = inRange(name, value, maximumNat128, '2^128-1');
  });
  when(candid.log_visibility, (value) => (change.logVisibility = visibilityOf(value)));
  when(candid.snapshot_visibility, (value) => (change.snapshotVisibility = visibilityOf(value)));
  when(candid.status_visibility, (value) => (change.statusVisibility = visibilityOf(value)));
  when(candid.wasm_memory_limit, (value) => {
    // The bound is 2^48 although the replica's text speaks of 2^64-1.
    change.wasmMemoryLimitBytes = inRange('Wasm memory limit', value, maximumMemoryBytes, '2^64-1');
  });
  when(candid.wasm_memory_threshold, (value) => {
    change.wasmMemoryThresholdBytes = inRange('Wasm memory threshold', value, maximumMemoryBytes, '2^64-1');
  });
  when(candid.log_memory_limit, (value) => {
    change.logMemoryLimitBytes = logMemoryLimitOf(value);
  });
  when(
    candid.environment_variables,
    (value) => (change.environmentVariables = environmentVariablesOf(value)),
  );
  return change;
}

/** The settings in force, in the form of `canister_status`. */
export function definiteSettingsOf(settings: CanisterSettings): CandidDefiniteSettings {
  return {
    controllers: [...settings.controllers],
    compute_allocation: settings.computeAllocation,
    memory_allocation: settings.memoryAllocationBytes,
    freezing_threshold: settings.freezingThresholdSeconds,
    reserved_cycles_limit: settings.reservedCyclesLimit,
    minimum_incoming_canister_call_cycles: settings.minimumIncomingCallCycles,
    log_visibility: candidVisibilityOf(settings.logVisibility),
    snapshot_visibility: candidVisibilityOf(settings.snapshotVisibility),
    status_visibility: candidVisibilityOf(settings.statusVisibility),
    wasm_memory_limit: settings.wasmMemoryLimitBytes,
    wasm_memory_threshold: settings.wasmMemoryThresholdBytes,
    environment_variables: settings.environmentVariables.map(({ name, value }) => ({ name, value })),
    log_memory_limit: settings.logMemoryLimitBytes,
  };
}

/** Whether `viewer` may read what the visibility guards. Controllers always may. */
export function isVisibleTo(
  visibility: Visibility,
  controllers: readonly Principal[],
  viewer: Principal,
): boolean {
  if (visibility.kind === 'public' || includesPrincipal(controllers, viewer)) return true;
  return visibility.kind === 'allowedViewers' && includesPrincipal(visibility.viewers, viewer);
}

export function includesPrincipal(list: readonly Principal[], principal: Principal): boolean {
  return list.some((candidate) => candidate.compareTo(principal) === 'eq');
}

function when<T>(optional: Opt<T>, use: (value: T) => void): void {
  if (optional.length === 1) use(optional[0]);
}

/** Duplicates collapse and the order is that of the bytes, because the replica keeps controllers in a set. */
function controllersOf(controllers: readonly Principal[]): Principal[] {
  if (controllers.length > maximumControllers) {
    throw invalidSettings(
      `Invalid settings: 'controllers' length exceeds maximum size allowed of ${maximumControllers}.`,
    );
  }
  const byBytes = new Map(controllers.map((controller) => [controller.toHex(), controller]));
  return [...byBytes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, controller]) => controller);
}

function computeAllocationOf(percent: bigint): bigint {
  if (percent > 100n) {
    throw settingOutOfRange(`ComputeAllocation expected to be in the range [0..100], got ${percent}`);
  }
  return percent;
}

function memoryAllocationOf(bytes: bigint): bigint {
  if (bytes > maximumMemoryBytes) {
    throw settingOutOfRange(
      `MemoryAllocation expected to be in the range [0..${maximumMemoryBytes}], got ${bytes}`,
    );
  }
  return bytes;
}

function logMemoryLimitOf(bytes: bigint): bigint {
  if (bytes > 0n && bytes < logMemoryLimitBytes.minimum) {
    throw logMemoryLimit(bytes, 'low', `at least ${logMemoryLimitBytes.minimum}`);
  }
  if (bytes > logMemoryLimitBytes.maximum) {
    throw logMemoryLimit(bytes, 'high', `at most ${logMemoryLimitBytes.maximum}`);
  }
  return bytes;
}

function inRange(name: string, value: bigint, maximum: bigint, maximumText: string): bigint {
  if (value > maximum) {
    throw settingOutOfRange(`${name} expected to be in the range of [0..${maximumText}], got ${value}`);
  }
  return value;
}

function visibilityOf(visibility: CandidVisibility): Visibility {
  if ('controllers' in visibility) return { kind: 'controllers' };
  if ('public' in visibility) return { kind: 'public' };
  const viewers = visibility.allowed_viewers;
  if (viewers.length > maximumControllers) {
    throw invalidPayload(
      `Error decoding candid: the number of elements exceeds maximum allowed ${maximumControllers}`,
    );
  }
  return { kind: 'allowedViewers', viewers };
}

function candidVisibilityOf(visibility: Visibility): CandidVisibility {
  if (visibility.kind === 'allowedViewers') return { allowed_viewers: [...visibility.viewers] };
  return visibility.kind === 'public' ? { public: null } : { controllers: null };
}
