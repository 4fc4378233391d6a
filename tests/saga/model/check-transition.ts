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
  checkDirection(transition);
  checkJournalEntry(transition);
  checkLateAnswer(transition);
  checkDeterminism(transition);
}

function checkStatusEdge({ before, after }: Transition): void {
  if (after.status !== before.status) {
    assert.ok(statusEdges[before.status].includes(after.status), `edge ${before.status} to ${after.status}`);
  }
  if (isEnded(before.status)) assert.equal(after.status, before.status, 'ends are final');
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
    const { retry, reconcileRetry, compensateRetry } = definition.steps[after.cursor] ?? {};
    const policy = attempt.phase === 'compensate' ? (compensateRetry ?? reconcileRetry) : retry;
    assert.ok(
      (step?.attempt ?? 0) <= (policy?.maximumAttempts ?? 0),
      'no more attempts than the policy allows',
    );
    if (attempt.phase === 'compensate') checkUndoing(definition, after);
  }
  if (after.openAttempt && performs.length === 0) {
    assert.deepEqual(after.openAttempt, before.openAttempt, 'no attempt is opened without its call');
  }
}

/** Nothing is unknown, nothing newer is left to undo, and the pivot has done nothing. */
function checkUndoing(definition: TestDefinition, { steps, cursor }: SagaRecord<TestFacts>): void {
  for (const [index, { state, unknownAttempt }] of steps.entries()) {
    assert.notEqual(state, 'outcomeUnknown', 'nothing is undone while an outcome is unknown');
    const { kind, compensate } = definition.steps[index] ?? {};
    if (kind !== 'compensable') {
      assert.ok(state === 'pending' || state === 'failed', 'nothing is undone after the pivot');
      if (kind === 'pivot') assert.equal(unknownAttempt, undefined, 'the pivot is known not to be applied');
    }
    if (index > cursor) assert.notEqual(state, 'succeeded', 'what is newer is undone first');
    if (index > cursor && compensate) assert.notEqual(state, 'compensating');
  }
}

/** A saga turns round once, for good; a step that can be undone counts as undone only after an undoing of its own. */
function checkDirection({ definition, before, after }: Transition): void {
  if (before.compensating) assert.ok(after.compensating, 'a saga that goes back never goes forward again');
  if (after.compensating) assert.ok(after.cursor <= before.cursor, 'going back, the cursor goes down');
  else assert.ok(after.cursor >= before.cursor, 'going forward, the cursor goes up');
  for (const [index, { state }] of after.steps.entries()) {
    const was = before.steps[index]?.state;
    if (state !== 'compensated' || was === 'compensated' || !definition.steps[index]?.compensate) continue;
    assert.equal(was, 'compensating', 'what can be undone is undone, and never skipped');
    assert.equal(index, before.cursor, 'only the step at work is undone');
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
