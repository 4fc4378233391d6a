import { isDeepStrictEqual } from 'node:util';
import { Principal } from '@dfinity/principal';
import { BinaryReader } from '../../../src/saga/index.ts';
import { promise, shown } from './broken-promise.ts';
import * as candid from './ic-model-candid.ts';
import type { ModelCanister } from './ic-model.ts';
import type { AcceptedJob, Population } from './population.ts';
import type { Saga, TransitionWatch } from './watch-transitions.ts';
import type { World } from './world.ts';

/** The whole of a run, as the audit sees it. */
export interface Run {
  readonly world: World;
  readonly watch: TransitionWatch;
  readonly population: Population;
  readonly templateHash: Uint8Array;
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
  auditCanisters(run);
}

function auditJobs({ world, watch, population }: Run): void {
  const { sagas, foldJournal } = world.manager.stores;
  for (const { id, owner } of population.jobs.values()) {
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
    [...population.jobs.values()].map(({ owner }) => [owner.toHex(), owner.toUint8Array()]),
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
  const { ledger, reservedCyclesOf } = world.manager.stores;
  const reserved = [...watch.sagas.values()].reduce(
    (sum, saga) => sum + reservedCyclesOf(ledger.account(saga.id)),
    0n,
  );
  const { reservedCycles: cyclesReserved } = ledger.totals();
  promise(
    cyclesReserved === reserved,
    'reserved cycles equal what jobs need',
    () => `${cyclesReserved}, jobs say ${reserved}`,
  );
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

/** What must hold when everything has come to rest and nothing goes wrong any more. */
export function auditAtRest(run: Run): void {
  audit(run);
  const { world, watch, population } = run;
  const { readMeta, readDefects, sagas } = world.manager.stores;
  const unread = world.manager.map(3).len();
  promise(
    sagas.openAttempts() === 0 && unread === 0,
    'nothing is left lying',
    () => `${sagas.openAttempts()} open attempts, ${unread} unread answers`,
  );
  promise(readMeta().strayAnswers === 0, 'no answer is a stray', () => `${readMeta().strayAnswers} strays`);
  promise(readDefects().count <= world.disturbances.spoiltReplies, 'no defects', () =>
    shown(readDefects().last),
  );
  for (const job of population.jobs.values()) {
    population.client.requireVisible(job);
    const saga = watch.sagas.get(job.id);
    if (saga?.status === 'completed') auditGreeter(run, job, saga);
    if (saga && population.cancelled.has(job.id)) {
      const isUndone = saga.status === 'compensated' || saga.status === 'terminated';
      promise(isUndone, 'a cancelled job is undone', () => `job ${job.id} is ${saga.status}`);
    }
    auditSpending(run, job.id);
  }
  for (const canister of world.ic.managersCanisters()) auditAccount(run, canister);
}

/** A job is charged at least what its calls took along and did not bring back. */
function auditSpending({ world, watch }: Run, id: bigint): void {
  const { spentCycles, reservationCycles } = world.manager.stores.ledger.account(id);
  const attached = watch.spent.get(id) ?? 0n;
  promise(
    spentCycles >= attached,
    'every job is charged what it cost',
    () => `job ${id}: ${spentCycles} charged, ${attached} gone`,
  );
  promise(reservationCycles === 0n, 'ended jobs reserve nothing', () => `job ${id}: ${reservationCycles}`);
}

function auditGreeter({ world, templateHash }: Run, job: AcceptedJob, { facts }: Saga): void {
  const id = facts.greeterId && Principal.fromUint8Array(facts.greeterId);
  const canister = id && world.ic.canisters.get(id.toHex());
  promise(canister !== undefined, 'a completed job has its Greeter', () => `job ${job.id}`);
  const label = `job ${job.id}, canister ${canister.id.toText()}`;
  const controllers = canister.controllers.map((controller) => controller.toHex());
  promise(
    shown(controllers) === shown([job.owner.toHex()]),
    'the owner is the only controller',
    () => `${label}: ${shown(controllers)}`,
  );
  promise(
    canister.module !== undefined && Buffer.compare(canister.module, templateHash) === 0,
    "it runs the template's module",
    () => label,
  );
  const init = candid.decodeOne<{ owner: Principal; greeting: [] | [string] }>(
    candid.greeterArguments,
    canister.initArgument ?? new Uint8Array(),
  );
  promise(
    init.owner.compareTo(job.owner) === 'eq' && init.greeting[0] === job.greeting,
    'it greets as was asked',
    () => `${label}: ${shown(init)}, asked for ${shown(job.greeting)}`,
  );
}

/** Nothing the Manager ever created is forgotten, and what is vacant is empty and the Manager's alone. */
function auditAccount({ world }: Run, canister: ModelCanister): void {
  const account = world.manager.stores.canisterAccount(canister.id.toUint8Array());
  const label = (): string =>
    `canister ${canister.id.toText()} of job ${canister.environment[0]?.value ?? 'none'}`;
  promise(account !== undefined, 'every canister is accounted for', label);
  promise(
    account.use !== 'bound',
    'ended jobs keep no canister',
    () => `${label()}: bound to ${account.jobId}`,
  );
  if (account.use !== 'vacant' || world.calls.lateEffects > 0) return;
  const isOurs =
    canister.controllers.length === 1 && canister.controllers[0]?.compareTo(world.managerId) === 'eq';
  promise(
    isOurs && !canister.module,
    'vacant canisters are empty',
    () => `${label()}: ${shown(canister.module)}`,
  );
}
