import assert from 'node:assert/strict';
import { allowedActions } from '../../../src/saga/index.ts';
import type { AttemptTicket, OpenAttempt, SagaRecord } from '../../../src/saga/index.ts';
import type { TestFacts } from '../support/definition.ts';
import type { SagaModel } from './saga-model.ts';

/** Compares everything the model knows with the engine's record, and takes over the exact due time from it. */
export function compare(model: SagaModel, record: SagaRecord<TestFacts>): void {
  assert.equal(record.status, model.status, 'status');
  assert.equal(record.cursor, model.cursor, 'cursor');
  assert.deepEqual(record.facts, model.facts, 'facts');
  assert.equal(record.parked?.reason, model.parked, 'park reason');
  assert.equal(record.lateAnswers, model.lateAnswers, 'late answers');
  assert.equal(record.attempts, model.tickets.length, 'attempts of every kind');
  assert.deepEqual(ticketOf(record.openAttempt), model.open?.ticket, 'open attempt');
  assert.equal(record.openAttempt?.phase, model.open?.phase, 'phase of the open attempt');
  const step = record.steps[record.cursor];
  if (!model.isEnded) assert.equal(step?.attempt, model.executions, 'attempts that count');
  assert.equal(record.compensating === true, model.isGoingBack, 'direction');
  assert.equal(
    record.cancelRequestedAtMs !== undefined,
    model.isToBeCancelled,
    'whether it is to be cancelled',
  );
  assert.deepEqual(allowedActions(model.definition, record), model.allowed, 'what may be asked');
  const applied = record.steps.flatMap(({ state }, index) =>
    state === 'succeeded' || state === 'compensating' ? [index] : [],
  );
  assert.deepEqual(applied, model.applied, 'which steps are applied');
  assert.equal(
    step?.state === 'outcomeUnknown',
    model.unknown !== undefined,
    'whether the outcome is unknown',
  );
  if (model.unknown)
    assert.deepEqual(ticketOf(step?.unknownAttempt), model.unknown, 'which attempt is unknown');
  if (model.due === undefined) assert.equal(record.dueAtMs, undefined, 'due');
  else {
    const [earliest, latest] = model.due;
    const dueAtMs = record.dueAtMs ?? Number.NaN;
    assert.ok(
      dueAtMs >= earliest && dueAtMs <= latest,
      `due at ${dueAtMs}, not from ${earliest} to ${latest}`,
    );
  }
  model.dueAtMs = record.dueAtMs;
}

function ticketOf(attempt: OpenAttempt | undefined): AttemptTicket | undefined {
  return attempt && { serial: attempt.serial, epoch: attempt.epoch };
}
