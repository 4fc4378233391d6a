import type { CandidCyclesConsumed } from './candid-subnet.ts';
import type { CanisterRequest } from './method.ts';

/** `canister_metrics`: counters that only ever rise. */
export function canisterMetrics({ canister }: CanisterRequest<unknown>): {
  cycles_consumed: CandidCyclesConsumed;
} {
  const consumed = canister.consumedCycles;
  return {
    cycles_consumed: {
      memory: consumed.memory,
      compute_allocation: consumed.computeAllocation,
      ingress_induction: consumed.ingressInduction,
      instructions: consumed.instructions,
      request_and_response_transmission: consumed.transmission,
      uninstall: consumed.uninstall,
      canister_creation: consumed.canisterCreation,
      http_outcalls: consumed.httpOutcalls,
      burned_cycles: consumed.burned,
    },
  };
}
