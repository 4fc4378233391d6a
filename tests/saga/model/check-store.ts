import assert from 'node:assert/strict';
import { foldJournal, sagaStatuses } from '../../../src/saga/index.ts';
import type { JournalEntry, OrderedMap, SagaRecord } from '../../../src/saga/index.ts';
import { dueKey } from '../../../src/saga/store/keys.ts';
import type { TestFacts } from '../support/definition.ts';
import type { World } from './world.ts';

/** The indexes of a store equal what its records say, and nothing else is in its maps. */
export function checkIndexes({ store, maps, sagas }: World): void {
  const records = [...sagas.values()].map(({ record }) => record);
  const waiting = records.filter((record) => !record.openAttempt && record.dueAtMs !== undefined);
  const open = records.filter((record) => record.openAttempt);
  assert.deepEqual(keysOf(maps.due), sortedDueKeys(waiting), 'due index');
  assert.deepEqual(keysOf(maps.leases), sortedDueKeys(open), 'lease index');
  assert.equal(store.openAttempts(), open.length);
  const counts = sagaStatuses.map((status) => records.filter((record) => record.status === status).length);
  assert.deepEqual(Object.values(store.statusCounts()), counts, 'how many sagas have each status');
  const wakes = [...waiting, ...open].map((record) => record.dueAtMs ?? Number.NaN);
  assert.equal(store.nextWakeMs(), wakes.length === 0 ? undefined : Math.min(...wakes), 'next wake');
}

/** The journal of a saga is gapless, bounded, and leads to the stored record. */
export function checkJournal({ store, definition, maximumJournalEntries, sagas }: World, id: bigint): void {
  const kept = store.journal(id);
  assert.ok(kept);
  assert.ok(kept.entries.length <= maximumJournalEntries, `${kept.entries.length} entries kept`);
  assert.deepEqual(
    foldJournal(definition, kept.base, kept.entries),
    sagas.get(id)?.record,
    'the journal leads to the record',
  );
}

/** A summary and the journal after it make up all that ever happened to the saga. */
export function checkHistory({ store, definition, sagas }: World, id: bigint): void {
  const kept = store.journal(id);
  const history = sagas.get(id)?.history;
  assert.ok(kept && history);
  const dropped = history.entries.slice(0, kept.base.version);
  assert.deepEqual([...dropped, ...kept.entries], history.entries, 'summary and journal leave no gap');
  assert.deepEqual(
    foldJournal(definition, history.start, dropped),
    kept.base,
    'the summary is what was dropped',
  );
}

/** Nothing that was dropped is left behind: per saga a record, a base, at most one checkpoint, and the entries. */
export function checkNoLeftovers({ store, maps, sagas }: World): void {
  const entries = [...sagas.keys()].reduce((sum, id) => sum + (store.journal(id)?.entries.length ?? 0), 0);
  const checkpoints = [...sagas.values()].filter(({ history }) => history.hasCheckpoint).length;
  const counts = sagas.size === 0 ? 0 : 1;
  assert.equal(maps.records.size(), 2 * sagas.size + checkpoints + entries + counts, 'rows in the map');
}

/** All that ever happened to a saga, kept apart from the store. */
export class SagaHistory {
  readonly entries: JournalEntry<TestFacts>[] = [];

  constructor(
    readonly start: SagaRecord<TestFacts>,
    private readonly maximumJournalEntries: number,
  ) {}

  get hasCheckpoint(): boolean {
    return this.entries.length >= this.maximumJournalEntries / 2;
  }
}

function keysOf(map: OrderedMap): string[] {
  return map.first(map.size()).map(([key]) => Buffer.from(key).toString('hex'));
}

function sortedDueKeys(records: readonly SagaRecord<TestFacts>[]): string[] {
  return records
    .map((record) => Buffer.from(dueKey(record.dueAtMs ?? Number.NaN, record.id)).toString('hex'))
    .sort();
}
