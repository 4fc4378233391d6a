import type { CanisterState } from '../state.ts';
import type { ManagementServices } from './contract.ts';
import type { CanisterRequest } from './method.ts';
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
  const missingCycles = services.freezingLimitCycles(canister) + feeCycles - canister.cycles;
  if (missingCycles > 0n) return missingCycles;
  services.burnCycles(canister, feeCycles);
  return 0n;
}
