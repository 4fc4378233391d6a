import type { Outcome } from '../../saga/index.ts';
import type { RejectAnswer } from './call-answer.ts';
import type { ProvisioningFacts } from './facts.ts';
import { awaitingCyclesRetryMs } from './policies.ts';

/** Install requests that met the rate limit are tried again no sooner ("Please retry … after several minutes"). */
const rateLimitedRetryAfterMs = 5 * 60 * 1000;

/**
 * How the network says that the creation fee is above the cycles attached (dfinity/ic, `cycles_account_manager`). It
 * comes with different reject codes, depending on the version of the replica.
 */
const creationFeeText = 'Creating a canister requires a fee of';

/**
 * What a reject of the management canister says about the effect, in the five classes. The management canister
 * checks before it acts and acts at once, so every reject but SYS_UNKNOWN means "surely not applied".
 *
 * @param answer the reject, with one of the codes of the IC interface spec ("Reject codes")
 */
export function classifyReject({ code, message }: RejectAnswer): Outcome<ProvisioningFacts> {
  if (message.includes(creationFeeText)) return awaitingCycles(message);
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

/** Everything attached came back: the job waits for the fee to fall, or for more to be attached. */
function awaitingCycles(message: string): Outcome<ProvisioningFacts> {
  const error = { class: 'interrupted', code: 'awaitingCycles', message } as const;
  return { kind: 'interrupted', error, retryAfterMs: awaitingCyclesRetryMs };
}

function notApplied(
  errorClass: 'retryable' | 'terminal',
  code: string,
  message: string,
): Extract<Outcome<ProvisioningFacts>, { readonly kind: 'notApplied' }> {
  return { kind: 'notApplied', error: { class: errorClass, code, message } };
}
