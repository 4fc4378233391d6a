import type { Principal } from '@dfinity/principal';
import { isManagementCanister } from '../canister-ids.ts';
import { HttpApiError } from '../certification/index.ts';
import { targetOfCall } from '../management/index.ts';
import type { LocalNetwork } from '../network.ts';
import type { Scope } from './routes.ts';

/** A call or query as far as its address goes. */
interface Addressed {
  readonly requestType: 'call' | 'query';
  readonly canisterId: Principal;
  readonly method: string;
  readonly arg: Uint8Array;
}

/** Methods of `aaaaa-aa` that concern no canister: any principal will do as effective id, and a subnet's id too. */
const methodsWithoutTarget: Readonly<Record<Addressed['requestType'], ReadonlySet<string>>> = {
  call: new Set(['create_canister', 'provisional_create_canister_with_cycles']),
  query: new Set(['list_canisters']),
};

/**
 * Checks that a call or query came through the right URL.
 *
 * Source: IC interface spec, 'Effective canister id' and 'Effective subnet id'.
 *
 * @returns the effective id
 * @throws HttpApiError
 */
export function checkAddress(network: LocalNetwork, scope: Scope, request: Addressed): Principal {
  const isManagement = isManagementCanister(request.canisterId);
  const hasNoTarget = isManagement && methodsWithoutTarget[request.requestType].has(request.method);
  if (scope.kind === 'subnet') {
    requireSubnet(network, scope.id);
    if (!hasNoTarget) throw notForSubnets(request);
    return scope.id;
  }
  if (hasNoTarget) return scope.id;
  requireHosted(network, scope.id);
  const target = isManagement ? targetOfCall(request.method, request.arg) : request.canisterId;
  // Without a target the call cannot succeed, and the network says why.
  if (target !== undefined && target.compareTo(scope.id) !== 'eq') throw mismatch(scope.id, target.toText());
  return scope.id;
}

function notForSubnets({ requestType, canisterId, method }: Addressed): HttpApiError {
  const allowed = [...methodsWithoutTarget[requestType]].join(' or ');
  return new HttpApiError(
    'WRONG_EFFECTIVE_ID',
    `A ${requestType} through the id of a subnet must be one of ${allowed} of aaaaa-aa, not '${method}' of ` +
      `${canisterId.toText()}: put the id of the canister concerned into the URL.`,
  );
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
