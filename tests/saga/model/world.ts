import assert from 'node:assert/strict';
import { InMemoryOrderedMap, SagaStore } from '../../../src/saga/index.ts';
import type { SagaEvent, SagaRecord } from '../../../src/saga/index.ts';
import type { TestAction, TestDefinition, TestFacts } from '../support/definition.ts';
import { checkIndexes, checkJournal, SagaHistory } from './check-store.ts';
import { compare } from './compare.ts';
import { checkTransition } from './check-transition.ts';
import { SagaModel } from './saga-model.ts';

/** A saga in the store, with what it should be, what has happened to it, and its record as last committed. */
interface WatchedSaga {
  readonly model: SagaModel;
  readonly history: SagaHistory;
  record: SagaRecord<TestFacts>;
}

/** A store of sagas next to what each of them should be. Every event passes through `tell`, which checks it all. */
export class World {
  nowMs = 1_700_000_000_000;
  epoch = 1;
  hostVersion = 40n;
  readonly maps = {
    records: new InMemoryOrderedMap(),
    due: new InMemoryOrderedMap(),
    leases: new InMemoryOrderedMap(),
  };
  readonly store: SagaStore<TestFacts, TestAction>;
  readonly sagas = new Map<bigint, WatchedSaga>();
  /** What noteworthy has happened; shows that random sequences reach what they are meant to test. */
  readonly sightings = new Set<string>();

  constructor(
    readonly definition: TestDefinition,
    readonly maximumJournalEntries: number,
  ) {
    this.store = new SagaStore({ definitions: [definition], ...this.maps, maximumJournalEntries });
  }

  start(facts: TestFacts): void {
    const id = BigInt(this.sagas.size + 1);
    const model = new SagaModel(this.definition, facts, this.nowMs);
    const record = this.store.start(this.definition.name, id, facts, this.nowMs);
    const history = new SagaHistory(record, this.maximumJournalEntries);
    this.sagas.set(id, { model, history, record });
    compare(model, record);
    checkIndexes(this);
  }

  wake(id: bigint, learned?: TestFacts): void {
    const { epoch, hostVersion } = this;
    this.tell(id, { type: 'wake', epoch, hostVersion, ...(learned ? { learned } : {}) });
  }

  tell(id: bigint, event: SagaEvent<TestFacts>): void {
    const saga = this.saga(id);
    const { model, history, record: before } = saga;
    const expected = model.tell(event, this.nowMs);
    const told = this.store.tell(id, event, this.nowMs);
    assert.ok(told);
    const { saga: after, effects } = told;
    assert.deepEqual(this.store.get(id), after, 'what was decided is what is stored');
    saga.record = after;
    assert.equal(after.version > before.version, expected.changed, 'whether the event means anything');
    const performed = effects.find((effect) => effect.kind === 'perform');
    assert.equal(performed?.action.phase, expected.performs, 'what is carried out');
    const late = effects.find((effect) => effect.kind === 'lateAnswer');
    assert.deepEqual(late?.outcome, expected.late, 'what is handed back as late');
    compare(model, after);
    checkTransition({ definition: this.definition, before, event, nowMs: this.nowMs, after, effects });
    for (const effect of effects) if (effect.kind === 'record') history.entries.push(effect.entry);
    checkIndexes(this);
    checkJournal(this, id);
    this.note(before, event, after);
  }

  saga(id: bigint): WatchedSaga {
    const saga = this.sagas.get(id);
    assert.ok(saga, `saga ${id} was started`);
    return saga;
  }

  private note(
    before: SagaRecord<TestFacts>,
    event: SagaEvent<TestFacts>,
    after: SagaRecord<TestFacts>,
  ): void {
    this.sightings.add(`${before.status} to ${after.status}`);
    if (after.status === 'compensating' && after.openAttempt) this.sightings.add('undoing');
    if (before.compensating && after.cursor < before.cursor) this.sightings.add('several undone');
    if (event.type === 'outcome' && after.lateAnswers === before.lateAnswers) {
      this.sightings.add(`${event.outcome.kind} while ${before.status}`);
    }
    if (after.version > before.version) this.sightings.add(`${event.type} while ${before.status}`);
    if (before.cancelRequestedAtMs !== undefined && !before.compensating && after.compensating) {
      this.sightings.add(`turned round by ${event.type}`);
    }
    if (after.parked && !before.parked) this.sightings.add(`parked: ${after.parked.reason}`);
    if (after.lateAnswers > before.lateAnswers) this.sightings.add(`late ${event.type}`);
    if (event.type === 'outcome' && !before.openAttempt && after.cursor > before.cursor) {
      this.sightings.add(`late truth while ${before.status}`);
    }
    if (this.store.journal(after.id)?.base.version) this.sightings.add('journal compacted');
  }
}
