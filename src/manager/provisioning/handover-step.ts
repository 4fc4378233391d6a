import { decodeCanisterInfo, tellsOfHandover } from '../management-canister/canister-info.ts';
import { bytesEqual, principalText } from '../bytes.ts';
import { saysNoSuchCanister } from './call-answer.ts';
import { classifyReject } from './classify-reject.ts';
import { boundedCallLeaseMs, effectRetry, readRetry } from './policies.ts';
import { doneBefore, greeterIdOf, undecodable, unreadable } from './provisioning-step.ts';
import type { ProvisioningStep } from './provisioning-step.ts';

/**
 * Makes the owner the sole controller: the pivot. Bounded wait; anybody may ask `canister_info` for the controllers
 * afterwards, so the Manager can find out although it no longer controls the canister.
 */
export const handoverStep: ProvisioningStep = {
  name: 'handover',
  kind: 'pivot',
  leaseMs: boundedCallLeaseMs,
  retry: effectRetry,
  reconcileRetry: readRetry,
  execute: (saga) => ({
    kind: 'setSoleController',
    canisterId: greeterIdOf(saga),
    controller: saga.facts.owner,
  }),
  reconcile: (saga) => ({ kind: 'readCanisterInfo', canisterId: greeterIdOf(saga), withHistory: true }),
  readAnswer: (answer) => {
    if (answer.kind === 'reply') return { kind: 'applied' };
    // We are no controller any more: an earlier attempt of ours that counted as not applied was. Look who is.
    if (answer.code === 5 && answer.message.includes('IC0512')) return doneBefore('notController', answer);
    return classifyReject(answer);
  },
  readEvidence: (answer, { facts: { owner } }, { managerId }) => {
    if (answer.kind === 'reject') {
      return saysNoSuchCanister(answer)
        ? {
            kind: 'applied',
            evidence: 'canister_info: the canister is gone; only its owner can have deleted it',
          }
        : unreadable(answer);
    }
    const info = decodeCanisterInfo(answer.bytes);
    if (!info) return undecodable(answer.bytes);
    const evidence = `canister_info: controllers ${info.controllers.map(principalText).join(' ') || 'none'}`;
    const isController = (wanted: Uint8Array): boolean =>
      info.controllers.some((controller) => bytesEqual(controller, wanted));
    if (isController(managerId)) return { kind: 'notApplied', evidence };
    // Whom else the controllers name is the owner's doing, who may have been quick.
    if (isController(owner)) return { kind: 'applied', evidence };
    if (tellsOfHandover(answer.bytes, managerId, owner)) {
      return { kind: 'applied', evidence: `${evidence}; the owner was made the only one before` };
    }
    // The Manager gave it to somebody else, in a time that a loaded snapshot made it forget.
    return {
      kind: 'undecided',
      evidence: `${evidence}; no change by which the Manager gave it to the owner`,
    };
  },
};
