import { isInCanisterRange } from './canister-ids.ts';
import { asCharged } from './charge-for-time.ts';
import { burn, mint } from './cycles-account.ts';
import { installCode } from './install.ts';
import {
  createCanister,
  hasQueuedMessages,
  removeCanister,
  restoreCode,
  startCanister,
  stopCanister,
  uninstallCode,
} from './lifecycle.ts';
import { keepHttpOutcall } from './http-outcall-answers.ts';
import type { ManagementServices } from './management/contract.ts';
import { nextRandomState, randomFraction } from './random.ts';
import { freezingLimitCycles, idleCyclesBurnedPerDay, memoryUsage } from './resource-usage.ts';
import type { Responder } from './state.ts';
import { canisterKey } from './state.ts';
import { findCanister, type World } from './world.ts';

const byteValues = 256;

/**
 * What the management canister's methods may do to the network.
 *
 * @param responder whom the call that is being executed will answer later, with all the cycles it has left
 */
export function managementServices(
  world: World,
  responder: () => Responder = noResponder,
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
    stopCanister: (canister) => {
      stopCanister(world, canister, responder());
      return { kind: 'pending' };
    },
    keepHttpOutcall: (outcall) => {
      keepHttpOutcall(world, outcall, responder());
      return { kind: 'pending' };
    },
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

/** The same for what is answered between two steps, with canisters as the next step will find them. */
export function servicesBetweenSteps(world: World): ManagementServices {
  return {
    ...managementServices(world),
    findCanister: (id) => {
      const canister = findCanister(world, id);
      return canister && asCharged(world, canister);
    },
  };
}

function noResponder(): never {
  throw new Error('Only a call that is executed can be answered later, not a query.');
}

function randomByte(world: World): number {
  const byte = Math.floor(randomFraction(world.state.randomness) * byteValues);
  world.state.randomness = nextRandomState(world.state.randomness);
  return byte;
}
