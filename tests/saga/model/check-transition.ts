import assert from 'node:assert/strict';
import { journalCodec } from '../../../src/saga/binary/journal-codec.ts';
import { recordCodec } from '../../../src/saga/binary/record-codec.ts';
import { decide, isEnded, statusEdges } from '../../../src/saga/index.ts';
import type { Effect, SagaEvent, SagaRecord } from '../../../src/saga/index.ts';
import { factsCodec } from '../support/definition.ts';
import type { TestAction, TestDefinition, TestFacts } from '../support/definition.ts';

const records = recordCodec<TestFacts>(factsCodec);
const entries = journalCodec<TestFacts>(factsCodec);

/** One event with what it did. */
export interface Transition {
  readonly definition: TestDefinition;
  readonly before: SagaRecord<TestFacts>;
  readonly event: SagaEvent<TestFacts>;
  readonly nowMs: number;
  readonly after: SagaRecord<TestFacts>;
  readonly effects: readonly Effect<TestFacts, TestAction>[];
}

/** The promises that hold for every transition whatsoever. */
export function checkTransition(transition: Transition): void {
  checkStatusEdge(transition);
  checkIntentBeforeCall(transition);
  checkJournalEntry(transition);
  checkLateAnswer(transition);
  checkDeterminism(transition);
}

function checkStatusEdge({ before, after }: Transition): void {
  if (after.status !== before.status) {
    assert.ok(statusEdges[before.status].includes(after.status), `edge ${before.status} to ${after.status}`);
  }
  if (isEnded(before.status)) assert.equal(after.status, before.status, 'ends are final');
  assert.ok(after.cursor >= before.cursor, 'the cursor never goes back');
}

function checkIntentBeforeCall({ definition, before, after, effects }: Transition): void {
  const performs = effects.filter((effect) => effect.kind === 'perform');
  assert.ok(performs.length <= 1, 'at most one call at a time');
  for (const { attempt, action } of performs) {
    assert.equal(before.openAttempt, undefined, 'no attempt was open before');
    assert.deepEqual(attempt, after.openAttempt, 'the record bears the intent of the call');
    assert.equal(action.serial, attempt.serial, 'the action was made from the record with the intent');
    assert.equal(action.step, definition.steps[after.cursor]?.name, 'the action is of the step at work');
    assert.equal(action.phase, attempt.phase);
    const step = after.steps[after.cursor];
    const isUnknown = step?.state === 'outcomeUnknown';
    assert.equal(attempt.phase === 'reconcile', isUnknown, 'an unknown outcome is read and never repeated');
    const maximum = definition.steps[after.cursor]?.retry.maximumAttempts ?? 0;
    assert.ok((step?.attempt ?? 0) <= maximum, 'no more attempts than the policy allows');
  }
  if (after.openAttempt && performs.length === 0) {
    assert.deepEqual(after.openAttempt, before.openAttempt, 'no attempt is opened without its call');
  }
}

function checkJournalEntry({ before, event, nowMs, after, effects }: Transition): void {
  const recorded = effects.filter((effect) => effect.kind === 'record').map(({ entry }) => entry);
  if (after.version === before.version) {
    assert.deepEqual(after, before, 'an event that means nothing changes nothing');
    assert.deepEqual(effects, []);
    return;
  }
  assert.equal(after.version, before.version + 1);
  assert.equal(after.updatedAtMs, nowMs);
  assert.deepEqual(recorded, [{ sequence: after.version, atMs: nowMs, event }]);
  for (const entry of recorded) {
    const bytes = entries.encode(entry);
    assert.deepEqual(entries.decode(bytes), entry, 'the entry survives its format');
    assert.deepEqual(entries.encode(entries.decode(bytes)), bytes);
  }
}

function checkLateAnswer({ before, after, effects }: Transition): void {
  if (after.lateAnswers === before.lateAnswers) {
    assert.ok(
      effects.every(({ kind }) => kind !== 'lateAnswer'),
      'what is handed back as late is counted as late',
    );
    return;
  }
  const { version, updatedAtMs } = after;
  const lateAnswers = before.lateAnswers + 1;
  assert.deepEqual(
    after,
    { ...before, lateAnswers, version, updatedAtMs },
    'a late answer changes nothing else',
  );
}

function checkDeterminism({ definition, before, event, nowMs, after, effects }: Transition): void {
  const bytes = records.encode(after);
  assert.deepEqual(records.decode(bytes), after, 'the record survives its format');
  const again = decide(definition, records.decode(records.encode(before)), structuredClone(event), nowMs);
  assert.deepEqual(records.encode(again.saga), bytes, 'same inputs, same bytes');
  assert.deepEqual(again.effects, effects, 'same inputs, same effects');
}
