import type { Effect, SagaEvent, SagaRecord } from '../saga/index.ts';
import { isEnded } from '../saga/index.ts';
import { nowMs } from './clock.ts';
import type { ProvisioningAction } from './provisioning/action.ts';
import type { ProvisioningFacts } from './provisioning/facts.ts';
import { accountForCanister } from './registry/canisters.ts';
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
  return sagas.start(id, facts, nowMs());
}

/**
 * Tells a job what happened, and keeps what depends on it in step: the owner's count of open jobs and the account
 * of the canister. The only way a job changes.
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
  if (outcome.kind === 'applied' && outcome.learned?.greeterId) {
    accountForCanister(outcome.learned.greeterId, 'surplus', jobId);
  }
}
