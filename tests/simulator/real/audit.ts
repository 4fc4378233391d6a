import { deepEqual, equal } from 'node:assert/strict';
import { isOpenCandidate } from '../../../src/manager/provisioning/candidate.ts';
import type { ProvisioningFacts } from '../../../src/manager/provisioning/facts.ts';
import { callRouteKey, canisterKey } from '../../../src/manager/storage/keys.ts';
import { BinaryReader } from '../../../src/saga/index.ts';
import type { InMemoryOrderedMap, JournalEntry, SagaRecord } from '../../../src/saga/index.ts';
import { entriesOf } from './stable-maps.ts';
import type { StoredManager } from './stored-manager.ts';

export type Saga = SagaRecord<ProvisioningFacts>;

/** A saga as it is stored, with the journal that is kept of it. */
export interface AuditedSaga {
  readonly saga: Saga;
  readonly journal: readonly JournalEntry<ProvisioningFacts>[];
}

/** What the Manager has stored, read and found to agree with itself. */
export interface AuditedManager {
  readonly stored: StoredManager;
  /** All of them: those of users, and those that make canisters in advance. */
  readonly sagas: readonly AuditedSaga[];
  /** Calls whose answers the Manager still waits for. */
  readonly openRoutes: number;
}

/**
 * Checks that everything which can be recomputed from the sagas agrees with them: journals fold to records, indexes,
 * counts and reservations are those of the records, and each canister a saga knows has its account.
 *
 * @throws AssertionError
 */
export function auditStoredManager(stored: StoredManager): AuditedManager {
  const audited = readSagas(stored);
  const sagas = audited.map(({ saga }) => saga);
  auditIndexes(stored, sagas);
  auditOwners(stored, sagas);
  auditCycles(stored, sagas);
  auditAccounts(stored, sagas);
  equal(stored.maps.inbox.size(), 0, 'unread answers');
  const [routePrefix] = callRouteKey(0);
  const openRoutes = entriesOf(stored.maps.records).filter(([key]) => key[0] === routePrefix).length;
  return { stored, sagas: audited, openRoutes };
}

function readSagas({ stores }: StoredManager): AuditedSaga[] {
  const { sagas, readMeta, foldJournal } = stores;
  const last = Number(readMeta().lastJobId);
  return Array.from({ length: last }, (_, index) => {
    const id = BigInt(index + 1);
    const saga = sagas.get(id);
    const journal = sagas.journal(id);
    if (!saga || !journal) throw new Error(`job ${id} is lost`);
    const folded = foldJournal(sagas.definition(saga.definitionName), journal.base, journal.entries);
    deepEqual(folded, saga, `journal of job ${id}`);
    return { saga, journal: journal.entries };
  });
}

function auditIndexes({ stores, maps }: StoredManager, sagas: readonly Saga[]): void {
  const counts = Object.entries(stores.sagas.statusCounts());
  deepEqual(
    counts,
    counts.map(([name]) => [name, sagas.filter(({ status }) => status === name).length]),
    'counts by status',
  );
  const waiting = sagas.filter(({ dueAtMs }) => dueAtMs !== undefined);
  const [queued, leased] = [
    waiting.filter(({ openAttempt }) => !openAttempt),
    waiting.filter(({ openAttempt }) => openAttempt),
  ];
  deepEqual(readWakeUps(maps.due), wakeUps(queued), 'due index');
  deepEqual(readWakeUps(maps.leases), wakeUps(leased), 'leases index');
}

function auditOwners({ stores }: StoredManager, sagas: readonly Saga[]): void {
  const { ownerCounts, ownerJobAt, isEnded } = stores;
  const owners = new Map(sagas.map(({ facts }) => [hex(facts.owner), facts.owner]));
  for (const [name, owner] of owners) {
    const own = sagas.filter(({ facts }) => hex(facts.owner) === name);
    const provisioned = own.filter(
      ({ status, definitionName }) => status === 'completed' && definitionName === 'provisioning',
    );
    const expected = {
      jobs: own.length,
      openJobs: own.filter(({ status }) => !isEnded(status)).length,
      greeters: provisioned.length,
    };
    const { jobs, openJobs, greeters } = ownerCounts(owner);
    deepEqual({ jobs, openJobs, greeters }, expected, `counts of owner ${name}`);
    deepEqual(
      own.map((_, index) => ownerJobAt(owner, index)),
      own.map(({ id }) => id),
      `jobs of owner ${name}`,
    );
  }
}

