import { canisterSelf, canisterVersion } from 'azle';
import { DurableCallError, durableCall, nextCallId } from '../../durable-call/index.ts';
import { creationCycles } from '../cycles.ts';
import { encodeCanisterInfo } from '../management-canister/canister-info.ts';
import { encodeCreateCanister } from '../management-canister/create-canister.ts';
import { encodeGreeterInit, encodeInstallChunkedCode } from '../management-canister/install-code.ts';
import { managementCanister } from '../management-canister/types.ts';
import { encodeSetSoleController } from '../management-canister/update-settings.ts';
import type { ProvisioningAction } from '../provisioning/action.ts';
import { boundedCallTimeoutSeconds } from '../provisioning/policies.ts';
import { describeDefect } from './describe-defect.ts';
import { writeCallRoute } from './call-routes.ts';
import type { CallRoute } from './call-routes.ts';

/** Actions that are calls to the management canister. */
export type CallAction = Extract<
  ProvisioningAction,
  { readonly kind: 'createCanister' | 'installCode' | 'setSoleController' | 'readCanisterInfo' }
>;

interface ManagementCall {
  readonly method: string;
  readonly args: Uint8Array;
  readonly cycles: bigint;
  readonly timeoutSeconds: number;
}

/**
 * Makes the call an action stands for, and writes down whom the answer is for. Both commit with this message.
 *
 * @throws DurableCallError when nothing was sent
 */
export function sendAction(action: CallAction, route: CallRoute): void {
  sendManagementCall(managementCallFor(action), route);
}

/** One durable call to the management canister with its route. */
export function sendManagementCall(call: ManagementCall, route: CallRoute): void {
  const callId = nextCallId();
  durableCall({ canister: managementCanister, callId, ...call });
  writeCallRoute(callId, route);
}

/** A call that was not sent, as the error to keep on its step. */
export type NotSent =
  | { readonly class: 'retryable'; readonly code: 'cyclesLow' | 'callNotSent'; readonly message: string }
  /** A defect of ours, and yet surely not applied: to be looked at by a person, and safe to try again. */
  | { readonly class: 'terminal'; readonly code: 'callNotMade'; readonly message: string };

/** Reads what `sendAction` threw. Only a refusal by the system is worth another try. */
export function refusalToSend(error: unknown): NotSent {
  if (error instanceof DurableCallError) {
    if (error.code === 'durable-call.insufficient-cycles') {
      return { class: 'retryable', code: 'cyclesLow', message: error.message };
    }
    if (error.code === 'durable-call.not-sent') {
      return { class: 'retryable', code: 'callNotSent', message: error.message };
    }
  }
  return { class: 'terminal', code: 'callNotMade', message: describeDefect(error) };
}

function managementCallFor(action: CallAction): ManagementCall {
  const senderCanisterVersion = canisterVersion();
  switch (action.kind) {
    case 'createCanister':
      return {
        method: 'create_canister',
        args: encodeCreateCanister({
          controller: canisterSelf(),
          birthTag: action.birthTag,
          senderCanisterVersion,
        }),
        cycles: creationCycles,
        timeoutSeconds: 0,
      };
    case 'installCode':
      return {
        method: 'install_chunked_code',
        args: encodeInstallChunkedCode({
          mode: action.mode,
          targetCanister: action.canisterId,
          storeCanister: canisterSelf(),
          moduleHash: action.moduleHash,
          initArgument: encodeGreeterInit(action.owner, action.greeting),
          senderCanisterVersion,
        }),
        cycles: 0n,
        timeoutSeconds: boundedCallTimeoutSeconds,
      };
    case 'setSoleController':
      return {
        method: 'update_settings',
        args: encodeSetSoleController(action.canisterId, action.controller, senderCanisterVersion),
        cycles: 0n,
        timeoutSeconds: boundedCallTimeoutSeconds,
      };
    case 'readCanisterInfo':
      return {
        method: 'canister_info',
        args: encodeCanisterInfo(action.canisterId),
        cycles: 0n,
        timeoutSeconds: boundedCallTimeoutSeconds,
      };
  }
}
