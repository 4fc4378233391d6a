import { expect } from 'vitest';
import { reservedCyclesOf } from '../../../src/manager/budgets/accounts.ts';
import type { JobAccount } from '../../../src/manager/budgets/accounts.ts';
import { Ledger } from '../../../src/manager/budgets/ledger.ts';
import { provisioning, warming } from '../../../src/manager/provisioning/definition.ts';
import { definitionOf, sagaDefinitions } from '../../../src/manager/provisioning/definitions.ts';
import {
  BinaryReader,
  foldJournal,
  InMemoryOrderedMap,
  isEnded,
  SagaStore,
  sagaStatuses,
} from '../../../src/saga/index.ts';
import type { SagaRecord } from '../../../src/saga/index.ts';
import { isOpenCandidate } from '../../../src/manager/provisioning/candidate.ts';
import type { ProvisioningFacts } from '../../../src/manager/provisioning/facts.ts';
import {
  callRouteKey,
  canisterKey,
  ownerKey,
  ownerJobKey,
  metaKey,
} from '../../../src/manager/storage/keys.ts';
import { decodeVacancy } from '../../../src/manager/vacancies/vacancy.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';

type Job = SagaRecord<ProvisioningFacts>;
type Entries = (readonly [Uint8Array, Uint8Array])[];

/** Reads the Manager's stable maps and checks that everything which can be recomputed from the jobs agrees with them. */
export function audit(fixture: ManagerFixture): Job[] {
  const [records, due, leases, inbox, vacancies] = dumpMaps(fixture);
  const maps = { records: mapOf(records), due: mapOf(due), leases: mapOf(leases) };
  const store = new SagaStore({ definitions: sagaDefinitions, ...maps, maximumJournalEntries: 100 });
  const jobs: Job[] = [];
  for (let id = 1n; ; id += 1n) {
    const job = store.get(id);
    if (!job) break;
    jobs.push(job);
    const journal = store.journal(id);
    expect(journal && foldJournal(definitionOf(job), journal.base, journal.entries)).toEqual(job);
  }

  const expectedCounts = Object.fromEntries(
    sagaStatuses.map((status) => [status, jobs.filter((job) => job.status === status).length]),
  );
  expect(store.statusCounts()).toEqual(expectedCounts);
  const waiting = jobs.filter(({ dueAtMs }) => dueAtMs !== undefined);
  expect(keysOf(due)).toEqual(wakeUps(waiting.filter(({ openAttempt }) => !openAttempt)));
  expect(keysOf(leases)).toEqual(wakeUps(waiting.filter(({ openAttempt }) => openAttempt)));

  const owners = new Map(jobs.map(({ facts }) => [hex(facts.owner), facts.owner]));
  for (const owner of owners.values()) {
    const own = jobs.filter(({ facts }) => hex(facts.owner) === hex(owner));
    const counts = new BinaryReader(maps.records.get(ownerKey(owner)) ?? new Uint8Array());
    expect([counts.u8(), counts.u32(), counts.u32(), counts.u32()]).toEqual([
      1,
      own.length,
      own.filter(({ status }) => !isEnded(status)).length,
      own.filter(
        ({ status, definitionName }) => status === 'completed' && definitionName === provisioning.name,
      ).length,
    ]);
    const listed = own.map((_, index) => maps.records.get(ownerJobKey(owner, index)));
    expect(listed.map((bytes) => bytes && new BinaryReader(bytes).u64())).toEqual(own.map(({ id }) => id));
  }

  auditCanisters(records, vacancies, jobs);
  auditCycles(maps.records, jobs);
  expect(inbox).toEqual([]);
  expect(maps.records.get(metaKey())).toBeDefined();
  return jobs;
}

