import type { Outcome } from '../../saga/index.ts';
import type { RejectAnswer } from './call-answer.ts';
import type { ProvisioningFacts } from './facts.ts';

/** Attempts at installing a template that the network, or its own `init`, refuses: the module stays what it is. */
const maximumTemplateAttempts = 3;

/**
 * Codes of errors that a module causes itself (dfinity/ic, `error_types`): it traps (IC0502, IC0503), breaks the
 * contract of the System API or is not whole in the chunk store (IC0504), is not valid Wasm (IC0505), takes too much
 * memory (IC0507, IC0539), names a function it does not have (IC0513), meets an error of the engine (IC0521), or takes
 * too many instructions (IC0522) or too much memory access (IC0524).
 */
const templateErrors = /^IC05(02|03|04|05|07|13|21|22|24|39)\b/;

/** Whether an installation was refused because of what is installed, and would be refused again. */
export function blamesTemplate({ code, message }: RejectAnswer): boolean {
  return code === 5 && templateErrors.test(message);
}

/** Parks after few attempts: activating a good template and retrying the job heals it. */
export function templateRejected({ message }: RejectAnswer): Outcome<ProvisioningFacts> {
  const error = { class: 'retryable', code: 'templateRejected', message } as const;
  return { kind: 'notApplied', error, maximumAttempts: maximumTemplateAttempts };
}
