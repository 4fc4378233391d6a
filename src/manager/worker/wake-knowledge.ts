import { nowMs } from '../clock.ts';
import type { Job } from '../jobs.ts';
import { isOpenCandidate } from '../provisioning/candidate.ts';
import { provisioning } from '../provisioning/definition.ts';
import { stepOf } from '../provisioning/definitions.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { highestKnownNumber, numberCreatedAfter, numberOfManager } from '../registry/creation-mark.ts';
import { vacancyStore } from '../vacancies/vacancies.ts';

/**
 * What a job must be told when its next attempt at `create` starts: the vacant canister it may take; or, before it
 * creates one, the highest canister id known, so that the new one can be searched for; or, in that search, where it ends.
 */
export function knowledgeForWake(job: Job): Partial<ProvisioningFacts> | undefined {
  const { facts, status } = job;
  if (job.openAttempt || job.compensating || isOpenCandidate(facts.candidate)) return undefined;
  if (stepOf(job.definitionName, job.cursor).name !== 'create') return undefined;
  return status === 'reconciling' ? knowledgeForSearch(job) : knowledgeForCreation(job);
}

function knowledgeForCreation({ definitionName, facts: { candidate } }: Job): Partial<ProvisioningFacts> {
  const isOffered = definitionName === provisioning.name && candidate?.kind !== 'unseen';
  const vacancy = isOffered ? vacancyStore.next(nowMs()) : undefined;
  if (vacancy) return { candidate: { kind: 'offered', canisterId: vacancy.canisterId, looks: 0 } };
  const highestNumberBefore = highestKnownNumber();
  const learned = { highestNumberBefore, searchNext: 0n, searchThrough: 0n, searchFrom: 0n };
  // Only this creation is tried without an offer: should it fail, there may be a canister to take by then.
  return candidate?.kind === 'unseen'
    ? { ...learned, candidate: { kind: 'returned', canisterId: candidate.canisterId } }
    : learned;
}

function knowledgeForSearch({ steps, cursor, facts }: Job): Partial<ProvisioningFacts> {
  // A version of the Manager that did not note what it knew: no canister of its own can be older than itself.
  const { highestNumberBefore = numberOfManager(), searchThrough: known = 0n } = facts;
  // The first later creation is the nearest: each that comes after it is only further away.
  if (known > highestNumberBefore) return {};
  const hostVersion = steps[cursor]?.unknownAttempt?.hostVersion ?? 0n;
  const searchThrough = numberCreatedAfter(hostVersion) ?? 0n;
  return { highestNumberBefore, searchNext: 0n, searchThrough, searchFrom: 0n };
}
