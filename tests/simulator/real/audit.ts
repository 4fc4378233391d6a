import { deepEqual, equal } from 'node:assert/strict';
import type { ProvisioningFacts } from '../../../src/manager/provisioning/facts.ts';
import { callRouteKey } from '../../../src/manager/storage/keys.ts';
import { BinaryReader } from '../../../src/saga/index.ts';
import type { InMemoryOrderedMap, JournalEntry, SagaRecord } from '../../../src/saga/index.ts';
import { memories } from './stable-maps.ts';
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
  auditAccounts(stored, sagas);
  equal(stored.map(memories.inbox).size(), 0, 'unread answers');
  const [routePrefix] = callRouteKey(0);
  const openRoutes = entriesOf(stored.map(memories.records)).filter(([key]) => key[0] === routePrefix).length;
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

function auditIndexes({ stores, map }: StoredManager, sagas: readonly Saga[]): void {
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
  deepEqual(readWakeUps(map(memories.due)), wakeUps(queued), 'due index');
  deepEqual(readWakeUps(map(memories.leases)), wakeUps(leased), 'leases index');
}

function auditOwners({ stores }: StoredManager, sagas: readonly Saga[]): void {
  const { ownerCounts, ownerJobAt, isEnded, ledger, reservedCyclesOf } = stores;
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
  const reserved = sagas.reduce((sum, { id }) => sum + reservedCyclesOf(ledger.account(id)), 0n);
  equal(ledger.totals().reservedCycles, reserved, 'cycles reserved');
  for (const { id, status } of sagas) {
    if (isEnded(status))
      equal(reservedCyclesOf(ledger.account(id)), 0n, `reserved by job ${id}, which ended`);
  }
}

/** Every canister that a saga has is accounted for, by that saga and no other; the vacant ones are listed as such. */
function auditAccounts({ stores }: StoredManager, sagas: readonly Saga[]): void {
  const { canisterAccount, vacancyStore } = stores;
  const holders = new Map<string, bigint>();
  for (const { id, status, facts, definitionName } of sagas) {
    const { greeterId } = facts;
    if (!greeterId || status === 'compensated' || status === 'terminated') continue;
    if (status === 'completed' && definitionName !== 'provisioning') continue;
    const use = status === 'completed' ? 'registered' : 'bound';
    deepEqual(canisterAccount(greeterId), { use, jobId: id }, `account of job ${id}'s canister`);
    equal(holders.get(hex(greeterId)), undefined, `another job has job ${id}'s canister`);
    holders.set(hex(greeterId), id);
  }
  for (const { canisterId, unfit } of vacancyStore.list(0, vacancyStore.size())) {
    equal(canisterAccount(canisterId)?.use, unfit ? 'unfit' : 'vacant', `listed vacant: ${hex(canisterId)}`);
  }
}

function entriesOf(map: InMemoryOrderedMap): readonly (readonly [Uint8Array, Uint8Array])[] {
  return map.first(map.size());
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
