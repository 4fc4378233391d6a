import { describe, expect, it } from 'vitest';
import { foldJournal, InMemoryOrderedMap, SagaStore } from '../../../src/saga/index.ts';
import type { SagaEvent } from '../../../src/saga/index.ts';
import { dueKey, recordKey } from '../../../src/saga/store/keys.ts';
import { applied, interrupted, notApplied } from '../support/answers.ts';
import { steadyPolicy, testDefinition, testStep } from '../support/definition.ts';
import type { TestAction, TestDefinition, TestFacts } from '../support/definition.ts';

const wake: SagaEvent<TestFacts> = { type: 'wake', epoch: 1, hostVersion: 40n };

function emptyMaps(): { records: InMemoryOrderedMap; due: InMemoryOrderedMap; leases: InMemoryOrderedMap } {
  return {
    records: new InMemoryOrderedMap(),
    due: new InMemoryOrderedMap(),
    leases: new InMemoryOrderedMap(),
  };
}

function storeOf(
  definition: TestDefinition = testDefinition(),
  maximumJournalEntries = 10,
  maps = emptyMaps(),
): SagaStore<TestFacts, TestAction> {
  return new SagaStore({ definitions: [definition], ...maps, maximumJournalEntries });
}

/** Lets the open attempt of a saga be interrupted and opened again, `times` times: two journal entries each. */
function interruptRepeatedly(
  store: SagaStore<TestFacts, TestAction>,
  id: bigint,
  times: number,
  nowMs = 1_000,
): void {
  for (let time = 0; time < times; time += 1) {
    const open = store.tell(id, wake, nowMs)?.saga.openAttempt;
    if (!open) throw new Error('the wake opened no attempt');
    const ticket = { serial: open.serial, epoch: open.epoch };
    store.tell(id, { type: 'outcome', ticket, outcome: interrupted }, nowMs);
  }
}

