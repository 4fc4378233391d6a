import type { Outcome } from '../../saga/index.ts';
import type { RejectAnswer } from './call-answer.ts';
import type { ProvisioningFacts } from './facts.ts';

/** Install requests that met the rate limit are tried again no sooner ("Please retry … after several minutes"). */
const rateLimitedRetryAfterMs = 5 * 60 * 1000;

/**
 * What a reject of the management canister says about the effect, in the five classes. The management canister
 * checks before it acts and acts at once, so every reject but SYS_UNKNOWN means "surely not applied".
 *
 * @param answer the reject, with one of the codes of the IC interface spec ("Reject codes")
 */
export function classifyReject({ code, message }: RejectAnswer): Outcome<ProvisioningFacts> {
  switch (code) {
    case 1:
      return notApplied('terminal', 'systemFatal', message);
    case 2:
      return message.includes('rate limited')
        ? { ...notApplied('retryable', 'rateLimited', message), retryAfterMs: rateLimitedRetryAfterMs }
        : notApplied('retryable', 'systemTransient', message);
    case 3:
      return notApplied('terminal', 'destinationInvalid', message);
    case 4:
      return notApplied('terminal', 'rejected', message);
    case 5:
      return notApplied('retryable', 'canisterError', message);
    case 6:
      return { kind: 'unknown', error: { class: 'unknown', code: 'systemUnknown', message } };
    default:
      return {
        kind: 'defect',
        error: { class: 'defect', code: 'undefinedRejectCode', message: `reject code ${code}: ${message}` },
      };
  }
}

function notApplied(
  errorClass: 'retryable' | 'terminal',
  code: string,
  message: string,
): Extract<Outcome<ProvisioningFacts>, { readonly kind: 'notApplied' }> {
  return { kind: 'notApplied', error: { class: errorClass, code, message } };
}
