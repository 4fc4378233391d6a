import type { Principal } from '@dfinity/principal';
import { type CanisterFailure, methodNotFound, noModule, rejectionOfFailure } from './canister-failure.ts';
import { isManagementCanister } from './canister-ids.ts';
import { missingForExecution, notRunning } from './execute-request.ts';
import { execute } from './execution/execute.ts';
import { managementServices } from './management-services.ts';
import { type CallResult, CallRejectedError, type Rejection, rejectionOf } from './rejection.ts';
import type { CanisterState } from './state.ts';
import { findCanister, type World } from './world.ts';

/** A user's query call. */
export interface QueryCall {
  readonly sender: Principal;
  readonly canisterId: Principal;
  readonly method: string;
  /** Candid-encoded. */
  readonly arg: Uint8Array;
}

/** Executes a query on the committed state; whatever it changes is dropped. @throws CallRejectedError */
export function executeQuery(world: World, call: QueryCall): Uint8Array {
  const result = isManagementCanister(call.canisterId)
    ? world.management.query(managementServices(world), call)
    : queryCanister(world, call);
  if (result.kind === 'reject') throw new CallRejectedError(result.rejection);
  return result.bytes;
}

function queryCanister(world: World, call: QueryCall): CallResult {
  const canister = findCanister(world, call.canisterId);
  if (canister === undefined) {
    return rejected(rejectionOf('IC0301', `Canister ${call.canisterId.toText()} not found.`));
  }
  const refusal =
    notRunning(canister) ?? missingForExecution(canister, 0n) ?? unknownQuery(canister, call.method);
  if (refusal !== undefined) return rejected(refusal);
  const { failure, effects } = execute(world, canister, {
    mode: 'query',
    method: call.method,
    arg: call.arg,
    caller: call.sender,
    instructionLimit: world.instructionLimits.query,
    reservedCycles: 0n,
    context: undefined,
    body: (instance) => {
      instance.callExport(`canister_query ${call.method}`);
    },
  });
  if (failure !== undefined) return rejected(rejectionOfFailure(canister.id, failure));
  return (
    effects.response ??
    rejected(rejectionOf('IC0506', `Canister ${canister.id.toText()} did not reply to the call`))
  );
}

function unknownQuery(canister: CanisterState, method: string): Rejection | undefined {
  const module = canister.code?.module;
  let failure: CanisterFailure | undefined;
  if (module === undefined) failure = noModule();
  else if (module.compositeQueries.has(method)) {
    return rejectionOf(
      'IC0529',
      `This network does not run composite queries yet: call '${method}' on PocketIC or mainnet, or offer a plain query.`,
    );
  } else if (!module.queries.has(method)) failure = methodNotFound('query', method);
  return failure === undefined ? undefined : rejectionOfFailure(canister.id, failure);
}

function rejected(rejection: Rejection): CallResult {
  return { kind: 'reject', rejection };
}
