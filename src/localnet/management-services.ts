import { isInCanisterRange } from './canister-ids.ts';
import { burn, mint } from './cycles-account.ts';
import { installCode } from './install.ts';
import {
  createCanister,
  hasQueuedMessages,
  removeCanister,
  restoreCode,
  startCanister,
  uninstallCode,
} from './lifecycle.ts';
import type { ManagementCall, ManagementResult, ManagementServices } from './management/contract.ts';
import { nextRandomState, randomFraction } from './random.ts';
import { freezingLimitCycles, idleCyclesBurnedPerDay, memoryUsage } from './resource-usage.ts';
import type { CanisterState } from './state.ts';
import { canisterKey } from './state.ts';
import { findCanister, type World } from './world.ts';

const byteValues = 256;

/**
 * What the management canister's methods may do to the network.
 *
 * @param stop carries out a stop for the call that is being executed, whose caller will be answered later
 */
export function managementServices(
  world: World,
  stop: (canister: CanisterState, call: ManagementCall) => ManagementResult = stopNotPossible,
): ManagementServices {
  return {
    state: world.state,
    subnetId: world.subnetId,
    timeNanos: world.state.timeNanos,
    findCanister: (id) => findCanister(world, id),
    isInCanisterRange,
    isIdTaken: (id) => world.state.usedIds.has(canisterKey(id)),
    createCanister: (settings, id) => createCanister(world, settings, id),
    removeCanister: (canister) => {
      removeCanister(world, canister);
    },
    installCode: (canister, mode, module, arg, caller) =>
      installCode(world, canister, mode, module, arg, caller),
    uninstallCode: (canister) => {
      uninstallCode(world, canister);
    },
    restoreCode: (canister, code) => restoreCode(world, canister, code),
    bumpVersion: (canister) => {
      canister.version += 1n;
    },
    startCanister: (canister) => {
      startCanister(world, canister);
    },
    stopCanister: stop,
    hasQueuedMessages: (canister) => hasQueuedMessages(world, canister),
    mintCycles: (canister, amount) => {
      mint(world.state, canister, amount);
    },
    burnCycles: (canister, amount) => {
      burn(world.state, canister, amount);
    },
    freezingLimitCycles,
    idleCyclesBurnedPerDay: (canister) => idleCyclesBurnedPerDay(canister),
    memoryUsage,
    randomBytes: (length) => Uint8Array.from({ length }, () => randomByte(world)),
  };
}

function stopNotPossible(): never {
  throw new Error('A canister can be stopped only by a call that is executed, not by a query.');
}

function randomByte(world: World): number {
  const byte = Math.floor(randomFraction(world.state.randomness) * byteValues);
  world.state.randomness = nextRandomState(world.state.randomness);
  return byte;
}
