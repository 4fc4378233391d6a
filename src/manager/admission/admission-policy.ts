import type { AdmissionPayment } from '../budgets/accounts.ts';
import type { AdmissionPolicy } from '../configuration/configuration.ts';

/** What is known of a caller; asked for only where the policy needs it, because each answer costs a reading. */
export interface Applicant {
  isAllowed(): boolean;
  /** The hash of the invitation that the request's code stands for, if it is valid now. */
  invitationHash(): Uint8Array | undefined;
  creditCycles(): bigint;
  attachedCycles(): bigint;
}

/** Either what the caller has to give, or the value of Candid's `AdmissionError`. */
export type PolicyDecision = { readonly payment: AdmissionPayment } | { readonly refusal: object };

/** Whether the policy admits the caller, and for what. Pure: takes nothing. */
export function decideAdmission(policy: AdmissionPolicy, applicant: Applicant): PolicyDecision {
  switch (policy.name) {
    case 'open':
      return { payment: { kind: 'nothing' } };
    case 'allowList':
      return applicant.isAllowed() ? { payment: { kind: 'nothing' } } : notAdmitted(policy.name);
    case 'invitation': {
      const codeHash = applicant.invitationHash();
      return codeHash ? { payment: { kind: 'invitation', codeHash } } : notAdmitted(policy.name);
    }
    case 'paid': {
      const { priceCycles } = policy;
      const [credit, attached] = [applicant.creditCycles(), applicant.attachedCycles()];
      return credit + attached >= priceCycles
        ? { payment: { kind: 'cycles', cycles: priceCycles } }
        : { refusal: { PaymentRequired: { priceCycles, attached, credit } } };
    }
  }
}

/** It does not say what is wrong with a code: whoever guesses codes must not learn which of them exist. */
function notAdmitted(policy: string): PolicyDecision {
  return { refusal: { NotAdmitted: { policy } } };
}
