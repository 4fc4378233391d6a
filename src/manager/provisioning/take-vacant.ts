import type { Outcome } from '../../saga/index.ts';
import { bytesEqual } from '../bytes.ts';
import { decodeCanisterStatus } from '../management-canister/canister-status.ts';
import type { CanisterStatus } from '../management-canister/canister-status.ts';
import type { UnfitReason } from '../vacancies/vacancy.ts';
import type { ProvisioningAction } from './action.ts';
import { saysNoSuchCanister } from './call-answer.ts';
import type { CallAnswer, RejectAnswer } from './call-answer.ts';
import { isOpenCandidate, maximumLooks } from './candidate.ts';
import type { OpenCandidate } from './candidate.ts';
import type { ProvisioningFacts } from './facts.ts';
import { topUpMarginCycles } from './policies.ts';
import type { AnsweredCall, ProvisioningSaga } from './provisioning-step.ts';

/** What is to be done next with a vacant canister before the job may have it. */
export function actionForCandidate(candidate: OpenCandidate): ProvisioningAction {
  const { canisterId } = candidate;
  switch (candidate.kind) {
    case 'offered':
      return { kind: 'readCanisterStatus', canisterId };
    case 'stopped':
      return { kind: 'startCanister', canisterId };
    case 'occupied':
      return { kind: 'uninstallCode', canisterId };
    case 'poor':
      return { kind: 'depositCycles', canisterId, cycles: candidate.missingCycles };
  }
}

/**
 * A call about the candidate was answered. A vacant canister is not trusted to be as it was left: it is taken only if
 * the Manager alone controls it, it runs, it has no module, and it has cycles enough, all seen in one status. None of these
 * calls creates anything, so no outcome is unknown: in doubt the job does without the candidate.
 */
export function readCandidateAnswer(
  answer: CallAnswer,
  { facts }: ProvisioningSaga,
  call: AnsweredCall,
): Outcome<ProvisioningFacts> {
  const { candidate } = facts;
  if (!isOpenCandidate(candidate) || !call.canisterId || !bytesEqual(candidate.canisterId, call.canisterId)) {
    return notTaken('candidateReturned', 'the answer is about a canister the job does without by now');
  }
  if (answer.kind === 'reject') return onReject(candidate, answer, call);
  if (call.purpose !== 'readCanisterStatus') return lookAgain(facts, candidate, answer, call);
  // What was seen may be long past: set back to a snapshot, the Manager has forgotten to whom it gave the canister since.
  if (call.isFromEarlierLife) {
    return goOnWith({ kind: 'offered', canisterId: candidate.canisterId, looks: candidate.looks });
  }
  const status = decodeCanisterStatus(answer.bytes);
  return status ? judge(candidate, status, call) : unseen(candidate);
}

function judge(
  candidate: OpenCandidate,
  { isRunning, controllers, moduleHash, cycles }: CanisterStatus,
  { managerId, vacantMinimumCycles }: AnsweredCall,
): Outcome<ProvisioningFacts> {
  const { canisterId } = candidate;
  const looks = candidate.looks + 1;
  const [controller] = controllers;
  if (!controller || controllers.length > 1 || !bytesEqual(controller, managerId)) {
    return unfit(candidate, 'wrongControllers');
  }
  const isPoor = cycles < vacantMinimumCycles;
  if ((!isRunning || moduleHash || isPoor) && looks >= maximumLooks) return unfit(candidate, 'neverFit');
  if (!isRunning) return goOnWith({ kind: 'stopped', canisterId, looks });
  if (moduleHash) return goOnWith({ kind: 'occupied', canisterId, looks });
  if (isPoor) {
    const missingCycles = vacantMinimumCycles - cycles + topUpMarginCycles;
    return goOnWith({ kind: 'poor', canisterId, looks, missingCycles });
  }
  return { kind: 'applied', learned: { greeterId: canisterId, isReused: true, canisterCycles: cycles } };
}

function lookAgain(
  { cyclesSpent }: ProvisioningFacts,
  { canisterId, looks }: OpenCandidate,
  { cyclesRefunded }: CallAnswer,
  { attachedCycles }: AnsweredCall,
): Outcome<ProvisioningFacts> {
  const learned = { cyclesSpent: cyclesSpent + attachedCycles - cyclesRefunded };
  return { kind: 'unfinished', learned: { ...learned, candidate: { kind: 'offered', canisterId, looks } } };
}

function onReject(
  candidate: OpenCandidate,
  answer: RejectAnswer,
  call: AnsweredCall,
): Outcome<ProvisioningFacts> {
  if (saysNoSuchCanister(answer)) return unfit(candidate, 'gone');
  if (answer.message.includes('IC0512')) return unfit(candidate, 'wrongControllers');
  // A status changes nothing, nor does starting what runs or is empty, whenever it may be executed.
  if (call.purpose === 'readCanisterStatus' || call.purpose === 'startCanister') return unseen(candidate);
  const { canisterId } = candidate;
  return {
    ...notTaken('candidateRejected', `reject code ${answer.code}: ${answer.message}`),
    learned: { candidate: { kind: 'returned', canisterId } },
  };
}

/** Nothing is known against the candidate: whatever was the matter may be so with all of them at this moment. */
function unseen({ canisterId }: OpenCandidate): Outcome<ProvisioningFacts> {
  return { kind: 'unfinished', learned: { candidate: { kind: 'unseen', canisterId } } };
}

function goOnWith(candidate: OpenCandidate): Outcome<ProvisioningFacts> {
  return { kind: 'unfinished', learned: { candidate } };
}

/** The job goes on at once, with the next vacant canister or with a new one. */
function unfit({ canisterId }: OpenCandidate, reason: UnfitReason): Outcome<ProvisioningFacts> {
  return { kind: 'unfinished', learned: { candidate: { kind: 'unfit', canisterId, reason } } };
}

function notTaken(
  code: string,
  message: string,
): Extract<Outcome<ProvisioningFacts>, { readonly kind: 'notApplied' }> {
  return { kind: 'notApplied', error: { class: 'retryable', code, message } };
}
