import { BinaryReader } from '../binary/binary-reader.ts';
import type { Codec } from '../binary/codec.ts';
import { journalCodec } from '../binary/journal-codec.ts';
import { recordCodec } from '../binary/record-codec.ts';
import { allowedActions } from '../allowed-actions.ts';
import type { SagaAction } from '../allowed-actions.ts';
import { assertLegalDefinition } from '../assert-legal-definition.ts';
import { decide } from '../decide.ts';
import type { SagaDefinition } from '../definition.ts';
import type { Effect } from '../effect.ts';
import type { JournalEntry, SagaEvent } from '../event.ts';
import type { SagaRecord } from '../record.ts';
import { startSaga } from '../start-saga.ts';
import { isEnded } from '../status.ts';
import {
  dueKey,
  journalBaseKey,
  journalCheckpointKey,
  journalKey,
  recordKey,
  statusCountsKey,
} from './keys.ts';
import type { OrderedMap } from './ordered-map.ts';
import { decodeStatusCounts, encodeStatusCounts } from './status-counts.ts';
import type { StatusCounts } from './status-counts.ts';

/** Where the engine keeps its sagas. */
export interface SagaStoreOptions<Facts, Action> {
  /** Every kind of saga the store holds, each with a name of its own; all share one format of facts. */
  readonly definitions: readonly SagaDefinition<Facts, Action>[];
  /** Records, journals and counts; may be shared, see `keys.ts` for the engine's prefixes. */
  readonly records: OrderedMap;
  /** Sagas that wait for their turn, by due time; read from its front, so it must hold nothing else. */
  readonly due: OrderedMap;
  /**
   * Sagas with an open attempt, by the end of its lease. Apart from `due`, so that sagas that wait for a free place
   * can never hide the expired leases that would free one.
   */
  readonly leases: OrderedMap;
  /** Journal entries kept per saga; at the bound the older half gives way to a summary. Even, at least 2. */
  readonly maximumJournalEntries: number;
}

/** How much of an index is searched for a wake-up that was just named: more than one message ever asks for. */
const frontEntries = 100;

/** What telling a saga something led to. */
export interface Told<Facts, Action> {
  readonly before: SagaRecord<Facts>;
  readonly saga: SagaRecord<Facts>;
  readonly effects: readonly Effect<Facts, Action>[];
}

/** Sagas with their journals and indexes. Every method is synchronous: what it writes commits with the message. */
export class SagaStore<Facts, Action> {
  private readonly recordCodec: Codec<SagaRecord<Facts>>;
  private readonly journalCodec: Codec<JournalEntry<Facts>>;

  /**
   * @throws Error when there is no definition, two have the same name, or one breaks a rule: see
   *   {@link assertLegalDefinition}
   */
  constructor(private readonly options: SagaStoreOptions<Facts, Action>) {
    const [first] = options.definitions;
    if (!first) throw new Error('a saga store needs at least one definition');
    options.definitions.forEach(assertLegalDefinition);
    const names = new Set(options.definitions.map(({ name }) => name));
    if (names.size < options.definitions.length) throw new Error('two saga definitions have the same name');
    this.recordCodec = recordCodec<Facts>(first.factsCodec);
    this.journalCodec = journalCodec<Facts>(first.factsCodec);
  }

  /** @throws Error when the store has no definition of this name */
  definition(name: string): SagaDefinition<Facts, Action> {
    const definition = this.options.definitions.find((known) => known.name === name);
    if (!definition) throw new Error(`no saga definition named ${name}`);
    return definition;
  }

  /** What may be asked of the saga now: the one predicate, with the saga's own definition. */
  allowedActions(saga: SagaRecord<Facts>): readonly SagaAction[] {
    return allowedActions(this.definition(saga.definitionName), saga);
  }

  /**
   * Records a new saga, queued and due at once.
   *
   * @param definitionName what kind of saga
   * @param id unique for ever, over all kinds
   * @throws Error if the id is taken: ids are the host's counter, so this is a defect
   */
  start(definitionName: string, id: bigint, facts: Facts, nowMs: number): SagaRecord<Facts> {
    if (this.options.records.get(recordKey(id))) throw new Error(`saga ${id} exists already`);
    const saga = startSaga(this.definition(definitionName), id, facts, nowMs);
    const bytes = this.recordCodec.encode(saga);
    this.options.records.set(journalBaseKey(id), bytes);
    this.write(undefined, saga, bytes);
    return saga;
  }

