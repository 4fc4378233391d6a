import type { Principal } from '@dfinity/principal';
import { isManagementCanister } from '../canister-ids.ts';
import { HttpApiError } from '../certification/index.ts';
import { targetOfCall } from '../management/index.ts';
import type { LocalNetwork } from '../network.ts';
import type { Scope } from './routes.ts';

/** A call or query as far as its address goes. */
interface Addressed {
  readonly canisterId: Principal;
  readonly method: string;
  readonly arg: Uint8Array;
}

/** Creates a canister, which has no id yet: any principal will do as effective canister id. */
const methodsWithoutTarget = new Set(['provisional_create_canister_with_cycles']);

/**
 * Checks that a call or query came through the right URL.
 *
 * Source: IC interface spec, 'Effective canister id'.
 *
 * @returns the effective canister id
 * @throws HttpApiError
 */
export function checkAddress(network: LocalNetwork, scope: Scope, request: Addressed): Principal {
  const isManagement = isManagementCanister(request.canisterId);
  if (scope.kind === 'subnet') {
    requireSubnet(network, scope.id);
    if (!isManagement) throw mismatch(scope.id, `a call to ${request.canisterId.toText()}`);
    return targetOfCall(request.method, request.arg) ?? request.canisterId;
  }
  if (isManagement && methodsWithoutTarget.has(request.method)) return scope.id;
  requireHosted(network, scope.id);
  const target = isManagement ? targetOfCall(request.method, request.arg) : request.canisterId;
  // Without a target the call cannot succeed, and the network says why.
  if (target !== undefined && target.compareTo(scope.id) !== 'eq') throw mismatch(scope.id, target.toText());
  return scope.id;
}

/** Checks that the network has, or could have, the canister or subnet in the URL. @throws HttpApiError */
export function requireOwn(network: LocalNetwork, scope: Scope): void {
  if (scope.kind === 'subnet') requireSubnet(network, scope.id);
  else requireHosted(network, scope.id);
}

function requireSubnet(network: LocalNetwork, id: Principal): void {
  if (network.subnetId.compareTo(id) === 'eq') return;
  throw new HttpApiError(
    'UNKNOWN_SUBNET',
    `Subnet ${id.toText()} is not here; the only one is ${network.subnetId.toText()}.`,
    404,
  );
}

function requireHosted(network: LocalNetwork, id: Principal): void {
  if (isManagementCanister(id)) {
    throw new HttpApiError(
      'WRONG_EFFECTIVE_ID',
      'aaaaa-aa in the URL names no subnet: put the id of the canister concerned into the URL.',
    );
  }
  if (network.isOwnCanisterId(id)) return;
  throw new HttpApiError(
    'UNKNOWN_CANISTER_RANGE',
    `Canister ${id.toText()} does not belong to any subnet of this network.`,
  );
}

function mismatch(effective: Principal, requested: string): HttpApiError {
  return new HttpApiError(
    'WRONG_EFFECTIVE_ID',
    `Effective principal id in URL ${effective.toText()} does not match requested principal id: ${requested}`,
  );
}
