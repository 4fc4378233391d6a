import type { Principal } from '@dfinity/principal';
import { type CanisterSettings, defaultSettings } from '../canister-settings.ts';
import { freezingLimitOfNewCanister } from '../resource-usage.ts';
import type { CanisterState } from '../state.ts';
import { nothingAllocated, requireComputeCapacity, requireCyclesForAllocations } from './allocations.ts';
import { environmentVariablesHash } from './environment-variables.ts';
import { originOf, recordChange } from './history.ts';
import type { Request } from './method.ts';
import { notEnoughCyclesToCreate } from './rejections.ts';
import { settingsChangeOf, type SettingsChange } from './settings.ts';
import type { CanisterIdRecord, CreateCanisterArgument } from './signatures.ts';

/** `create_canister`: the fee is taken from the attached cycles, the rest becomes the balance. */
export function createCanister(request: Request<CreateCanisterArgument>): CanisterIdRecord {
  const { cycles } = request.call;
  const { creationFeeCycles } = request.services.state;
  const change = requestedSettings(request);
  if (cycles.available < creationFeeCycles) {
    throw notEnoughCyclesToCreate(creationFeeCycles, cycles.available);
  }
  const canister = addCanister(request, change, cycles.available - creationFeeCycles);
  cycles.burn(creationFeeCycles, canister, 'canisterCreation');
  cycles.transferTo(canister, cycles.available);
  return { canister_id: canister.id };
}

/** The settings that a creation asks for, checked. */
export function requestedSettings({ argument }: Request<CreateCanisterArgument>): SettingsChange {
  const [settings] = argument.settings;
  return settings === undefined ? {} : settingsChangeOf(settings);
}

/**
 * Adds an empty canister with its first history entry; its creator is its controller unless the settings say
 * otherwise.
 *
 * @param balanceCycles what the canister will be given, which must carry what it has allocated
 * @param id a particular free id; absent: the next one
 * @throws ManagementRejection IC0101, IC0530, IC0531
 */
export function addCanister(
  { services, call, argument }: Request<CreateCanisterArgument>,
  change: SettingsChange,
  balanceCycles: bigint,
  id?: Principal,
): CanisterState {
  const settings: CanisterSettings = { ...defaultSettings([call.caller]), ...change };
  const limitCycles = freezingLimitOfNewCanister(settings);
  requireComputeCapacity(services.state, 0n, settings.computeAllocation);
  requireCyclesForAllocations(nothingAllocated, settings, limitCycles, balanceCycles);
  const canister = services.createCanister(settings, id);
  recordChange(services, canister, originOf(call, argument.sender_canister_version), {
    kind: 'creation',
    controllers: canister.settings.controllers,
    environmentVariablesHash:
      change.environmentVariables && environmentVariablesHash(change.environmentVariables),
  });
  return canister;
}
