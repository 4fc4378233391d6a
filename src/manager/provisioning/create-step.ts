import { creationCycles } from '../cycles.ts';
import { decodeCreateCanisterReply } from '../management-canister/create-canister.ts';
import { hex } from '../bytes.ts';
import { classifyReject } from './classify-reject.ts';
import { effectRetry, readRetry, unboundedCallLeaseMs } from './policies.ts';
import type { ProvisioningStep } from './provisioning-step.ts';

/** Bytes of an answer nobody understands that are kept on the job: an id may be in them, and it is told only once. */
const maximumShownBytes = 128;

/**
 * Creates the canister. Unbounded wait: with a bounded one the network could answer SYS_UNKNOWN and still create a
 * canister, with the attached cycles in it, whose id nobody hears of.
 */
export const createStep: ProvisioningStep = {
  name: 'create',
  kind: 'compensable',
  leaseMs: unboundedCallLeaseMs,
  retry: effectRetry,
  reconcileRetry: readRetry,
  execute: (saga) => ({ kind: 'createCanister', birthTag: birthTagOf(saga.id) }),
  reconcile: (saga) => ({
    kind: 'askOperator',
    evidence: `create_canister has not told an id; a canister with environment variable SAGA_ID=${birthTagOf(saga.id)} may exist`,
  }),
  readAnswer: (answer, saga) => {
    if (answer.kind === 'reject') return classifyReject(answer);
    const canisterId = decodeCreateCanisterReply(answer.bytes);
    if (!canisterId) {
      const shown = hex(answer.bytes.slice(0, maximumShownBytes));
      const message = `create_canister answered ${answer.bytes.length} bytes that are not its reply: ${shown}`;
      return { kind: 'unknown', error: { class: 'unknown', code: 'undecodableReply', message } };
    }
    const cyclesSpent = saga.facts.cyclesSpent + creationCycles - answer.cyclesRefunded;
    return { kind: 'applied', learned: { greeterId: canisterId, cyclesSpent } };
  },
  readEvidence: () => ({ kind: 'undecided', evidence: 'create_canister has no evidence to read yet' }),
};

/** What is stamped on the new canister so that it can be recognised later. */
function birthTagOf(sagaId: bigint): string {
  return sagaId.toString();
}
