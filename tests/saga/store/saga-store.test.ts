import { describe, expect, it } from 'vitest';
import { foldJournal, InMemoryOrderedMap, SagaStore } from '../../../src/saga/index.ts';
import type { SagaEvent } from '../../../src/saga/index.ts';
import { dueKey, journalCheckpointKey, recordKey } from '../../../src/saga/store/keys.ts';
import { applied, interrupted, notApplied } from '../support/answers.ts';
import { steadyPolicy, testDefinition, testStep, undoableStep } from '../support/definition.ts';
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

describe('a store of several kinds of sagas', () => {
  const other: TestDefinition = {
    ...testDefinition([undoableStep('fill'), testStep('keep')]),
    name: 'other',
  };
  const storeOfBoth = (): SagaStore<TestFacts, TestAction> =>
    new SagaStore({ definitions: [testDefinition(), other], ...emptyMaps(), maximumJournalEntries: 4 });

  it('leads each by its own definition, in one queue with one count', () => {
    const store = storeOfBoth();
    store.start('other', 1n, {}, 100);
    store.start('test', 2n, {}, 100);
    expect(store.dueIds(100, 10)).toEqual([1n, 2n]);
    expect(store.statusCounts().queued).toBe(2);
    const performed = [1n, 2n].map((id) =>
      store.tell(id, wake, 100)?.effects.find((effect) => effect.kind === 'perform'),
    );
    expect(performed.map((effect) => effect?.action.step)).toEqual(['fill', 'first']);

    const ticket = { serial: 1, epoch: 1 };
    const ended = [1n, 2n].map((id) => {
      store.tell(id, { type: 'outcome', ticket, outcome: applied() }, 200);
      return store.tell(id, { type: 'cancel' }, 300)?.saga.status;
    });
    expect(ended).toEqual(['compensating', 'compensated']);
    for (const id of [1n, 2n]) {
      const journal = store.journal(id);
      const definition = store.definition(store.get(id)?.definitionName ?? '');
      expect(journal && foldJournal(definition, journal.base, journal.entries)).toEqual(store.get(id));
    }
  });

  it('tells what may be asked of a saga by its own definition', () => {
    const pivoted = { ...testDefinition([testStep('leap', { kind: 'pivot' })]), name: 'pivoted' };
    const definitions = [testDefinition(), pivoted];
    const store = new SagaStore({ definitions, ...emptyMaps(), maximumJournalEntries: 4 });
    const allowed = ['test', 'pivoted'].map((name, index) => {
      store.start(name, BigInt(index), {}, 100);
      const saga = store.tell(BigInt(index), wake, 100)?.saga;
      return saga && store.allowedActions(saga);
    });
    expect(allowed).toEqual([['cancel'], []]);
  });

  it('never gives one id to two sagas, of whatever kind', () => {
    const store = storeOfBoth();
    store.start('other', 1n, {}, 100);
    expect(() => store.start('test', 1n, {}, 100)).toThrow('saga 1 exists already');
  });

  it('refuses a saga of a kind it does not know, and changes nothing', () => {
    const store = storeOfBoth();
    expect(() => store.start('third', 1n, {}, 100)).toThrow('no saga definition named third');
    expect(store.get(1n)).toBeUndefined();
    expect(store.nextWakeMs()).toBeUndefined();
    expect(store.statusCounts().queued).toBe(0);
  });

  it('is refused without a definition, with two of one name, or with one that breaks a rule', () => {
    const storeWith =
      (...definitions: TestDefinition[]) =>
      (): unknown =>
        new SagaStore({ definitions, ...emptyMaps(), maximumJournalEntries: 4 });
    expect(storeWith()).toThrow('a saga store needs at least one definition');
    expect(storeWith(other, other)).toThrow('two saga definitions have the same name');
    expect(storeWith(testDefinition(), testDefinition([]))).toThrow('a saga needs at least one step');
  });
});

describe('compacting an ended saga', () => {
  /** A completed saga with a journal of twelve entries. */
  function endedStore(
    maximumJournalEntries: number,
    maps = emptyMaps(),
  ): { store: SagaStore<TestFacts, TestAction>; maps: ReturnType<typeof emptyMaps> } {
    const definition = testDefinition([testStep('only')]);
    const store = storeOf(definition, maximumJournalEntries, maps);
    store.start('test', 1n, { a: '1' }, 1_000);
    interruptRepeatedly(store, 1n, 5);
    const open = store.tell(1n, wake, 1_000)?.saga.openAttempt;
    const ticket = { serial: open?.serial ?? 0, epoch: 1 };
    store.tell(1n, { type: 'outcome', ticket, outcome: applied() }, 2_000);
    return { store, maps };
  }

  const late: SagaEvent<TestFacts> = {
    type: 'outcome',
    ticket: { serial: 6, epoch: 1 },
    outcome: applied(),
  };

  it.each([
    [100, 12],
    [10, 7],
    [4, 2],
  ])('lets go of its journal and keeps its record: a bound of %i entries', (bound, kept) => {
    const { store, maps } = endedStore(bound);
    const saga = store.get(1n);
    expect(store.journal(1n)?.entries.length).toBe(kept);
    expect(store.compactEnded(1n)).toBe(kept);
    expect(store.get(1n)).toEqual(saga);
    expect(store.journal(1n)).toEqual({ base: saga, entries: [] });
    expect(maps.records.get(journalCheckpointKey(1n))).toBeUndefined();
    expect(maps.records.size()).toBe(3); // the record, its journal's base, the status counts
  });

  it('does nothing the second time', () => {
    const { store, maps } = endedStore(10);
    store.compactEnded(1n);
    const journal = store.journal(1n);
    const size = maps.records.size();
    expect(store.compactEnded(1n)).toBe(0);
    expect(store.journal(1n)).toEqual(journal);
    expect(maps.records.size()).toBe(size);
  });

  it('leaves the journals of other sagas alone', () => {
    const { store } = endedStore(10);
    store.start('test', 2n, {}, 1_000);
    interruptRepeatedly(store, 2n, 3);
    const journal = store.journal(2n);
    store.compactEnded(1n);
    expect(store.journal(2n)).toEqual(journal);
  });

  it('lets the journal go on after it: late answers are recorded, bounded, and fold', () => {
    const { store, maps } = endedStore(4);
    store.compactEnded(1n);
    for (let time = 1; time <= 9; time += 1) {
      store.tell(1n, late, 3_000);
      const journal = store.journal(1n);
      expect(journal?.entries.length).toBeLessThanOrEqual(4);
      expect(journal?.entries.at(-1)?.sequence).toBe(store.get(1n)?.version);
      const definition = store.definition('test');
      expect(journal && foldJournal(definition, journal.base, journal.entries)).toEqual(store.get(1n));
    }
    expect(store.get(1n)?.lateAnswers).toBe(9);
    store.compactEnded(1n);
    expect(maps.records.size()).toBe(3);
  });

  it('is refused while the saga has not ended, and when there is none', () => {
    const store = storeOf();
    store.start('test', 1n, {}, 1_000);
    store.tell(1n, wake, 1_000);
    expect(() => store.compactEnded(1n)).toThrow('saga 1 has not ended');
    expect(store.journal(1n)?.entries.length).toBe(1);
    expect(() => store.compactEnded(2n)).toThrow('saga 2 has not ended');
  });
});
