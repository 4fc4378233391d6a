import type { Effect, SagaEvent, SagaRecord } from '../saga/index.ts';
import { isEnded } from '../saga/index.ts';
import { nowMs } from './clock.ts';
import { reservedCyclesPerJob } from './cycles.ts';
import { provisioning } from './provisioning/definition.ts';
import type { ProvisioningAction } from './provisioning/action.ts';
import type { ProvisioningFacts } from './provisioning/facts.ts';
import { accountForCanister, canisterAccount } from './registry/canisters.ts';
import { addOwnerJob, closeOwnerJob } from './registry/owners.ts';
import { sagas } from './sagas.ts';
import { readMeta, updateMeta } from './storage/meta.ts';

/** A job is a provisioning saga as its owner sees it. */
export type Job = SagaRecord<ProvisioningFacts>;

/** Records a new job: the saga, its id, and its place in the owner's list. Due at once; makes no call. */
export function startJob(facts: ProvisioningFacts): Job {
  const id = readMeta().lastJobId + 1n;
  updateMeta({ lastJobId: id });
  addOwnerJob(facts.owner, id);
  const job = sagas.start(provisioning.name, id, facts, nowMs());
  reserveCycles(cyclesReservedFor(job));
  return job;
}

/** Cycles that are set aside for what a job still has to do: none once it has ended. */
export function cyclesReservedFor({ status, facts }: Job): bigint {
  const unspent = reservedCyclesPerJob - facts.cyclesSpent;
  return isEnded(status) || unspent < 0n ? 0n : unspent;
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
  if (!before.facts.greeterId && job.facts.greeterId) accountForCanister(job.facts.greeterId, 'bound', id);
  reserveCycles(cyclesReservedFor(job) - cyclesReservedFor(before));
  if (!isEnded(before.status) && isEnded(job.status)) closeOwnerJob(job.facts.owner);
  for (const effect of effects) {
    if (effect.kind === 'lateAnswer') accountForLateCanister(effect, id);
  }
  return { job, effects };
}

/** A canister whose job went on without it must not be forgotten: it holds cycles and the Manager controls it. */
function accountForLateCanister(
  { outcome }: Extract<Effect<ProvisioningFacts, ProvisioningAction>, { readonly kind: 'lateAnswer' }>,
  jobId: bigint,
): void {
  const canisterId = outcome.kind === 'applied' ? outcome.learned?.greeterId : undefined;
  if (canisterId && !canisterAccount(canisterId)) accountForCanister(canisterId, 'surplus', jobId);
}

function reserveCycles(change: bigint): void {
  if (change !== 0n) updateMeta({ cyclesReserved: readMeta().cyclesReserved + change });
}
