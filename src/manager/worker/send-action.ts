import { canisterVersion } from 'azle';
import { DurableCallError, durableCall, nextCallId } from '../../durable-call/index.ts';
import type { Outcome } from '../../saga/index.ts';
import { chargeCall, ManagerReserveError, requireReserveLeft } from '../budgets/call-costs.ts';
import { nowMs } from '../clock.ts';
import { describeDefect } from '../defects.ts';
import { managementCanister } from '../management-canister/types.ts';
import type { CallPurpose } from '../provisioning/action.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { awaitingCyclesRetryMs } from '../provisioning/policies.ts';
import { countCall } from './call-budget.ts';
import { writeCallRoute } from './call-routes.ts';
import type { AttemptRoute, CallRoute } from './call-routes.ts';
import { noteCallSent } from './open-calls.ts';
import { managementCallFor } from './management-call.ts';
import type { CallAction, ManagementCall } from './management-call.ts';

/** Which attempt a call is made for. */
export type CallOrigin = Pick<AttemptRoute, 'sagaId' | 'ticket' | 'stepIndex' | 'phase'>;

/**
 * Makes the call an action stands for, and writes down whom the answer is for. Both commit with this message.
 *
 * @param purpose how the answer is to be read
 * @throws DurableCallError or ManagerReserveError when nothing was sent
 */
export function sendAction(action: CallAction, purpose: CallPurpose, origin: CallOrigin): void {
  const call = managementCallFor(action);
  sendManagementCall(call, {
    kind: 'attempt',
    ...origin,
    purpose,
    ...('canisterId' in action ? { canisterId: action.canisterId } : {}),
    attachedCycles: call.cycles,
    hostVersion: canisterVersion(),
    sentAtMs: nowMs(),
  });
}

/**
 * One durable call to the management canister with its route; a job's call is charged to the job.
 *
 * @throws DurableCallError or ManagerReserveError when nothing was sent
 */
export function sendManagementCall(call: ManagementCall, route: CallRoute): void {
  requireReserveLeft(call);
  countCall();
  const callId = nextCallId();
  durableCall({ canister: managementCanister, callId, ...call });
  writeCallRoute(callId, route);
  noteCallSent();
  if (route.kind === 'attempt') chargeCall(route.sagaId, call, nowMs());
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
  if (code === 'durable-call.insufficient-cycles' || error instanceof ManagerReserveError) {
    const shortage = { class: 'interrupted', code: 'awaitingCycles', message } as const;
    return { kind: 'interrupted', error: shortage, retryAfterMs: awaitingCyclesRetryMs };
  }
  return code === 'durable-call.not-sent'
    ? { kind: 'notApplied', error: { class: 'retryable', code: 'callNotSent', message } }
    : { kind: 'notApplied', error: { class: 'terminal', code: 'callNotMade', message } };
}
