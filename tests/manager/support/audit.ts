import { expect } from 'vitest';
import { reservedCyclesOf } from '../../../src/manager/budgets/accounts.ts';
import type { JobAccount } from '../../../src/manager/budgets/accounts.ts';
import { Ledger } from '../../../src/manager/budgets/ledger.ts';
import { provisioning } from '../../../src/manager/provisioning/definition.ts';
import {
  BinaryReader,
  foldJournal,
  InMemoryOrderedMap,
  isEnded,
  SagaStore,
  sagaStatuses,
} from '../../../src/saga/index.ts';
import type { SagaRecord } from '../../../src/saga/index.ts';
import type { ProvisioningFacts } from '../../../src/manager/provisioning/facts.ts';
import {
  callRouteKey,
  canisterKey,
  ownerKey,
  ownerJobKey,
  metaKey,
} from '../../../src/manager/storage/keys.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';

type Job = SagaRecord<ProvisioningFacts>;
type Entries = (readonly [Uint8Array, Uint8Array])[];

/** Reads the Manager's stable maps and checks that everything which can be recomputed from the jobs agrees with them. */
export function audit(fixture: ManagerFixture): Job[] {
  const [records, due, leases, inbox] = dumpMaps(fixture);
  const maps = { records: mapOf(records), due: mapOf(due), leases: mapOf(leases) };
  const store = new SagaStore({ definitions: [provisioning], ...maps, maximumJournalEntries: 100 });
  const jobs: Job[] = [];
  for (let id = 1n; ; id += 1n) {
    const job = store.get(id);
    if (!job) break;
    jobs.push(job);
    const journal = store.journal(id);
    expect(journal && foldJournal(provisioning, journal.base, journal.entries)).toEqual(job);
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
      own.filter(({ status }) => status === 'completed').length,
    ]);
    const listed = own.map((_, index) => maps.records.get(ownerJobKey(owner, index)));
    expect(listed.map((bytes) => bytes && new BinaryReader(bytes).u64())).toEqual(own.map(({ id }) => id));
  }

  for (const { id, status, facts } of jobs) {
    if (!facts.greeterId) continue;
    const account = new BinaryReader(maps.records.get(canisterKey(facts.greeterId)) ?? new Uint8Array());
    const use = ['bound', 'registered', 'surplus'][(account.u8(), account.u8())];
    expect([use, account.u64()]).toEqual([status === 'completed' ? 'registered' : 'bound', id]);
  }
  const accounts = countOf(records, canisterKey(new Uint8Array())[0]);
  expect(accounts).toBe(jobs.filter(({ facts }) => facts.greeterId).length);
  auditCycles(maps.records, jobs);
  expect(inbox).toEqual([]);
  expect(maps.records.get(metaKey())).toBeDefined();
  return jobs;
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

/** The Manager's stable maps: records, due, leases, inbox. */
export function dumpMaps(fixture: ManagerFixture): [Entries, Entries, Entries, Entries] {
  const { network, managerId: canisterId } = fixture;
  const arg = new Uint8Array();
  const sender = fixture.managerId;
  const reader = new BinaryReader(network.query({ sender, canisterId, method: 'dumpMaps', arg }));
  const entries = (): Entries =>
    Array.from({ length: reader.u32() }, () => [reader.bytes(), reader.bytes()] as const);
  return [entries(), entries(), entries(), entries()];
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
