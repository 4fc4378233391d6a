import type { CanisterState } from '../state.ts';
import type { ManagementServices } from './contract.ts';
import type { CanisterRequest } from './method.ts';
import { notEnoughCyclesForSnapshot, notEnoughCyclesToGrow } from './rejections.ts';
import type { Nothing } from './signature.ts';

/** `deposit_cycles`: all attached cycles go to the canister, whoever controls it. */
export function depositCycles({ call, canister }: CanisterRequest<unknown>): Nothing {
  call.cycles.transferTo(canister, call.cycles.available);
}

/**
 * Makes a canister pay for an operation on it, unless that would freeze it.
 *
 * @returns how many cycles are missing; 0 when it has paid
 */
export function charge(services: ManagementServices, canister: CanisterState, feeCycles: bigint): bigint {
  const missingCycles = missingFor(services, canister, feeCycles);
  if (missingCycles === 0n) services.burnCycles(canister, feeCycles);
  return missingCycles;
}

/** How many cycles a canister lacks to pay a fee without freezing; 0 when none. */
export function missingFor(services: ManagementServices, canister: CanisterState, feeCycles: bigint): bigint {
  const missingCycles = services.freezingLimitCycles(canister) + feeCycles - canister.cycles;
  return missingCycles > 0n ? missingCycles : 0n;
}

/**
 * Asks whether a canister can carry what an operation makes of it, and then whether it can pay for the operation too.
 * Both must not freeze it. Source: dfinity/ic `canister_manager.rs`, `cycles_and_memory_usage_checks`.
 *
 * @param afterwards the canister as it will be; only its size counts
 * @throws ManagementRejection IC0532, IC0207
 */
export function requireCycles(
  services: ManagementServices,
  canister: CanisterState,
  feeCycles: bigint,
  afterwards: CanisterState,
): void {
  const missingCycles = services.freezingLimitCycles(afterwards) - canister.cycles;
  if (missingCycles > 0n) {
    const growsBytes = allocatedBytes(services, afterwards) - allocatedBytes(services, canister);
    throw notEnoughCyclesToGrow(growsBytes > 0n ? growsBytes : 0n, missingCycles);
  }
  if (missingCycles + feeCycles > 0n) {
    throw notEnoughCyclesForSnapshot(canister.id, missingCycles + feeCycles);
  }
}

/** What is used beyond the memory allocation counts, and what is allocated even if it is not used. */
function allocatedBytes(services: ManagementServices, canister: CanisterState): bigint {
  const { totalBytes } = services.memoryUsage(canister);
  const { memoryAllocationBytes } = canister.settings;
  return totalBytes > memoryAllocationBytes ? totalBytes : memoryAllocationBytes;
}
