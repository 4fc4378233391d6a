import { canisterSelf, canisterVersion } from 'azle';
import { DurableCallError, durableCall, nextCallId } from '../../durable-call/index.ts';
import type { Outcome } from '../../saga/index.ts';
import { creationCycles } from '../cycles.ts';
import { describeDefect } from '../defects.ts';
import { encodeCanisterInfo } from '../management-canister/canister-info.ts';
import { encodeCreateCanister } from '../management-canister/create-canister.ts';
import { encodeGreeterInit, encodeInstallChunkedCode } from '../management-canister/install-code.ts';
import { managementCanister } from '../management-canister/types.ts';
import { encodeSetSoleController } from '../management-canister/update-settings.ts';
import type { ProvisioningAction } from '../provisioning/action.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { boundedCallTimeoutSeconds, awaitingCyclesRetryMs } from '../provisioning/policies.ts';
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

/**
 * Reads what `sendAction` threw: a call that was not sent was surely not applied. A lack of cycles is the Manager's
 * own and uses up no attempt; its operator ends it, and until then the job waits. Any other refusal by the system is
 * worth another try. The rest is a defect of ours, for a person to look at and safe to try again.
 */
export function refusalToSend(
  error: unknown,
): Extract<Outcome<ProvisioningFacts>, { readonly kind: 'interrupted' | 'notApplied' }> {
  const message = describeDefect(error);
  const code = error instanceof DurableCallError ? error.code : undefined;
  if (code === 'durable-call.insufficient-cycles') {
    const shortage = { class: 'interrupted', code: 'awaitingCycles', message } as const;
    return { kind: 'interrupted', error: shortage, retryAfterMs: awaitingCyclesRetryMs };
  }
  return code === 'durable-call.not-sent'
    ? { kind: 'notApplied', error: { class: 'retryable', code: 'callNotSent', message } }
    : { kind: 'notApplied', error: { class: 'terminal', code: 'callNotMade', message } };
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