  get(id: bigint): SagaRecord<Facts> | undefined {
    const bytes = this.options.records.get(recordKey(id));
    return bytes && this.recordCodec.decode(bytes);
  }

  /**
   * Tells a saga what happened, and commits what it becomes.
   *
   * @param event what happened, or how to tell from the record as it is: records are dear to read, so they are read once
   * @returns the saga before and after, and what is to be done; undefined when there is no such saga
   */
  tell(
    id: bigint,
    event: SagaEvent<Facts> | ((saga: SagaRecord<Facts>) => SagaEvent<Facts>),
    nowMs: number,
  ): Told<Facts, Action> | undefined {
    const before = this.get(id);
    if (!before) return undefined;
    const happened = typeof event === 'function' ? event(before) : event;
    const { saga, effects, changed } = decide(
      this.definition(before.definitionName),
      before,
      happened,
      nowMs,
    );
    if (changed) {
      this.write(before, saga);
      for (const effect of effects) if (effect.kind === 'record') this.append(saga, effect.entry);
    }
    return { before, saga, effects };
  }

  /** The sagas that have waited longest for their turn, at most `limit`, due at or before `nowMs`. */
  dueIds(nowMs: number, limit: number): bigint[] {
    return idsUntil(this.options.due, nowMs, limit);
  }

  /** Sagas whose open attempt's lease has run out, at most `limit`. */
  expiredIds(nowMs: number, limit: number): bigint[] {
    return idsUntil(this.options.leases, nowMs, limit);
  }

  /**
   * Puts a wake-up that led to nothing where the record says it belongs; or off until `againAtMs`, when the record
   * cannot be read, or says that it is due and yet could not be woken. A wake-up that stays at the front of its index
   * would keep all others waiting.
   *
   * @param nowMs the time at which {@link dueIds} or {@link expiredIds} named the saga, in this message
   * @param againAtMs later than `nowMs`
   */
  putOffWakeUp(id: bigint, nowMs: number, againAtMs: number): void {
    for (const index of [this.options.due, this.options.leases]) {
      for (const [key] of index.first(frontEntries)) {
        const wakeUp = readDueKey(key);
        if (wakeUp.atMs > nowMs) break;
        if (wakeUp.id === id) index.delete(key);
      }
    }
    const entry = this.wakeEntryOf(id);
    if (entry === 'none') return;
    if (entry === 'unreadable' || entry.atMs <= nowMs) {
      this.options.due.set(dueKey(againAtMs, id), new Uint8Array());
    } else entry.index.set(dueKey(entry.atMs, id), new Uint8Array());
  }

  /** Sagas with an open attempt, at most `limit`, those whose lease ends first. */
  openIds(limit: number): bigint[] {
    return this.options.leases.first(limit).map(([key]) => readDueKey(key).id);
  }

  /** How many attempts are open. */
  openAttempts(): number {
    return this.options.leases.size();
  }

  /** When the next saga is due or the next lease ends, if any ever will. */
  nextWakeMs(): number | undefined {
    const fronts = [this.options.due, this.options.leases].flatMap((index) => index.first(1));
    return fronts.length === 0 ? undefined : Math.min(...fronts.map(([key]) => readDueKey(key).atMs));
  }

  statusCounts(): StatusCounts {
    return decodeStatusCounts(this.options.records.get(statusCountsKey()));
  }

  /** The kept journal: the record before its first entry, and the entries in order. */
  journal(id: bigint): { base: SagaRecord<Facts>; entries: readonly JournalEntry<Facts>[] } | undefined {
    const baseBytes = this.options.records.get(journalBaseKey(id));
    if (!baseBytes) return undefined;
    const base = this.recordCodec.decode(baseBytes);
    const entries: JournalEntry<Facts>[] = [];
    for (let sequence = base.version + 1; ; sequence += 1) {
      const bytes = this.options.records.get(journalKey(id, sequence));
      if (!bytes) return { base, entries };
      entries.push(this.journalCodec.decode(bytes));
    }
  }

