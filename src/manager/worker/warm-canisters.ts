import { canisterSelf } from 'azle';
import { unaffordable } from '../budgets/reservation.ts';
import { nowMs } from '../clock.ts';
import { readConfiguration } from '../configuration/configuration-store.ts';
import { startJob } from '../jobs.ts';
import { warming } from '../provisioning/definition.ts';
import { ownerCounts } from '../registry/owners.ts';
import { vacancyStore } from '../vacancies/vacancies.ts';

/** Canisters in the making, more than which are not begun for the sake of searches that wait for a later creation. */
const maximumLaterCreations = 3;

/**
 * Begins to make vacant canisters until as many as the configuration says are there or in the making. One that fails
 * stays in the making, parked, so that a network which refuses creations is not asked again and again.
 */
export function keepCanistersWarm(): void {
  const { warmCanisters } = readConfiguration();
  if (warmCanisters === 0) return;
  const missing = warmCanisters - vacancyStore.countFit(warmCanisters) - inTheMaking();
  for (let begun = 0; begun < missing; begun += 1) {
    if (!beginVacantCanister()) return;
  }
}

/**
 * A search for a canister that was perhaps created cannot end before it knows a canister that was created later: so one
 * is made, and becomes vacant. Nothing is lost by it; the next job takes it.
 */
export function requestLaterCreation(): void {
  if (inTheMaking() < maximumLaterCreations) beginVacantCanister();
}

function inTheMaking(): number {
  return ownerCounts(canisterSelf().toUint8Array()).openJobs;
}

/** @returns false when the Manager's cycles or budgets have no room for it */
function beginVacantCanister(): boolean {
  const owner = canisterSelf().toUint8Array();
  if (unaffordable(owner, nowMs())) return false;
  const facts = { owner, templateVersion: '', moduleHash: new Uint8Array(), cyclesSpent: 0n };
  startJob(facts, { kind: 'nothing' }, warming);
  return true;
}
