import { trimLog } from '../canister-log.ts';
import { requireComputeCapacity, requireCyclesForAllocations } from './allocations.ts';
import { originOf, recordChange } from './history.ts';
import type { CanisterRequest } from './method.ts';
import { settingsChangeOf } from './settings.ts';
import type { Nothing } from './signature.ts';
import type { UpdateSettingsArgument } from './signatures.ts';

/** `update_settings`: settings that are absent stay; only a change of controllers enters the history. */
export function updateSettings(request: CanisterRequest<UpdateSettingsArgument>): Nothing {
  const { services, call, canister, argument } = request;
  const change = settingsChangeOf(argument.settings);
  const settings = { ...canister.settings, ...change };
  requireComputeCapacity(services.state, canister.settings.computeAllocation, settings.computeAllocation);
  const limitCycles = services.freezingLimitCycles(canister, settings);
  requireCyclesForAllocations(canister.settings, settings, limitCycles, canister.cycles);
  canister.settings = settings;
  trimLog(canister);
  services.bumpVersion(canister);
  if (change.controllers !== undefined) {
    recordChange(services, canister, originOf(call, argument.sender_canister_version), {
      kind: 'controllersChange',
      controllers: change.controllers,
    });
  }
}
