import type { Outcome } from '../../saga/index.ts';
import { decodeCanisterStatus } from '../management-canister/canister-status.ts';
import { strangeControllers } from './birth.ts';
import type { CallAnswer } from './call-answer.ts';
import { classifyReject } from './classify-reject.ts';
import type { ProvisioningFacts } from './facts.ts';
import { boundedCallLeaseMs, effectRetry, readRetry } from './policies.ts';
import { greeterIdOf, unreadable } from './provisioning-step.ts';
import type { AnsweredCall, ProvisioningStep } from './provisioning-step.ts';

/**
 * Looks at a canister that was made in advance; after this it is vacant. Only reads, so an unknown outcome is settled
 * by reading again.
 */
export const poolStep: ProvisioningStep = {
  name: 'pool',
  kind: 'compensable',
  leaseMs: boundedCallLeaseMs,
  retry: effectRetry,
  reconcileRetry: readRetry,
  execute: (saga) => ({ kind: 'readCanisterStatus', canisterId: greeterIdOf(saga) }),
  reconcile: (saga) => ({ kind: 'readCanisterStatus', canisterId: greeterIdOf(saga) }),
  readAnswer: (answer, _saga, call) => readStatus(answer, call),
  readEvidence: (answer, _saga, call) => {
    if (answer.kind === 'reject') return unreadable(answer);
    const outcome = readStatus(answer, call);
    return outcome.kind === 'applied'
      ? { ...outcome, evidence: 'canister_status: vacant' }
      : { kind: 'notApplied', evidence: 'canister_status: not vacant' };
  },
};

function readStatus(answer: CallAnswer, { managerId }: AnsweredCall): Outcome<ProvisioningFacts> {
  if (answer.kind === 'reject') return classifyReject(answer);
  const status = decodeCanisterStatus(answer.bytes);
  if (!status) {
    const message = `canister_status answered ${answer.bytes.length} bytes that are not its reply`;
    return { kind: 'defect', error: { class: 'defect', code: 'undecodableReply', message } };
  }
  const strange = strangeControllers(status.controllers, managerId);
  if (strange !== undefined) {
    const error = { class: 'terminal', code: 'notSoleController', message: strange } as const;
    return { kind: 'notApplied', error };
  }
  return { kind: 'applied', learned: { canisterCycles: status.cycles } };
}
