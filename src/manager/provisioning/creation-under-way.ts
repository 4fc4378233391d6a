import { isEnded } from '../../saga/index.ts';
import { isOpenCandidate } from './candidate.ts';
import { stepOf } from './definitions.ts';
import type { ProvisioningSaga } from './provisioning-step.ts';

/** A creation whose canister, if there is one, is not known yet. */
export interface CreationUnderWay {
  /** The Manager's version when it was sent. */
  readonly hostVersion: bigint;
  /** Its answer is still awaited; otherwise its outcome is unknown and being found out, or waits for a person. */
  readonly isOpen: boolean;
}

/** The creation that a job, whether somebody's or the Manager's own, has sent and not learned the outcome of. */
export function creationUnderWay(saga: ProvisioningSaga): CreationUnderWay | undefined {
  const { openAttempt, facts } = saga;
  const isAboutCandidate = isOpenCandidate(facts.candidate);
  if (isEnded(saga.status) || saga.compensating || isAboutCandidate || !isAtCreation(saga)) return undefined;
  if (openAttempt?.phase === 'execute') return { hostVersion: openAttempt.hostVersion, isOpen: true };
  const step = saga.steps[saga.cursor];
  if (step?.state !== 'outcomeUnknown' || !step.unknownAttempt) return undefined;
  return { hostVersion: step.unknownAttempt.hostVersion, isOpen: false };
}

/** Whether nothing is in the way of sending a creation as soon as it is the job's turn. */
export function willCreate(saga: ProvisioningSaga): boolean {
  const { status, openAttempt, compensating } = saga;
  if (isEnded(status) || status === 'parked' || status === 'reconciling') return false;
  return !openAttempt && !compensating && isAtCreation(saga);
}

function isAtCreation({ definitionName, cursor }: ProvisioningSaga): boolean {
  return stepOf(definitionName, cursor).name === 'create';
}