describe('the saga store', () => {
  it('records a new saga as queued and due at once', () => {
    const store = storeOf();
    const saga = store.start('test', 1n, { a: '1' }, 500);
    expect(store.get(1n)).toEqual(saga);
    expect(store.dueIds(500, 10)).toEqual([1n]);
    expect(store.nextWakeMs()).toBe(500);
    expect(store.statusCounts().queued).toBe(1);
    expect(store.journal(1n)).toEqual({ base: saga, entries: [] });
  });

  it('refuses an id that is taken', () => {
    const store = storeOf();
    store.start('test', 1n, {}, 500);
    expect(() => store.start('test', 1n, {}, 600)).toThrow('saga 1 exists already');
  });

  it('knows nothing of sagas that were never started', () => {
    const store = storeOf();
    expect(store.get(9n)).toBeUndefined();
    expect(store.journal(9n)).toBeUndefined();
    expect(store.tell(9n, wake, 500)).toBeUndefined();
    expect(store.nextWakeMs()).toBeUndefined();
  });

  it('commits the intent together with the effect that asks for the call', () => {
    const store = storeOf();
    store.start('test', 1n, {}, 500);
    const told = store.tell(1n, wake, 600);
    const perform = told?.effects.find((effect) => effect.kind === 'perform');
    expect(perform?.attempt).toEqual(store.get(1n)?.openAttempt);
    expect(store.get(1n)).toEqual(told?.saga);
  });

  it('serves sagas in the order in which they became due, the older first, and none before its time', () => {
    const store = storeOf();
    store.start('test', 3n, {}, 100);
    store.start('test', 2n, {}, 100);
    store.start('test', 1n, {}, 200);
    store.start('test', 4n, {}, 300);
    expect(store.dueIds(250, 10)).toEqual([2n, 3n, 1n]);
    expect(store.dueIds(250, 2)).toEqual([2n, 3n]);
    expect(store.dueIds(99, 10)).toEqual([]);
  });

  it('keeps open attempts apart from sagas that wait for their turn', () => {
    const store = storeOf();
    store.start('test', 1n, {}, 100);
    store.start('test', 2n, {}, 100);
    store.tell(1n, wake, 100);
    expect(store.dueIds(1e9, 10)).toEqual([2n]);
    expect(store.openAttempts()).toBe(1);
    expect(store.expiredIds(5_099, 10)).toEqual([]);
    expect(store.expiredIds(5_100, 10)).toEqual([1n]);
    expect(store.nextWakeMs()).toBe(100);
    store.tell(2n, wake, 200);
    expect(store.nextWakeMs()).toBe(5_100);
  });

  it('writes nothing for an event that means nothing', () => {
    const store = storeOf();
    const saga = store.start('test', 1n, {}, 500);
    expect(store.tell(1n, { type: 'retry' }, 600)).toMatchObject({ saga, effects: [] });
    expect(store.journal(1n)?.entries).toEqual([]);
  });

  it('keeps the newer half of a journal that reaches its bound, and a summary of the older', () => {
    const store = storeOf(testDefinition(), 4);
    store.start('test', 1n, {}, 1_000);
    interruptRepeatedly(store, 1n, 1);
    expect(store.journal(1n)?.base.version).toBe(0);
    interruptRepeatedly(store, 1n, 1);
    expect(store.journal(1n)?.base.version).toBe(2);
    expect(store.journal(1n)?.entries.map(({ sequence }) => sequence)).toEqual([3, 4]);
    interruptRepeatedly(store, 1n, 10);
    const journal = store.journal(1n);
    if (!journal) throw new Error('no journal');
    expect(journal.entries.map(({ sequence }) => sequence)).toEqual([23, 24]);
    expect(foldJournal(testDefinition(), journal.base, journal.entries)).toEqual(store.get(1n));
  });

  it('leaves no dropped entry behind', () => {
    const maps = emptyMaps();
    const store = storeOf(testDefinition(), 4, maps);
    store.start('test', 1n, {}, 1_000);
    interruptRepeatedly(store, 1n, 10);
    const size = maps.records.size();
    interruptRepeatedly(store, 1n, 10);
    expect(maps.records.size()).toBe(size);
  });

  it('keeps the journals of several sagas apart', () => {
    const store = storeOf(testDefinition(), 4);
    store.start('test', 1n, {}, 1_000);
    store.start('test', 2n, {}, 1_000);
    interruptRepeatedly(store, 1n, 3);
    expect(store.journal(2n)?.entries).toEqual([]);
    interruptRepeatedly(store, 2n, 1);
    expect(store.journal(2n)?.entries.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(store.journal(1n)?.entries.map(({ sequence }) => sequence)).toEqual([5, 6]);
  });

  it('keeps compacting journals after an upgrade changed their bound', () => {
    const maps = emptyMaps();
    const wide = storeOf(testDefinition(), 100, maps);
    wide.start('test', 1n, {}, 1_000);
    interruptRepeatedly(wide, 1n, 40);
    const narrow = storeOf(testDefinition(), 10, maps);
    interruptRepeatedly(narrow, 1n, 10);
    const journal = narrow.journal(1n);
    expect(journal?.entries.length).toBeLessThanOrEqual(10);
    expect(journal && foldJournal(testDefinition(), journal.base, journal.entries)).toEqual(narrow.get(1n));
  });

  it('keeps working after an upgrade changed the policy under recorded journals', () => {
    const maps = emptyMaps();
    const before = storeOf(testDefinition(), 4, maps);
    before.start('test', 1n, {}, 1_000);
    before.tell(1n, wake, 1_000);
    before.tell(1n, wake, 6_000); // its lease of 5 s has run out
    const after = storeOf(
      testDefinition([
        testStep('first', { leaseMs: 90_000, retry: { ...steadyPolicy, maximumAttempts: 1 } }),
        testStep('second'),
      ]),
      4,
      maps,
    );
    const open = after.tell(1n, wake, 6_000)?.saga.openAttempt;
    if (!open) throw new Error('the wake opened no reading');
    const ticket = { serial: open.serial, epoch: open.epoch };
    after.tell(1n, { type: 'verdict', ticket, verdict: { kind: 'applied', evidence: 'seen' } }, 6_100);
    interruptRepeatedly(after, 1n, 3, 6_200);
    expect(after.get(1n)).toMatchObject({ cursor: 1, version: 10 });
    expect(after.journal(1n)?.entries.map(({ sequence }) => sequence)).toEqual([9, 10]);
  });

  it('counts the sagas of each status', () => {
    const store = storeOf(testDefinition([testStep('only')]));
    for (const [id, outcome] of [
      [1n, applied()],
      [2n, notApplied()],
      [3n, notApplied('terminal')],
    ] as const) {
      store.start('test', id, {}, 500);
      store.tell(id, wake, 500);
      store.tell(id, { type: 'outcome', ticket: { serial: 1, epoch: 1 }, outcome }, 600);
    }
    store.start('test', 4n, {}, 500);
    expect(store.statusCounts()).toMatchObject({
      queued: 1,
      running: 0,
      waitingRetry: 1,
      parked: 1,
      completed: 1,
    });
  });
});

describe('a wake-up that led to nothing', () => {
  it('is put off when the record cannot be read, and comes again once it can', () => {
    const maps = emptyMaps();
    const store = storeOf(testDefinition(), 10, maps);
    store.start('test', 1n, {}, 500);
    store.start('test', 2n, {}, 600);
    const record = maps.records.get(recordKey(1n)) ?? new Uint8Array();
    maps.records.set(recordKey(1n), new Uint8Array([255]));
    expect(() => store.tell(1n, wake, 700)).toThrow('unknown schema version');

    store.putOffWakeUp(1n, 700, 900);

    expect(store.dueIds(800, 10)).toEqual([2n]);
    maps.records.set(recordKey(1n), record);
    expect(store.dueIds(900, 10)).toEqual([2n, 1n]);
    expect(store.tell(1n, wake, 900)?.saga.openAttempt).toBeDefined();
    // What the record's own wake-up replaced is gone, what had been put off is not: it leads to nothing once.
    expect(store.dueIds(900, 10)).toEqual([2n, 1n]);
    expect(store.tell(1n, wake, 900)?.effects).toEqual([]);
    store.putOffWakeUp(1n, 900, 1_000);
    expect(store.dueIds(900, 10)).toEqual([2n]);
    expect(store.openAttempts()).toBe(1);
  });

  it('is forgotten when there is no such saga or it does not want to be woken', () => {
    const maps = emptyMaps();
    const store = storeOf(testDefinition(), 10, maps);
    maps.due.set(dueKey(500, 7n), new Uint8Array());
    store.putOffWakeUp(7n, 500, 600);
    expect(store.nextWakeMs()).toBeUndefined();
  });

  it('is put off when its saga is due and yet could not be woken', () => {
    const store = storeOf();
    store.start('test', 1n, {}, 500);
    store.putOffWakeUp(1n, 500, 900);
    expect(store.dueIds(899, 10)).toEqual([]);
    expect(store.dueIds(900, 10)).toEqual([1n]);
  });
});
