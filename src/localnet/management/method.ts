import type { Principal } from '@dfinity/principal';
import type { CanisterState } from '../state.ts';
import type { ManagementCall, ManagementResult, ManagementServices } from './contract.ts';
import type { Opt } from './candid-settings.ts';
import {
  canisterNotFound,
  logsNotVisible,
  notAvailableHere,
  notController,
  undecodablePayload,
} from './rejections.ts';
import { includesPrincipal, isVisibleTo } from './settings.ts';
import type { Signature } from './signature.ts';

/** From where a method may be called. */
export type Origins = 'users and canisters' | 'canisters' | 'canisters and user queries' | 'user queries';

/** Whom a method that concerns one canister obeys. */
export type Permission =
  | 'anyone'
  | 'controllers'
  | 'controllers or itself'
  | 'status viewers or itself'
  | 'snapshot viewers'
  | 'log viewers';

/** A decoded call on its way to the function that carries it out. */
export interface Request<Argument> {
  readonly services: ManagementServices;
  readonly call: ManagementCall;
  readonly argument: Argument;
}

/** A request that concerns one existing canister. */
export interface CanisterRequest<Argument> extends Request<Argument> {
  readonly canister: CanisterState;
}

/** Who may call a method from where, and how. One row of the dispatch table. */
export interface Method {
  readonly origins: Origins;
  /** Absent for methods that do not concern one existing canister. */
  readonly permission: Permission | undefined;
  /**
   * Decodes the argument.
   *
   * @throws ManagementRejection IC0408
   */
  open(arg: Uint8Array): OpenedCall;
}

/** A call whose argument is decoded. */
export interface OpenedCall {
  /** The canister it concerns: its controllers are asked, and it pays for receiving a user's call. */
  readonly targetId: Principal | undefined;
  readonly senderCanisterVersion: Opt<bigint>;
  /** @throws ManagementRejection */
  run(
    services: ManagementServices,
    call: ManagementCall,
    target: CanisterState | undefined,
  ): ManagementResult;
}

interface MaybeSenderVersion {
  readonly sender_canister_version?: Opt<bigint>;
}

/** A method that concerns no existing canister, such as create_canister. */
export function methodForAll<Argument, Result>(
  origins: Origins,
  { decodeArgument, encodeResult }: Signature<Argument, Result>,
  run: (request: Request<Argument>) => Result,
): Method {
  return {
    origins,
    permission: undefined,
    open: (arg) => {
      const argument = decoded(decodeArgument, arg);
      return {
        targetId: undefined,
        senderCanisterVersion: (argument as MaybeSenderVersion | undefined)?.sender_canister_version ?? [],
        run: (services, call) => reply(encodeResult(run({ services, call, argument }))),
      };
    },
  };
}

/** A method of the specification that this network does not have. Its argument is not looked at. */
export function unavailableMethod(name: string): Method {
  return {
    origins: 'canisters',
    permission: undefined,
    open: () => ({
      targetId: undefined,
      senderCanisterVersion: [],
      run: () => {
        throw notAvailableHere(name);
      },
    }),
  };
}

/** A method that concerns one existing canister and is answered at once. */
export function methodOnCanister<Argument extends { readonly canister_id: Principal }, Result>(
  origins: Origins,
  permission: Permission,
  { decodeArgument, encodeResult }: Signature<Argument, Result>,
  run: (request: CanisterRequest<Argument>) => Result,
): Method {
  return canisterMethod(
    origins,
    permission,
    decodeArgument,
    ({ canister_id }) => canister_id,
    (request) => reply(encodeResult(run(request))),
  );
}

/**
 * A method that concerns one existing canister, in its general form.
 *
 * @param targetOf finds the canister in the argument
 * @param run makes the answer itself, which may come later
 */
export function canisterMethod<Argument>(
  origins: Origins,
  permission: Permission,
  decodeArgument: (bytes: Uint8Array) => Argument,
  targetOf: (argument: Argument) => Principal,
  run: (request: CanisterRequest<Argument>) => ManagementResult,
): Method {
  return {
    origins,
    permission,
    open: (arg) => {
      const argument = decoded(decodeArgument, arg);
      const targetId = targetOf(argument);
      return {
        targetId,
        senderCanisterVersion: (argument as MaybeSenderVersion).sender_canister_version ?? [],
        run: (services, call, canister) => {
          if (canister === undefined) throw canisterNotFound(targetId);
          return run({ services, call, argument, canister });
        },
      };
    },
  };
}

export function reply(bytes: Uint8Array): ManagementResult {
  return { kind: 'reply', bytes };
}

/**
 * Lets those pass whom the permission names.
 *
 * @throws ManagementRejection IC0512; IC0406 for logs
 */
export function requirePermission(permission: Permission, canister: CanisterState, caller: Principal): void {
  if (!isPermitted(permission, canister, caller)) {
    if (permission === 'log viewers') throw logsNotVisible(caller);
    throw notController(canister.id, canister.settings.controllers, caller);
  }
}

function isPermitted(permission: Permission, canister: CanisterState, caller: Principal): boolean {
  const { controllers, statusVisibility, snapshotVisibility, logVisibility } = canister.settings;
  const isItself = canister.id.compareTo(caller) === 'eq';
  switch (permission) {
    case 'anyone':
      return true;
    case 'controllers':
      return includesPrincipal(controllers, caller);
    case 'controllers or itself':
      return isItself || includesPrincipal(controllers, caller);
    case 'status viewers or itself':
      return isItself || isVisibleTo(statusVisibility, controllers, caller);
    case 'snapshot viewers':
      return isVisibleTo(snapshotVisibility, controllers, caller);
    case 'log viewers':
      return isVisibleTo(logVisibility, controllers, caller);
  }
}

function decoded<Argument>(decode: (bytes: Uint8Array) => Argument, arg: Uint8Array): Argument {
  try {
    return decode(arg);
  } catch (error) {
    throw undecodablePayload(error);
  }
}