/** What is reserved and spent in all, and by each caller, is what the accounts of the jobs say. */
function auditCycles({ stores }: StoredManager, sagas: readonly Saga[]): void {
  const { isEnded, ledger, reservedCyclesOf } = stores;
  const accounts = sagas.map(({ id }) => ledger.account(id));
  const sumsOf = (some: typeof accounts): object => ({
    reservedCycles: some.reduce((sum, account) => sum + reservedCyclesOf(account), 0n),
    spentCycles: some.reduce((sum, { spentCycles }) => sum + spentCycles, 0n),
  });
  const { reservedCycles, spentCycles } = ledger.totals();
  deepEqual({ reservedCycles, spentCycles }, sumsOf(accounts), 'cycles of all jobs');
  for (const owner of new Set(accounts.map((account) => hex(account.owner)))) {
    const caller = ledger.caller(Buffer.from(owner, 'hex'));
    const own = accounts.filter((account) => hex(account.owner) === owner);
    const sums = { reservedCycles: caller.reservedCycles, spentCycles: caller.spentCycles };
    deepEqual(sums, sumsOf(own), `cycles of owner ${owner}`);
  }
  for (const { id, status } of sagas) {
    if (isEnded(status))
      equal(reservedCyclesOf(ledger.account(id)), 0n, `reserved by job ${id}, which ended`);
  }
}

/** Every canister the Manager knows of has one account, and sagas and vacancies say the same as it does. */
function auditAccounts({ stores, maps }: StoredManager, sagas: readonly Saga[]): void {
  const { canisterAccount, vacancyStore } = stores;
  const [prefix] = canisterKey(new Uint8Array());
  const accounts = entriesOf(maps.records).flatMap(([key]) => {
    if (key[0] !== prefix) return [];
    const canisterId = new BinaryReader(key.slice(1)).bytes();
    const account = canisterAccount(canisterId);
    // A canister that is gone is remembered, and on no list.
    return account && account.use !== 'gone' ? [`${hex(canisterId)} ${account.use} ${account.jobId}`] : [];
  });
  const held = sagas.flatMap((saga) => {
    const use = saga.status === 'completed' ? 'registered' : 'bound';
    return canistersOf(saga).map((canisterId) => `${hex(canisterId)} ${use} ${saga.id}`);
  });
  const waiting = vacancyStore.list(0, vacancyStore.size()).map(({ canisterId, unfit, formerJobId }) => {
    return `${hex(canisterId)} ${unfit ? 'unfit' : 'vacant'} ${formerJobId}`;
  });
  deepEqual(accounts.toSorted(), [...held, ...waiting].toSorted(), 'accounts of canisters');
}

/** What a saga has now: its canister, or the vacant one it is about to take. */
function canistersOf({ status, definitionName, facts }: Saga): readonly Uint8Array[] {
  const { greeterId, candidate } = facts;
  const hasGivenUp = status === 'compensated' || status === 'terminated';
  if (hasGivenUp || (status === 'completed' && definitionName !== 'provisioning')) return [];
  if (greeterId) return [greeterId];
  return isOpenCandidate(candidate) ? [candidate.canisterId] : [];
}

function readWakeUps(index: InMemoryOrderedMap): string[] {
  return entriesOf(index).map(([key]) => {
    const reader = new BinaryReader(key);
    return `${reader.timeMs()} ${reader.u64()}`;
  });
}

function wakeUps(sagas: readonly Saga[]): string[] {
  return sagas
    .toSorted((left, right) => (left.dueAtMs ?? 0) - (right.dueAtMs ?? 0) || Number(left.id - right.id))
    .map(({ dueAtMs, id }) => `${dueAtMs ?? 0} ${id}`);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
