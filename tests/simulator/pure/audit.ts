import { isDeepStrictEqual } from 'node:util';
import { BinaryReader } from '../../../src/saga/index.ts';
import { promise, shown } from './broken-promise.ts';
import type { Population } from './population.ts';
import { auditMoney } from './audit-money.ts';
import type { Saga, TransitionWatch } from './watch-transitions.ts';
import type { World } from './world.ts';

/** The whole of a run, as the audit sees it. */
export interface Run {
  readonly world: World;
  readonly watch: TransitionWatch;
  readonly population: Population;
}

/**
 * Holds what the Manager has on record against what is there: its own indexes against its records, its journals
 * against its records, and its records against the network's canisters. Holds at any moment between two messages.
 */
export function audit(run: Run): void {
  run.world.checkCycles();
  auditJobs(run);
  auditIndexes(run);
  auditOwners(run);
  auditMoney(run);
  auditCanisters(run);
  run.population.duty.audit();
}

function auditJobs({ world, watch, population }: Run): void {
  const { sagas, foldJournal } = world.manager.stores;
  for (const { id, owner } of population.users.jobs.values()) {
    const saga = sagas.get(id);
    promise(saga !== undefined, 'no job is lost', () => `job ${id}`);
    promise(
      Buffer.compare(saga.facts.owner, owner.toUint8Array()) === 0,
      "a job is its caller's",
      () => `job ${id}`,
    );
  }
  for (const id of watch.sagas.keys()) {
    const saga = sagas.get(id);
    const journal = sagas.journal(id);
    promise(saga !== undefined && journal !== undefined, 'no job is lost', () => `job ${id}`);
    const folded = foldJournal(sagas.definition(saga.definitionName), journal.base, journal.entries);
    promise(
      isDeepStrictEqual(folded, saga),
      'the journal leads to the record',
      () => `job ${id}: ${shown(folded)}, stored ${shown(saga)}`,
    );
    const { definitionName, facts } = saga;
    promise(
      definitionName !== 'provisioning' ||
        shown(population.shelf.hashOf(facts.templateVersion)) === shown(facts.moduleHash),
      'a job has the hash of its template',
      () => `job ${id}, template ${facts.templateVersion}: ${shown(facts.moduleHash)}`,
    );
  }
}

function auditIndexes({ world, watch }: Run): void {
  const stored = [...watch.sagas.values()];
  const waiting = stored.filter(({ dueAtMs, openAttempt }) => dueAtMs !== undefined && !openAttempt);
  const open = stored.filter(({ openAttempt }) => openAttempt);
  promise(
    shown(indexed(world, 1)) === shown(wakeUps(waiting)),
    'indexes equal what records say',
    () => `due: ${shown(indexed(world, 1))}, records ${shown(wakeUps(waiting))}`,
  );
  promise(
    shown(indexed(world, 2)) === shown(wakeUps(open)),
    'indexes equal what records say',
    () => `leases: ${shown(indexed(world, 2))}, records ${shown(wakeUps(open))}`,
  );
  const { sagas } = world.manager.stores;
  const counts = sagas.statusCounts();
  for (const [status, count] of Object.entries(counts)) {
    const real = stored.filter((saga) => saga.status === status).length;
    promise(
      real === count,
      'indexes equal what records say',
      () => `${count} counted as ${status}, ${real} are`,
    );
  }
}

function indexed(world: World, memoryId: number): string[] {
  return world.manager
    .map(memoryId)
    .items()
    .map(([key]) => {
      const reader = new BinaryReader(key);
      return `${reader.timeMs()} ${reader.u64()}`;
    });
}

function wakeUps(sagas: readonly Saga[]): string[] {
  return sagas
    .toSorted((left, right) => (left.dueAtMs ?? 0) - (right.dueAtMs ?? 0) || Number(left.id - right.id))
    .map(({ dueAtMs, id }) => `${dueAtMs ?? 0} ${id}`);
}

function auditOwners({ world, watch, population }: Run): void {
  const { ownerCounts, isEnded } = world.manager.stores;
  const owners = new Map(
    [...population.users.jobs.values()].map(({ owner }) => [owner.toHex(), owner.toUint8Array()]),
  );
  for (const owner of owners.values()) {
    const own = [...watch.sagas.values()].filter(({ facts }) => Buffer.compare(facts.owner, owner) === 0);
    const expected = {
      jobs: own.length,
      openJobs: own.filter(({ status }) => !isEnded(status)).length,
      greeters: own.filter(({ status }) => status === 'completed').length,
    };
    const { jobs, openJobs, greeters } = ownerCounts(owner);
    promise(
      shown({ jobs, openJobs, greeters }) === shown(expected),
      'counts of an owner equal the jobs',
      () => `${shown(ownerCounts(owner))}, jobs say ${shown(expected)}`,
    );
  }
}

/** Every canister that a job knows is accounted for, by that job as long as it has it, and by one job only. */
function auditCanisters({ world, watch }: Run): void {
  const { canisterAccount, vacancyStore } = world.manager.stores;
  const holders = new Map<string, bigint>();
  for (const { id, status, facts, definitionName } of watch.sagas.values()) {
    if (!facts.greeterId) continue;
    const account = canisterAccount(facts.greeterId);
    const label = (): string => `job ${id} is ${status}, its canister ${shown(account)}`;
    promise(account !== undefined, 'every canister is accounted for', label);
    const isGivenUp =
      status === 'compensated' || status === 'terminated' || definitionName !== 'provisioning';
    if (isGivenUp) continue;
    const expected = status === 'completed' ? 'registered' : 'bound';
    promise(account.use === expected && account.jobId === id, 'every canister is accounted for', label);
    const hex = Buffer.from(facts.greeterId).toString('hex');
    promise(
      !holders.has(hex),
      'a canister belongs to one job',
      () => `${hex}: jobs ${id} and ${holders.get(hex) ?? 0n}`,
    );
    holders.set(hex, id);
  }
  for (const { canisterId, unfit } of vacancyStore.list(0, vacancyStore.size())) {
    const account = canisterAccount(canisterId);
    const expected = unfit ? 'unfit' : 'vacant';
    promise(
      account?.use === expected,
      'every canister is accounted for',
      () => `listed as ${expected}, on record as ${shown(account)}`,
    );
  }
}
