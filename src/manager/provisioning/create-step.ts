import type { Outcome } from '../../saga/index.ts';
import { hex } from '../bytes.ts';
import { decodeCreateCanisterReply } from '../management-canister/create-canister.ts';
import { birthTagOf } from './birth.ts';
import type { CallAnswer } from './call-answer.ts';
import { isOpenCandidate } from './candidate.ts';
import { classifyReject } from './classify-reject.ts';
import type { ProvisioningFacts } from './facts.ts';
import { searchForCreation } from './find-creation.ts';
import { effectRetry, readRetry, unboundedCallLeaseMs } from './policies.ts';
import type { AnsweredCall, ProvisioningSaga, ProvisioningStep } from './provisioning-step.ts';
import { actionForCandidate, readCandidateAnswer } from './take-vacant.ts';
import { readUndoingOfCreation, undoCreation } from './undo-creation.ts';

/** Bytes of an answer nobody understands that are kept on the job: an id may be in them, and it is told only once. */
const maximumShownBytes = 128;

/**
 * Takes a vacant canister if the worker offers one, or creates a canister. Unbounded wait: with a bounded one the
 * network could answer SYS_UNKNOWN and still create a canister, with the attached cycles in it, whose id nobody hears of.
 */
export const createStep: ProvisioningStep = {
  name: 'create',
  kind: 'compensable',
  leaseMs: unboundedCallLeaseMs,
  // Without the job nobody would search for the canister, and only a scan for orphans would ever find it.
  mustBeFoundOut: true,
  retry: effectRetry,
  reconcileRetry: readRetry,
  compensateRetry: readRetry,
  execute: ({ id, facts: { candidate } }) =>
    isOpenCandidate(candidate)
      ? actionForCandidate(candidate)
      : { kind: 'createCanister', birthTag: birthTagOf(id) },
  reconcile: searchForCreation,
  compensate: undoCreation,
  readAnswer: (answer, saga, call) =>
    call.purpose === 'createCanister'
      ? readCreation(answer, saga, call)
      : readCandidateAnswer(answer, saga, call),
  readEvidence: (_answer, _saga, { purpose }) => {
    // The answers of a search are read one by one and judged together: see `judgeCreation`.
    throw new Error(`create reads no evidence with ${purpose}`);
  },
  readUndoing: readUndoingOfCreation,
};

function readCreation(
  answer: CallAnswer,
  { facts }: ProvisioningSaga,
  { attachedCycles }: AnsweredCall,
): Outcome<ProvisioningFacts> {
  if (answer.kind === 'reject') return classifyReject(answer);
  const cyclesSpent = facts.cyclesSpent + attachedCycles - answer.cyclesRefunded;
  const canisterId = decodeCreateCanisterReply(answer.bytes);
  if (!canisterId) {
    const shown = hex(answer.bytes.slice(0, maximumShownBytes));
    const message = `create_canister answered ${answer.bytes.length} bytes that are not its reply: ${shown}`;
    const error = { class: 'unknown', code: 'undecodableReply', message } as const;
    return { kind: 'unknown', error, learned: { cyclesSpent } };
  }
  return { kind: 'applied', learned: { greeterId: canisterId, cyclesSpent } };
}
