import type { Outcome, SagaRecord, StepDefinition, Verdict } from '../../saga/index.ts';
import type { ProvisioningAction } from './action.ts';
import type { CallAnswer, RejectAnswer } from './call-answer.ts';
import type { ProvisioningFacts } from './facts.ts';

export type ProvisioningSaga = SagaRecord<ProvisioningFacts>;

/** A step of the engine together with how its calls' answers are read. All of it pure. */
export interface ProvisioningStep extends StepDefinition<ProvisioningFacts, ProvisioningAction> {
  readonly readAnswer: (answer: CallAnswer, saga: ProvisioningSaga) => Outcome<ProvisioningFacts>;
  /** @param managerId the Manager's own principal, to recognise it among controllers */
  readonly readEvidence: (
    answer: CallAnswer,
    saga: ProvisioningSaga,
    managerId: Uint8Array,
  ) => Verdict<ProvisioningFacts>;
}

/** Evidence could not be had: every reject of a read is worth another read. */
export function unreadable(answer: RejectAnswer): Verdict<ProvisioningFacts> {
  const message = `reject code ${answer.code}: ${answer.message}`;
  return { kind: 'unreadable', error: { class: 'retryable', code: 'evidenceRejected', message } };
}

/** A refusal that an earlier attempt of ours may have caused by succeeding. */
export function doneBefore(code: string, { message }: RejectAnswer): Outcome<ProvisioningFacts> {
  return { kind: 'unknown', error: { class: 'unknown', code, message } };
}

/** Evidence that is not the reply it should be: reading it again would only show the same. */
export function undecodable(bytes: Uint8Array): Verdict<ProvisioningFacts> {
  const message = `canister_info answered ${bytes.length} bytes that are not its reply`;
  return { kind: 'unreadable', error: { class: 'defect', code: 'undecodableReply', message } };
}

/** The Greeter's id; steps after `create` cannot run without one. */
export function greeterIdOf(saga: ProvisioningSaga): Uint8Array {
  const { greeterId } = saga.facts;
  if (!greeterId) throw new Error(`job ${saga.id}: no canister yet`);
  return greeterId;
}
