import type { Outcome, SagaRecord, StepDefinition, Verdict } from '../../saga/index.ts';
import type { CallPurpose, ProvisioningAction } from './action.ts';
import type { CallAnswer, RejectAnswer } from './call-answer.ts';
import type { ProvisioningFacts } from './facts.ts';

export type ProvisioningSaga = SagaRecord<ProvisioningFacts>;

/** What an answer is to be read by, besides the saga. */
export interface AnsweredCall {
  readonly purpose: CallPurpose;
  /** The canister the call was about; absent for a creation. */
  readonly canisterId?: Uint8Array;
  readonly attachedCycles: bigint;
  /** The Manager's own principal, to recognise it among controllers. */
  readonly managerId: Uint8Array;
  /** The Manager has been upgraded since the call was made, perhaps after it was set back to a snapshot. */
  readonly isFromEarlierLife: boolean;
  /** What a vacant canister must have before a job gets it. */
  readonly vacantMinimumCycles: bigint;
}

type ReadOutcome = (
  answer: CallAnswer,
  saga: ProvisioningSaga,
  call: AnsweredCall,
) => Outcome<ProvisioningFacts>;

/** A step of the engine together with how its calls' answers are read. All of it pure. */
export interface ProvisioningStep extends StepDefinition<ProvisioningFacts, ProvisioningAction> {
  readonly readAnswer: ReadOutcome;
  readonly readEvidence: (
    answer: CallAnswer,
    saga: ProvisioningSaga,
    call: AnsweredCall,
  ) => Verdict<ProvisioningFacts>;
  /** How the answers of `compensate` are read. */
  readonly readUndoing?: ReadOutcome;
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
