import { decodeCanisterInfo } from '../management-canister/canister-info.ts';
import { bytesEqual, hex } from '../bytes.ts';
import { classifyReject } from './classify-reject.ts';
import type { ProvisioningAction } from './action.ts';
import {
  actionForFunding,
  fundingUnknown,
  lacksCycles,
  onLackOfCycles,
  readFundingAnswer,
} from './fund-installation.ts';
import { blamesTemplate, templateRejected } from './template-rejected.ts';
import { boundedCallLeaseMs, effectRetry, readRetry } from './policies.ts';
import { doneBefore, greeterIdOf, undecodable, unreadable } from './provisioning-step.ts';
import type { ProvisioningSaga, ProvisioningStep } from './provisioning-step.ts';

/**
 * Installs the template's module. Bounded wait; the module hash tells afterwards whether it was applied, and a late
 * duplicate is harmless: `install` is refused on a canister that has a module.
 */
export const installStep: ProvisioningStep = {
  name: 'install',
  kind: 'compensable',
  leaseMs: boundedCallLeaseMs,
  retry: effectRetry,
  reconcileRetry: readRetry,
  execute: (saga) => actionForFunding(saga) ?? installation(saga),
  reconcile: (saga) => ({ kind: 'readCanisterInfo', canisterId: greeterIdOf(saga) }),
  readAnswer: (answer, saga, call) => {
    if (call.purpose !== 'installCode') return readFundingAnswer(answer, saga, call);
    if (answer.kind === 'reply') return { kind: 'applied' };
    // Somebody was faster: an earlier attempt of ours that counted as not applied, or one that a loaded snapshot made
    // us forget, perhaps with the handover after it. The module hash will tell.
    if (answer.code === 5 && answer.message.includes('IC0514')) return doneBefore('canisterNotEmpty', answer);
    if (answer.code === 5 && answer.message.includes('IC0512')) return doneBefore('notController', answer);
    if (lacksCycles(answer)) return onLackOfCycles(answer, saga);
    return blamesTemplate(answer) ? templateRejected(answer) : classifyReject(answer);
  },
  readEvidence: (answer, saga) => {
    if (answer.kind === 'reject') return unreadable(answer);
    const info = decodeCanisterInfo(answer.bytes);
    if (!info) return undecodable(answer.bytes);
    if (!info.moduleHash) {
      return { kind: 'notApplied', evidence: 'canister_info: no module', learned: fundingUnknown };
    }
    const evidence = `canister_info: module ${hex(info.moduleHash)}`;
    return bytesEqual(info.moduleHash, saga.facts.moduleHash)
      ? { kind: 'applied', evidence }
      : { kind: 'notApplied', evidence, learned: { ...fundingUnknown, foreignModule: true } };
  },
};

function installation(saga: ProvisioningSaga): ProvisioningAction {
  const { foreignModule, isReused, moduleHash, owner, greeting } = saga.facts;
  return {
    kind: 'installCode',
    canisterId: greeterIdOf(saga),
    mode: foreignModule || isReused ? 'reinstall' : 'install',
    moduleHash,
    owner,
    ...(greeting === undefined ? {} : { greeting }),
  };
}
