import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
  it('every saga that is not parked completes in at most three wakes per step', () => {
    fc.assert(
      fc.property(anyDefinition, anyCommands, (definition, commands) => {
        const world = faultyWorld(definition, commands);
        const parked = idsWith(world, 'parked');
        heal(world, { answersOpen: true, wasApplied: true });
        expect(idsWith(world, 'parked')).toEqual(parked);
        expect(idsWith(world, 'completed').length).toBe(world.sagas.size - parked.length);
      }),
      { numRuns: 40 },
    );
  });

  it('every saga completes after at most one retry, even if the last answers are lost', () => {
    fc.assert(
      fc.property(anyDefinition, anyCommands, anyHealing, (definition, commands, healing) => {
        const world = faultyWorld(definition, commands);
        heal(world, healing);
        for (const id of idsWith(world, 'parked')) world.tell(id, { type: 'retry' });
        heal(world, healing);
        expect(idsWith(world, 'completed').length).toBe(world.sagas.size);
        expect(world.store.nextWakeMs()).toBeUndefined();
        expect(world.store.openAttempts()).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
});

function faultyWorld(definition: TestDefinition, commands: EngineCommands): World {
  const world = new World(definition, 10);
  world.start({});
  fc.modelRun(() => ({ model: {}, real: world }), commands);
  return world;
}

/** Serves the store as the worker does, and answers everything, until nothing is due any more. */
function heal(world: World, { answersOpen, wasApplied }: Healing): void {
  if (answersOpen) for (const id of world.sagas.keys()) answerOpen(world, id, wasApplied);
  // Per step at most: the lease of a lost answer runs out, the evidence is read, the step is done (again).
  let wakesLeft = 3 * world.sagas.size * world.definition.steps.length;
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
  if (phase === 'execute') world.tell(id, { type: 'outcome', ticket, outcome: applied() });
  else world.tell(id, { type: 'verdict', ticket, verdict: wasApplied ? seenApplied() : seenNotApplied() });
}

function idsWith(world: World, status: SagaStatus): bigint[] {
  return [...world.sagas.keys()].filter((id) => world.saga(id).record.status === status);
}
