import { bytesEqual } from '../bytes.ts';
import { nowMs } from '../clock.ts';
import type { Job } from '../jobs.ts';
import { isOpenCandidate } from '../provisioning/candidate.ts';
import { warming } from '../provisioning/definition.ts';
import { vacantRestMs } from '../provisioning/policies.ts';
import { accountForCanister, canisterAccount } from '../registry/canisters.ts';
import { vacancyStore } from './vacancies.ts';
import type { UnfitReason } from './vacancy.ts';

/**
 * Keeps the accounts of canisters in step with a job: what it has now is bound to it, and what it had and gave up is
 * vacant, or unfit. The only place that moves canisters between jobs and the vacant ones.
 */
export function followJob(before: Job, after: Job): void {
  const had = canistersOf(before);
  const has = canistersOf(after);
  for (const canisterId of has) {
    if (had.some((other) => bytesEqual(other, canisterId))) continue;
    vacancyStore.remove(canisterId);
    accountForCanister(canisterId, 'bound', after.id);
  }
  for (const canisterId of had) {
    if (!has.some((other) => bytesEqual(other, canisterId))) giveUp(canisterId, after);
  }
}

/** A canister whose job went on without it, or that nobody remembers having asked for, waits for another job. */
export function takeInStranded(canisterId: Uint8Array, jobId: bigint): void {
  if (canisterAccount(canisterId)) return;
  addVacant(canisterId, { jobId, restMs: 0 });
}

/**
 * An operator had the network asked about a canister that nobody accounted for, or that was unfit. It may have any id,
 * also one of another subnet: nothing follows from it for the ids of canisters that the Manager creates.
 */
export function takeInAdopted(canisterId: Uint8Array, cycles: bigint): void {
  addVacant(canisterId, { jobId: 0n, cycles, restMs: vacantRestMs });
}

/** The canisters that belong to a job and nobody else. */
function canistersOf({ status, definitionName, facts }: Job): readonly Uint8Array[] {
  const { greeterId, candidate } = facts;
  if (status === 'compensated' || status === 'terminated') return [];
  if (status === 'completed' && definitionName === warming.name) return [];
  if (greeterId) return [greeterId];
  return isOpenCandidate(candidate) ? [candidate.canisterId] : [];
}

function giveUp(canisterId: Uint8Array, { id: jobId, status, definitionName, facts }: Job): void {
  const { candidate, canisterCycles: cycles } = facts;
  const former = candidate && bytesEqual(candidate.canisterId, canisterId) ? candidate : undefined;
  if (status === 'terminated') addUnfit(canisterId, jobId, 'jobTerminated');
  else if (former?.kind === 'unfit' && former.reason === 'gone') {
    // Nobody can do anything with it any more, and a list that names it would only grow.
    vacancyStore.remove(canisterId);
    accountForCanister(canisterId, 'gone', jobId);
  } else if (former?.kind === 'unfit') addUnfit(canisterId, jobId, former.reason);
  else {
    // What is new, or was only looked at, has no call under way that could still do something to it.
    const isUntouched = definitionName === warming.name || former?.kind === 'unseen';
    const restMs = isUntouched ? 0 : vacantRestMs;
    addVacant(canisterId, { jobId, restMs, ...(cycles === undefined ? {} : { cycles }) });
  }
}

function addVacant(
  canisterId: Uint8Array,
  { jobId, restMs, ...seen }: { jobId: bigint; cycles?: bigint; restMs: number },
): void {
  const sinceMs = nowMs();
  vacancyStore.put({
    canisterId,
    ...seen,
    sinceMs,
    availableAtMs: sinceMs + restMs,
    formerJobId: jobId,
  });
  accountForCanister(canisterId, 'vacant', jobId);
}

function addUnfit(canisterId: Uint8Array, jobId: bigint, unfit: UnfitReason): void {
  const sinceMs = nowMs();
  const vacancy = { canisterId, sinceMs, availableAtMs: sinceMs, formerJobId: jobId };
  vacancyStore.put({ ...vacancy, unfit });
  accountForCanister(canisterId, 'unfit', jobId);
}
