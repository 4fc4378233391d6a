import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEnded, mayBePastPivot } from '../../../src/saga/index.ts';
import type { SagaStatus } from '../../../src/saga/index.ts';
import { applied, seenApplied, seenNotApplied } from '../support/answers.ts';
import { anyDefinition } from '../support/arbitraries.ts';
import type { TestDefinition } from '../support/definition.ts';
import { anyCommands } from './commands.ts';
import type { EngineCommands } from './commands.ts';
import { World } from './world.ts';

/** How the world behaves once faults have ended. */
interface Healing {
  /** Whether attempts open at that time are still answered, or their answers are lost. */
  readonly answersOpen: boolean;
  /** Whether a reading finds that the unknown attempt was applied. */
  readonly wasApplied: boolean;
}

const anyHealing = fc.record({ answersOpen: fc.boolean(), wasApplied: fc.boolean() });

describe('once faults have ended', () => {
  it('every saga that is not parked reaches its end in a few wakes per step', () => {
    fc.assert(
      fc.property(anyDefinition, anyCommands, (definition, commands) => {
        const world = faultyWorld(definition, commands);
        const parked = idsWith(world, 'parked');
        heal(world, { answersOpen: true, wasApplied: true });
        expect(idsWith(world, 'parked')).toEqual(parked);
        for (const id of world.sagas.keys()) if (!parked.includes(id)) expectEnd(world, id);
      }),
      { numRuns: 40 },
    );
  });

  it('every saga reaches its end after at most one retry, even if the last answers are lost', () => {
    fc.assert(
      fc.property(anyDefinition, anyCommands, anyHealing, (definition, commands, healing) => {
        const world = faultyWorld(definition, commands);
        healWithRetry(world, healing);
        for (const id of world.sagas.keys()) expectEnd(world, id);
        expect(world.store.nextWakeMs()).toBeUndefined();
        expect(world.store.openAttempts()).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('every saga that somebody cancels before its pivot ends compensated, and any other completes', () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(anyDefinition, anyCommands, anyHealing, (definition, commands, healing) => {
        const world = faultyWorld(definition, commands);
        for (const id of world.sagas.keys()) {
          const { status, cancelRequestedAtMs } = world.saga(id).record;
          world.tell(id, { type: 'cancel' });
          const { record } = world.saga(id);
          const isLate = isEnded(status) || mayBePastPivot(definition, record);
          expect(record.cancelRequestedAtMs !== undefined || isLate).toBe(true);
          if (cancelRequestedAtMs === undefined && !isEnded(status)) ends.add(`${status}, late: ${isLate}`);
        }
        healWithRetry(world, healing);
        for (const id of world.sagas.keys()) expectEnd(world, id);
      }),
      { numRuns: 60 },
    );
    expect([...ends]).toEqual(
      expect.arrayContaining(['queued, late: false', 'running, late: false', 'parked, late: false']),
    );
  });
});

/** What a saga that was not terminated must have become. */
function expectEnd(world: World, id: bigint): void {
  const { status, cancelRequestedAtMs } = world.saga(id).record;
  if (status === 'terminated') return;
  expect(status).toBe(cancelRequestedAtMs === undefined ? 'completed' : 'compensated');
}

/** Heals, and lets an operator ask once to go on with what is parked. */
function healWithRetry(world: World, healing: Healing): void {
  heal(world, healing);
  for (const id of idsWith(world, 'parked')) world.tell(id, { type: 'retry' });
  heal(world, healing);
}

function faultyWorld(definition: TestDefinition, commands: EngineCommands): World {
  const world = new World(definition, 10);
  world.start({});
  fc.modelRun(() => ({ model: {}, real: world }), commands);
  return world;
}

/** Serves the store as the worker does, and answers everything, until nothing is due any more. */
function heal(world: World, { answersOpen, wasApplied }: Healing): void {
  if (answersOpen) for (const id of world.sagas.keys()) answerOpen(world, id, wasApplied);
  // Per step at most: the lease of a lost answer runs out, the evidence is read, the step is done (again); then it is
  // undone, after the lease of a lost undoing.
  let wakesLeft = 5 * world.sagas.size * world.definition.steps.length;
  for (let atMs = world.store.nextWakeMs(); atMs !== undefined; atMs = world.store.nextWakeMs()) {
    world.nowMs = Math.max(world.nowMs, atMs);
    for (const id of [...world.store.expiredIds(world.nowMs, 10), ...world.store.dueIds(world.nowMs, 10)]) {
      assert.ok((wakesLeft -= 1) >= 0, 'sagas are woken again and again without getting anywhere');
      world.wake(id);
      answerOpen(world, id, wasApplied);
    }
  }
}

function answerOpen(world: World, id: bigint, wasApplied: boolean): void {
  const { open } = world.saga(id).model;
  if (!open) return;
  const { ticket, phase } = open;
  if (phase !== 'reconcile') world.tell(id, { type: 'outcome', ticket, outcome: applied() });
  else world.tell(id, { type: 'verdict', ticket, verdict: wasApplied ? seenApplied() : seenNotApplied() });
}

function idsWith(world: World, status: SagaStatus): bigint[] {
  return [...world.sagas.keys()].filter((id) => world.saga(id).record.status === status);
}
