import type { Principal } from '@dfinity/principal';
import type { Rejection } from '../rejection.ts';
import type {
  AttachedCycles,
  ManagementCall,
  ManagementCanister,
  ManagementQuery,
  ManagementResult,
  ManagementServices,
} from './contract.ts';
import { requirePermission, type Method, type OpenedCall } from './method.ts';
import { findMethod, findQuery } from './methods.ts';
import {
  canisterNotFound,
  invalidPayload,
  ManagementRejection,
  noSuchMethod,
  noSuchQuery,
  notCallableByUsers,
  onlyCanisters,
  onlyQuery,
  senderVersionFromUser,
  senderVersionMismatch,
} from './rejections.ts';
import type { CanisterState } from '../state.ts';

/** `aaaaa-aa`, as the execution side sees it. Keeps no state of its own. */
export const managementCanister: ManagementCanister = {
  execute: (services, call) => rejecting(() => execute(services, call)),

  checkIngress: (services, { sender, method: name, arg }) =>
    rejectingIngress(() => {
      const method = methodForUpdate(name);
      if (method.origins === 'canisters') throw onlyCanisters(name);
      if (method.origins.endsWith('user queries')) throw onlyQuery(name);
      const opened = openIngress(method, name, arg);
      const target = targetOf(services, opened);
      if (target === undefined) return { payer: undefined };
      requirePermission(method.permission ?? 'anyone', target, sender);
      const isFree = method.permission === 'anyone' || rescues(services, name, target);
      return { payer: isFree ? undefined : target };
    }),

  query: (services, query) => {
    const result = rejecting(() => executeQuery(services, query));
    if (result.kind === 'pending') throw new Error(`The query ${query.method} was not answered at once.`);
    return result;
  },
};

/**
 * Settings of a frozen canister can be changed, or nobody could lower the threshold that froze it. The replica
 * charges for such a message afterwards what is there; here it is free.
 */
function rescues(services: ManagementServices, method: string, canister: CanisterState): boolean {
  return method === 'update_settings' && canister.cycles < services.freezingLimitCycles(canister);
}

function execute(services: ManagementServices, call: ManagementCall): ManagementResult {
  const method = methodForUpdate(call.method);
  if (method.origins === 'user queries') throw onlyQuery(call.method);
  if (method.origins !== 'users and canisters' && !call.callerIsCanister)
    throw notCallableByUsers(call.method);
  const opened = method.open(call.arg);
  checkSenderVersion(call, opened);
  return runPermitted(services, method, opened, call);
}

function executeQuery(services: ManagementServices, query: ManagementQuery): ManagementResult {
  const method = findQuery(query.method);
  if (method === undefined) throw noSuchQuery(query.method);
  const call: ManagementCall = {
    caller: query.sender,
    callerIsCanister: false,
    callerVersion: undefined,
    method: query.method,
    arg: query.arg,
    deadlineNanos: 0n,
    cycles: noCycles,
  };
  return runPermitted(services, method, method.open(query.arg), call);
}

function runPermitted(
  services: ManagementServices,
  method: Method,
  opened: OpenedCall,
  call: ManagementCall,
): ManagementResult {
  const target = targetOf(services, opened);
  if (target !== undefined) requirePermission(method.permission ?? 'anyone', target, call.caller);
  return opened.run(services, call, target);
}

function methodForUpdate(name: string): Method {
  const method = findMethod(name);
  if (method === undefined) throw noSuchMethod(name);
  return method;
}

function targetOf(services: ManagementServices, { targetId }: OpenedCall): CanisterState | undefined {
  return targetId && existing(services, targetId);
}

function existing(services: ManagementServices, id: Principal): CanisterState {
  const canister = services.findCanister(id);
  if (canister === undefined) throw canisterNotFound(id);
  return canister;
}

/** A caller that states its version must state the one it had when it sent the call: a guard against races. */
function checkSenderVersion(call: ManagementCall, opened: OpenedCall): void {
  const [claimed] = opened.senderCanisterVersion;
  if (claimed === undefined) return;
  if (call.callerVersion === undefined) throw senderVersionFromUser();
  if (claimed !== call.callerVersion) throw senderVersionMismatch(claimed, call.callerVersion);
}

/** Before a user's call is accepted the replica words an undecodable argument differently. */
function openIngress(method: Method, name: string, arg: Uint8Array): OpenedCall {
  try {
    return method.open(arg);
  } catch (error) {
    if (!(error instanceof ManagementRejection)) throw error;
    throw invalidPayload(`Failed to decode payload for ic00 method: ${name}`);
  }
}

function rejecting(run: () => ManagementResult): ManagementResult {
  try {
    return run();
  } catch (error) {
    return { kind: 'reject', rejection: rejectionOfError(error) };
  }
}

function rejectingIngress<Accepted>(run: () => Accepted): Accepted | { readonly rejection: Rejection } {
  try {
    return run();
  } catch (error) {
    return { rejection: rejectionOfError(error) };
  }
}

/** Anything but a rejection is a defect of the network and goes on. */
function rejectionOfError(error: unknown): Rejection {
  if (error instanceof ManagementRejection) return error.rejection;
  throw error;
}

const noCycles: AttachedCycles = {
  available: 0n,
  transferTo: () => {
    throw new Error('A query carries no cycles.');
  },
  burn: () => {
    throw new Error('A query carries no cycles.');
  },
};
