import type { Outcome } from '../../saga/index.ts';
import { decodeCanisterStatus } from '../management-canister/canister-status.ts';
import type { ProvisioningAction } from './action.ts';
import type { CallAnswer, RejectAnswer } from './call-answer.ts';
import { classifyReject } from './classify-reject.ts';
import type { ProvisioningFacts } from './facts.ts';
import { topUpMarginCycles } from './policies.ts';
import { greeterIdOf } from './provisioning-step.ts';
import type { AnsweredCall, ProvisioningSaga } from './provisioning-step.ts';

/** Refusals answered with a top-up before the job waits for a person: what it costs must have a bound. */
const maximumTopUps = 3n;

/** Whether an installation was refused because the canister cannot pay for it (dfinity/ic, `CanisterOutOfCycles`). */
export function lacksCycles({ code, message }: RejectAnswer): boolean {
  return code !== 6 && message.includes('IC0207');
}

/**
 * What the canister needs before it can be installed, if anything. Creation leaves too little in it when the network's
 * fee has risen to nearly what is attached.
 */
export function actionForFunding(saga: ProvisioningSaga): ProvisioningAction | undefined {
  const { missingCycles = 0n, isOutOfCycles } = saga.facts;
  const canisterId = greeterIdOf(saga);
  if (missingCycles > 0n) return { kind: 'depositCycles', canisterId, cycles: missingCycles };
  return isOutOfCycles ? { kind: 'readCanisterStatus', canisterId } : undefined;
}

/** The installation was refused for lack of cycles: the step goes on with topping the canister up, a few times. */
export function onLackOfCycles(
  { message }: RejectAnswer,
  { facts: { fundingRefusals: before = 0n } }: ProvisioningSaga,
): Outcome<ProvisioningFacts> {
  if (before < maximumTopUps) {
    const learned = { isOutOfCycles: true, missingCycles: 0n, fundingRefusals: before + 1n };
    return { kind: 'unfinished', learned };
  }
  // Parks at once; an operator's retry begins anew.
  const error = { class: 'retryable', code: 'greeterOutOfCycles', message } as const;
  return {
    kind: 'notApplied',
    error,
    maximumAttempts: 1,
    learned: { ...nothingMissing, fundingRefusals: 0n },
  };
}

/** A call of {@link actionForFunding} was answered. */
export function readFundingAnswer(
  answer: CallAnswer,
  { facts }: ProvisioningSaga,
  { purpose, attachedCycles, vacantMinimumCycles }: AnsweredCall,
): Outcome<ProvisioningFacts> {
  if (answer.kind === 'reject') return classifyReject(answer);
  if (purpose === 'depositCycles') {
    const cyclesSpent = facts.cyclesSpent + attachedCycles - answer.cyclesRefunded;
    return { kind: 'unfinished', learned: { ...nothingMissing, cyclesSpent } };
  }
  const status = decodeCanisterStatus(answer.bytes);
  if (!status) {
    const message = `canister_status answered ${answer.bytes.length} bytes that are not its reply`;
    return { kind: 'defect', error: { class: 'defect', code: 'undecodableReply', message } };
  }
  const { cycles } = status;
  // It was topped up meanwhile: by a deposit whose answer was lost, or by somebody else.
  if (cycles >= vacantMinimumCycles) return { kind: 'unfinished', learned: nothingMissing };
  return { kind: 'unfinished', learned: { missingCycles: vacantMinimumCycles - cycles + topUpMarginCycles } };
}

/** Whether a deposit was lost or not shows in the status only: it is read again before anything is deposited again. */
export const fundingUnknown = { missingCycles: 0n } as const;

const nothingMissing = { isOutOfCycles: false, missingCycles: 0n } as const;
