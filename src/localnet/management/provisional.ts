import type { Principal } from '@dfinity/principal';
import type { CanisterState } from '../state.ts';
import type { ManagementServices } from './contract.ts';
import { addCanister, requestedSettings } from './create.ts';
import { defaultProvisionalCycles, maximumBalanceCycles } from './limits.ts';
import type { CanisterRequest, Request } from './method.ts';
import { canisterIdTaken, idNotHostedHere } from './rejections.ts';
import type { Nothing } from './signature.ts';
import type { CanisterIdRecord, ProvisionalCreateArgument } from './signatures.ts';

/** `provisional_create_canister_with_cycles`: anybody, without a fee, with cycles made out of nothing. */
export function provisionalCreate(request: Request<ProvisionalCreateArgument>): CanisterIdRecord {
  const { services, argument } = request;
  const change = requestedSettings(request);
  const [specifiedId] = argument.specified_id;
  if (specifiedId !== undefined) requireFreeId(services, specifiedId);
  const cycles = argument.amount[0] ?? defaultProvisionalCycles;
  const canister = addCanister(request, change, cycles, specifiedId);
  mint(services, canister, cycles);
  return { canister_id: canister.id };
}

/** `provisional_top_up_canister`: anybody may give any canister cycles made out of nothing. */
export function provisionalTopUp({
  services,
  canister,
  argument,
}: CanisterRequest<{ amount: bigint }>): Nothing {
  mint(services, canister, argument.amount);
}

function requireFreeId(services: ManagementServices, id: Principal): void {
  if (!services.isInCanisterRange(id)) throw idNotHostedHere(id);
  if (services.isIdTaken(id)) throw canisterIdTaken(id);
}

/**
 * Balances saturate, as on the replica: an amount beyond 2^128 fills the canister instead of failing. Cycles of other
 * canisters may have brought it beyond that already.
 */
function mint(services: ManagementServices, canister: CanisterState, amount: bigint): void {
  const room = maximumBalanceCycles - canister.cycles;
  if (room > 0n) services.mintCycles(canister, amount < room ? amount : room);
}
