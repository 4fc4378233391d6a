import type { CanisterRequest } from './method.ts';
import type { Nothing } from './signature.ts';

/** `deposit_cycles`: all attached cycles go to the canister, whoever controls it. */
export function depositCycles({ call, canister }: CanisterRequest<unknown>): Nothing {
  call.cycles.transferTo(canister, call.cycles.available);
}