/** Every canister the Manager knows of has one account, and jobs and vacancies say the same as it does. */
function auditCanisters(records: Entries, vacancies: Entries, jobs: Job[]): void {
  const [prefix] = canisterKey(new Uint8Array());
  const accounts = records.flatMap(([key, value]) => {
    if (key[0] !== prefix) return [];
    const account = new BinaryReader(value);
    const use = ['bound', 'registered', 'surplus', 'vacant', 'unfit'][(account.u8(), account.u8())] ?? '';
    return [`${hex(new BinaryReader(key.slice(1)).bytes())} ${use} ${account.u64()}`];
  });
  const held = jobs.flatMap((job) => canisterOf(job).map((id) => `${hex(id)} ${useBy(job)} ${job.id}`));
  const waiting = vacancies.map(([key, value]) => {
    const { canisterId, unfit, formerJobId } = decodeVacancy(key, value);
    return `${hex(canisterId)} ${unfit ? 'unfit' : 'vacant'} ${formerJobId}`;
  });
  expect(accounts.toSorted()).toEqual([...held, ...waiting].toSorted());
}

/** What a job has now: its canister, or the vacant one it is about to take. */
function canisterOf({ status, definitionName, facts }: Job): readonly Uint8Array[] {
  const { greeterId, candidate } = facts;
  const hasGivenUp = status === 'compensated' || status === 'terminated';
  if (hasGivenUp || (status === 'completed' && definitionName === warming.name)) return [];
  if (greeterId) return [greeterId];
  return isOpenCandidate(candidate) ? [candidate.canisterId] : [];
}

function useBy({ status }: Job): string {
  return status === 'completed' ? 'registered' : 'bound';
}

/** What is reserved and spent in all, and by each caller, is what the accounts of the jobs say. */
function auditCycles(records: InMemoryOrderedMap, jobs: Job[]): void {
  const ledger = new Ledger(records, {
    reservedCycles: () => 0n,
    accountOf: (jobId) => {
      throw new Error(`job ${jobId} has no account`);
    },
  });
  const accounts = jobs.map((job) => ({ job, account: ledger.account(job.id) }));
  for (const { job, account } of accounts) {
    if (isEnded(job.status)) expect(reservedCyclesOf(account)).toBe(0n);
    expect(hex(account.owner)).toBe(hex(job.facts.owner));
  }
  expect(ledger.totals()).toMatchObject(sumsOf(accounts.map(({ account }) => account)));
  for (const owner of new Set(accounts.map(({ account }) => hex(account.owner)))) {
    const own = accounts.flatMap(({ account }) => (hex(account.owner) === owner ? [account] : []));
    expect(ledger.caller(Buffer.from(owner, 'hex'))).toMatchObject(sumsOf(own));
  }
}

function sumsOf(accounts: JobAccount[]): { reservedCycles: bigint; spentCycles: bigint } {
  return {
    reservedCycles: accounts.reduce((sum, account) => sum + reservedCyclesOf(account), 0n),
    spentCycles: accounts.reduce((sum, { spentCycles }) => sum + spentCycles, 0n),
  };
}

/** Calls whose answers the Manager still waits for. */
export function openRoutes(fixture: ManagerFixture): number {
  return countOf(dumpMaps(fixture)[0], callRouteKey(1)[0]);
}

/** The Manager's stable maps: records, due, leases, inbox, vacancies. */
export function dumpMaps(fixture: ManagerFixture): [Entries, Entries, Entries, Entries, Entries] {
  const { network, managerId: canisterId } = fixture;
  const arg = new Uint8Array();
  const sender = fixture.managerId;
  const reader = new BinaryReader(network.query({ sender, canisterId, method: 'dumpMaps', arg }));
  const entries = (): Entries =>
    Array.from({ length: reader.u32() }, () => [reader.bytes(), reader.bytes()] as const);
  return [entries(), entries(), entries(), entries(), entries()];
}

export function mapOf(entries: Entries): InMemoryOrderedMap {
  const map = new InMemoryOrderedMap();
  for (const [key, value] of entries) map.set(key, value);
  return map;
}

function countOf(entries: Entries, prefix: number | undefined): number {
  return entries.filter(([key]) => key[0] === prefix).length;
}

function keysOf(entries: Entries): string[] {
  return entries.map(([key]) => {
    const reader = new BinaryReader(key);
    return `${reader.timeMs()} ${reader.u64()}`;
  });
}

function wakeUps(jobs: Job[]): string[] {
  return jobs
    .toSorted((left, right) => (left.dueAtMs ?? 0) - (right.dueAtMs ?? 0) || Number(left.id - right.id))
    .map(({ dueAtMs, id }) => `${dueAtMs ?? 0} ${id}`);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