  /**
   * Lets go of an ended saga's journal; its record stays and is the journal's base from now on.
   *
   * @returns how many entries were let go
   * @throws Error while the saga has not ended: its journal is still being written
   */
  compactEnded(id: bigint): number {
    const saga = this.get(id);
    if (!saga || !isEnded(saga.status)) throw new Error(`saga ${id} has not ended`);
    const { records } = this.options;
    let dropped = saga.version;
    for (; records.get(journalKey(id, dropped)); dropped -= 1) records.delete(journalKey(id, dropped));
    records.delete(journalCheckpointKey(id));
    records.set(journalBaseKey(id), this.recordCodec.encode(saga));
    return saga.version - dropped;
  }

  private write(
    before: SagaRecord<Facts> | undefined,
    after: SagaRecord<Facts>,
    bytes = this.recordCodec.encode(after),
  ): void {
    this.options.records.set(recordKey(after.id), bytes);
    const was = before && this.wakeEntry(before);
    const is = this.wakeEntry(after);
    if (was?.index !== is?.index || was?.atMs !== is?.atMs) {
      if (was) was.index.delete(dueKey(was.atMs, after.id));
      if (is) is.index.set(dueKey(is.atMs, after.id), new Uint8Array());
    }
    if (before?.status !== after.status) this.count(before?.status, after.status);
  }

  /** Where the saga's wake-up is indexed: the only place that knows which of the two indexes is meant. */
  private wakeEntry(saga: SagaRecord<Facts>): { index: OrderedMap; atMs: number } | undefined {
    if (saga.dueAtMs === undefined) return undefined;
    return { index: saga.openAttempt ? this.options.leases : this.options.due, atMs: saga.dueAtMs };
  }

  private wakeEntryOf(id: bigint): { index: OrderedMap; atMs: number } | 'none' | 'unreadable' {
    try {
      const saga = this.get(id);
      return (saga && this.wakeEntry(saga)) ?? 'none';
    } catch {
      return 'unreadable';
    }
  }

  private count(from: SagaRecord<Facts>['status'] | undefined, to: SagaRecord<Facts>['status']): void {
    const counts = this.statusCounts();
    const moved = { ...counts, [to]: counts[to] + 1, ...(from ? { [from]: counts[from] - 1 } : {}) };
    this.options.records.set(statusCountsKey(), encodeStatusCounts(moved));
  }

  private append(saga: SagaRecord<Facts>, entry: JournalEntry<Facts>): void {
    const { records, maximumJournalEntries } = this.options;
    records.set(journalKey(saga.id, entry.sequence), this.journalCodec.encode(entry));
    if (entry.sequence % (maximumJournalEntries / 2) === 0) this.compact(saga);
  }

  /**
   * The record as it was half a bound ago becomes the journal's base, and the present one waits to be the next.
   * Nothing is replayed here: a policy changed by an upgrade would lead old entries elsewhere, or nowhere.
   */
  private compact(saga: SagaRecord<Facts>): void {
    const { records } = this.options;
    const checkpoint = records.get(journalCheckpointKey(saga.id));
    records.set(journalCheckpointKey(saga.id), this.recordCodec.encode(saga));
    if (!checkpoint) return;
    records.set(journalBaseKey(saga.id), checkpoint);
    let dropped = this.recordCodec.decode(checkpoint).version;
    for (; records.get(journalKey(saga.id, dropped)); dropped -= 1) {
      records.delete(journalKey(saga.id, dropped));
    }
  }
}

function idsUntil(index: OrderedMap, nowMs: number, limit: number): bigint[] {
  return index
    .first(limit)
    .map(([key]) => readDueKey(key))
    .filter(({ atMs }) => atMs <= nowMs)
    .map(({ id }) => id);
}

function readDueKey(key: Uint8Array): { atMs: number; id: bigint } {
  const reader = new BinaryReader(key);
  return { atMs: reader.timeMs(), id: reader.u64() };
}
