import type { Effect, SagaEvent, SagaRecord } from '../saga/index.ts';
import { isEnded, mayBePastPivot } from '../saga/index.ts';
import { nowMs } from './clock.ts';
import { giveBackPayment } from './admission/given-for-admission.ts';
import type { AdmissionPayment } from './budgets/accounts.ts';
import { followSpending, ledger } from './budgets/cycles-ledger.ts';
import { reservationCyclesPerJob } from './budgets/reservation.ts';
import { provisioning } from './provisioning/definition.ts';
import { definitionOf } from './provisioning/definitions.ts';
import type { ProvisioningAction } from './provisioning/action.ts';
import type { ProvisioningFacts } from './provisioning/facts.ts';
import { followCreation } from './registry/creations-under-way.ts';
import { addOwnerJob, closeOwnerJob } from './registry/owners.ts';
import { endedJobs } from './retention/compact-ended-jobs.ts';
import { sagas } from './sagas.ts';
import { readMeta, updateMeta } from './storage/meta.ts';
import { followJob, takeInStranded } from './vacancies/follow-job.ts';

/** A job is a provisioning saga as its owner sees it. */
export type Job = SagaRecord<ProvisioningFacts>;

/**
 * Records a new job: the saga, its id, its cycles, and its place in the owner's list. Due at once; makes no call.
 *
 * @param payment what the caller gave for it, taken in the same message
 * @param definition what kind of saga it is
 */
export function startJob(
  facts: ProvisioningFacts,
  payment: AdmissionPayment,
  definition: typeof provisioning = provisioning,
): Job {
  const id = readMeta().lastJobId + 1n;
  updateMeta({ lastJobId: id });
  addOwnerJob(facts.owner, id);
  ledger.open(id, { owner: facts.owner, reservationCycles: reservationCyclesPerJob(), payment }, nowMs());
  return sagas.start(definition.name, id, facts, nowMs());
}

/**
 * Tells a job what happened, and keeps what depends on it in step: the owner's count of open jobs, the account of the
 * canister, and the cycles reserved. The only way a job changes.
 *
 * @returns what is to be done now, in the same message
 */
export function tellJob(
  id: bigint,
  event: SagaEvent<ProvisioningFacts> | ((job: Job) => SagaEvent<ProvisioningFacts>),
): { job: Job; effects: readonly Effect<ProvisioningFacts, ProvisioningAction>[] } {
  const told = sagas.tell(id, event, nowMs());
  if (!told) throw new Error(`job ${id} does not exist`);
  const { before, saga: job, effects } = told;
  followJob(before, job);
  followCreation(before, job);
  followSpending(before, job, nowMs());
  if (!isEnded(before.status) && isEnded(job.status)) settleEndedJob(job);
  for (const effect of effects) {
    // A canister whose job went on without it must not be forgotten: it holds cycles and the Manager controls it.
    const late = effect.kind === 'lateAnswer' && effect.outcome.kind === 'applied' && effect.outcome.learned;
    if (late && late.greeterId) takeInStranded(late.greeterId, id);
  }
  return { job, effects };
}

/** What an end makes free again: the owner's place, the cycles reserved, and what was given for a Greeter that is none. */
function settleEndedJob(job: Job): void {
  const { id, status, facts } = job;
  closeOwnerJob(facts.owner);
  const { payment, spentCycles } = ledger.close(id, nowMs());
  // After the handover was sent the owner may have the Greeter, and then nothing is given back: see `mayBePastPivot`.
  if (!mayBePastPivot(definitionOf(job), job)) {
    giveBackPayment(facts.owner, payment, status === 'terminated' ? 0n : lostCycles(job, spentCycles));
  }
  endedJobs.add(id, nowMs());
}

/** What a job that was undone has really cost: what its canister still holds goes to the next job. */
function lostCycles(
  { facts: { greeterId, canisterCycles = 0n, isReused } }: Job,
  spentCycles: bigint,
): bigint {
  const kept = greeterId && !isReused ? canisterCycles : 0n;
  return kept < spentCycles ? spentCycles - kept : 0n;
}
