import type { Principal } from '@dfinity/principal';
import { deleteCallContexts } from './call-contexts.ts';
import { canisterIdOfNumber } from './canister-ids.ts';
import { emptyLog, forgetLogBefore } from './canister-log.ts';
import type { CanisterSettings } from './canister-settings.ts';
import { nothingConsumed } from './consumed-cycles.ts';
import { burn } from './cycles-account.ts';
import { createLiveInstance } from './execution/instance-cache.ts';
import { stopTimeoutNanos } from './limits.ts';
import type { CanisterState, InstalledCode, Responder } from './state.ts';
import { canisterKey } from './state.ts';
import { cancelStops, completeStopIfIdle, confirmStops } from './stopping.ts';
import { WasmTrap } from './wasm/index.ts';
import type { World } from './world.ts';

/** Adds an empty, running canister without cycles. */
export function createCanister(
  world: World,
  settings: CanisterSettings,
  specified?: Principal,
): CanisterState {
  const canister = newCanisterState(specified ?? allocateId(world), settings, world.state.timeNanos);
  world.state.canisters.set(canister.key, canister);
  world.state.usedIds.add(canister.key);
  return canister;
}

/** A canister as it is right after its creation: empty, running, without cycles or history. */
export function newCanisterState(
  id: Principal,
  settings: CanisterSettings,
  createdAtNanos: bigint,
): CanisterState {
  return {
    id,
    key: canisterKey(id),
    createdAtNanos,
    settings,
    status: 'running',
    pendingStops: [],
    cycles: 0n,
    reservedCycles: 0n,
    paidUntilNanos: createdAtNanos,
    consumedCycles: nothingConsumed(),
    version: 0n,
    code: undefined,
    lowWasmMemoryHook: 'conditionNotSatisfied',
    callContexts: new Map(),
    callbacks: new Map(),
    nextCallContextId: 1,
    nextCallbackId: 1,
    history: { totalChanges: 0n, recent: [] },
    chunkStore: new Map(),
    log: emptyLog(),
    snapshots: new Map(),
    nextSnapshotNumber: 0n,
  };
}

/** Ids follow one another; those taken by name are passed over. */
function allocateId(world: World): Principal {
  for (;;) {
    const id = canisterIdOfNumber(world.state.nextCanisterNumber);
    world.state.nextCanisterNumber += 1n;
    if (!world.state.usedIds.has(canisterKey(id))) return id;
  }
}

/** Removes a stopped canister; its cycles are gone. */
export function removeCanister(world: World, canister: CanisterState): void {
  burn(world.state, canister, canister.cycles);
  world.state.canisters.delete(canister.key);
}

export function uninstallCode(world: World, canister: CanisterState): void {
  canister.code = undefined;
  forgetLogBefore(canister, canister.log.nextIndex);
  canister.version += 1n;
  deleteCallContexts(world, canister);
}

/** Puts code from a snapshot in the place of what runs. @returns false when its memories do not fit its module */
export function restoreCode(world: World, canister: CanisterState, code: Readonly<InstalledCode>): boolean {
  try {
    world.instances.keep(canister.key, createLiveInstance(code.module, code.heap));
  } catch (error) {
    // An uploaded snapshot may be anything: a heap larger than the module's memory may become, for example.
    if (error instanceof RangeError || error instanceof WasmTrap) return false;
    throw error;
  }
  canister.code = { ...code };
  canister.version += 1n;
  return true;
}

export function startCanister(world: World, canister: CanisterState): void {
  canister.status = 'running';
  canister.version += 1n;
  cancelStops(world, canister);
}

/** Begins to stop a canister. The responder is answered when it has stopped, which may be at once. */
export function stopCanister(world: World, canister: CanisterState, responder: Responder): void {
  canister.version += 1n;
  canister.pendingStops.push({ responder, deadlineNanos: world.state.timeNanos + stopTimeoutNanos });
  if (canister.status === 'stopped') {
    confirmStops(world, canister);
  } else {
    canister.status = 'stopping';
    completeStopIfIdle(world, canister);
  }
}

/** Whether messages to or from the canister wait. */
export function hasQueuedMessages(world: World, canister: CanisterState): boolean {
  if (canister.callbacks.size > 0) return true;
  for (const message of world.state.messages.values()) {
    if (message.receiver.toHex() === canister.key || message.sender.toHex() === canister.key) return true;
  }
  return false;
}
