import type { CanisterSettings } from '../canister-settings.ts';
import type { NetworkState } from '../state.ts';
import { subnetComputePercent } from './limits.ts';
import { notEnoughComputeCapacity, notEnoughCyclesForAllocation } from './rejections.ts';

type Allocations = Pick<CanisterSettings, 'computeAllocation' | 'memoryAllocationBytes'>;

/**
 * Refuses a guarantee of more computing power than all canisters together can have.
 *
 * @param beforePercent what the canister has now
 * @throws ManagementRejection IC0101
 */
export function requireComputeCapacity(
  { canisters }: NetworkState,
  beforePercent: bigint,
  wantedPercent: bigint,
): void {
  let availablePercent = subnetComputePercent + beforePercent;
  for (const { settings } of canisters.values()) availablePercent -= settings.computeAllocation;
  if (wantedPercent > availablePercent) throw notEnoughComputeCapacity(wantedPercent, availablePercent);
}

/**
 * Refuses an allocation that grows beyond what a canister can carry without freezing. Nothing else is refused: a longer
 * freezing threshold may freeze the canister on purpose. Source: dfinity/ic `canister_manager.rs`,
 * `validate_canister_settings`.
 *
 * @param before what is allocated now; nothing for a canister about to be created
 * @param limitCycles the balance below which the canister would be frozen under the new settings
 * @throws ManagementRejection IC0530, IC0531
 */
export function requireCyclesForAllocations(
  before: Allocations,
  wanted: Allocations,
  limitCycles: bigint,
  balanceCycles: bigint,
): void {
  const missingCycles = limitCycles - balanceCycles;
  if (missingCycles <= 0n) return;
  if (wanted.computeAllocation > before.computeAllocation) {
    throw notEnoughCyclesForAllocation('compute', `${wanted.computeAllocation}%`, missingCycles);
  }
  if (wanted.memoryAllocationBytes > before.memoryAllocationBytes) {
    throw notEnoughCyclesForAllocation('memory', `${wanted.memoryAllocationBytes} B`, missingCycles);
  }
}

/** What a canister has allocated before it exists. */
export const nothingAllocated: Allocations = { computeAllocation: 0n, memoryAllocationBytes: 0n };
