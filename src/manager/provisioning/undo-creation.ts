import type { Outcome } from '../../saga/index.ts';
import { bytesEqual, principalText } from '../bytes.ts';
import { decodeCanisterStatus } from '../management-canister/canister-status.ts';
import type { ProvisioningAction } from './action.ts';
import type { CallAnswer } from './call-answer.ts';
import { classifyReject } from './classify-reject.ts';
import type { ProvisioningFacts } from './facts.ts';
import { greeterIdOf } from './provisioning-step.ts';
import type { AnsweredCall, ProvisioningSaga } from './provisioning-step.ts';

/**
 * A job gives its canister up: it is emptied and becomes vacant. It is not deleted, because that would burn its cycles.
 * Uninstalling is harmless when repeated, and what was uninstalled is looked at, not believed.
 */
export function undoCreation(saga: ProvisioningSaga): ProvisioningAction {
  const canisterId = greeterIdOf(saga);
  return saga.facts.isEmptied
    ? { kind: 'readCanisterStatus', canisterId }
    : { kind: 'uninstallCode', canisterId };
}

/** A call of {@link undoCreation} was answered. */
export function readUndoingOfCreation(
  answer: CallAnswer,
  _saga: ProvisioningSaga,
  { purpose, managerId }: AnsweredCall,
): Outcome<ProvisioningFacts> {
  if (answer.kind === 'reject') return classifyReject(answer);
  if (purpose !== 'readCanisterStatus') return { kind: 'unfinished', learned: { isEmptied: true } };
  const status = decodeCanisterStatus(answer.bytes);
  if (!status) {
    const message = `canister_status answered ${answer.bytes.length} bytes that are not its reply`;
    return { kind: 'defect', error: { class: 'defect', code: 'undecodableReply', message } };
  }
  const { controllers, moduleHash, cycles } = status;
  if (!controllers.every((controller) => bytesEqual(controller, managerId))) {
    const message = `its controllers are ${controllers.map(principalText).join(' ')}`;
    return { kind: 'notApplied', error: { class: 'terminal', code: 'notSoleController', message } };
  }
  if (moduleHash) {
    const message = 'the canister has a module after it was uninstalled';
    const error = { class: 'retryable', code: 'notEmptied', message } as const;
    return { kind: 'notApplied', error, learned: { isEmptied: false } };
  }
  return { kind: 'applied', learned: { canisterCycles: cycles } };
}
