import { canisterSelf } from 'azle';
import { unaffordable } from '../budgets/reservation.ts';
import { nowMs } from '../clock.ts';
import { readConfiguration } from '../configuration/configuration-store.ts';
import { startJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { creationUnderWay, willCreate } from '../provisioning/creation-under-way.ts';
import { warming } from '../provisioning/definition.ts';
import { ownerCounts, ownerJobAt } from '../registry/owners.ts';
import { sagas } from '../sagas.ts';
import { vacancyStore } from '../vacancies/vacancies.ts';

/** Canisters in the making besides those to be kept ready: parked ones, or ones whose own creation went unanswered. */
const maximumLaterCreations = 3;

/** Open attempts that are looked through for a creation; each takes reading a record. */
const maximumOpenLookedAt = 100;

/** How many of the Manager's own latest jobs may wait to be sent for the sake of a search. */
const maximumLatestLookedAt = maximumLaterCreations;

/**
 * Begins to make vacant canisters until as many as the configuration says are there or in the making. One that fails
 * stays in the making, parked, so that a network which refuses creations is not asked again and again.
 */
export function keepCanistersWarm(): void {
  const { warmCanisters } = readConfiguration();
  if (warmCanisters === 0) return;
  const missing = warmCanisters - vacancyStore.countFit(warmCanisters) - inTheMaking();
  for (let begun = 0; begun < missing; begun += 1) {
    // The Manager's cycles or budgets may have no room for it.
    if (unaffordable(canisterSelf().toUint8Array(), nowMs())) return;
    beginVacantCanister();
  }
}

/**
 * A search for a canister that was perhaps created cannot end before it knows a canister that was created later: so one
 * is made, and becomes vacant. Nothing is lost by it; the next job takes it. None is begun while one is under way
 * already, whoever's, for each costs the creation fee; it is no part of any budget, for that is all it costs.
 *
 * @param hostVersion the Manager's version when the creation was sent that is searched for
 */
export function requestLaterCreation(hostVersion: bigint): void {
  if (inTheMaking() >= readConfiguration().warmCanisters + maximumLaterCreations) return;
  if (isLaterCreationUnderWay(hostVersion)) return;
  const refusal = unaffordable(canisterSelf().toUint8Array(), nowMs());
  if (!refusal || 'BudgetExhausted' in refusal) beginVacantCanister();
}

function isLaterCreationUnderWay(hostVersion: bigint): boolean {
  const open = sagas.openIds(maximumOpenLookedAt).map((id) => sagas.get(id));
  const isSentLater = open.some((saga) => {
    const creation = saga && creationUnderWay(saga);
    return creation !== undefined && creation.isOpen && creation.hostVersion > hostVersion;
  });
  return isSentLater || latestOwnJobs().some((saga) => saga !== undefined && willCreate(saga));
}

function latestOwnJobs(): (Job | undefined)[] {
  const owner = canisterSelf().toUint8Array();
  const { jobs } = ownerCounts(owner);
  const count = Math.min(jobs, maximumLatestLookedAt);
  return Array.from({ length: count }, (_, index) => {
    const id = ownerJobAt(owner, jobs - 1 - index);
    return id === undefined ? undefined : sagas.get(id);
  });
}

function inTheMaking(): number {
  return ownerCounts(canisterSelf().toUint8Array()).openJobs;
}

function beginVacantCanister(): void {
  const owner = canisterSelf().toUint8Array();
  const facts = { owner, templateVersion: '', moduleHash: new Uint8Array(), cyclesSpent: 0n };
  startJob(facts, { kind: 'nothing' }, warming);
}
