import { trimLog } from '../canister-log.ts';
import type { CanisterSettings } from '../canister-settings.ts';
import { originOf, recordChange } from './history.ts';
import type { CanisterRequest } from './method.ts';
import { notEnoughCyclesForAllocation } from './rejections.ts';
import { settingsChangeOf } from './settings.ts';
import type { Nothing } from './signature.ts';
import type { UpdateSettingsArgument } from './signatures.ts';

/** `update_settings`: settings that are absent stay; only a change of controllers enters the history. */
export function updateSettings(request: CanisterRequest<UpdateSettingsArgument>): Nothing {
  const { services, call, canister, argument } = request;
  const change = settingsChangeOf(argument.settings);
  const settings = { ...canister.settings, ...change };
  requireCyclesFor(request, settings);
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

/** Only a larger allocation is refused: a longer freezing threshold may freeze the canister on purpose. */
function requireCyclesFor(
  { services, canister }: CanisterRequest<UpdateSettingsArgument>,
  settings: CanisterSettings,
): void {
  const missingCycles = services.freezingLimitCycles(canister, settings) - canister.cycles;
  if (missingCycles <= 0n) return;
  if (settings.computeAllocation > canister.settings.computeAllocation) {
    throw notEnoughCyclesForAllocation('compute', `${settings.computeAllocation}%`, missingCycles);
  }
  if (settings.memoryAllocationBytes > canister.settings.memoryAllocationBytes) {
    throw notEnoughCyclesForAllocation('memory', `${settings.memoryAllocationBytes} B`, missingCycles);
  }
}
