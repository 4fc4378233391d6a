import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDefinition } from '../support/arbitraries.ts';
import { checkHistory, checkNoLeftovers } from './check-store.ts';
import { anyCommands } from './commands.ts';
import { World } from './world.ts';

const anyJournalBound = fc.constantFrom(2, 4, 10, 100);

describe('the engine', () => {
  it('keeps its promises and its plan, whatever happens to its sagas in whatever order', () => {
    const sightings = new Set<string>();
    fc.assert(
      fc.property(anyDefinition, anyJournalBound, anyCommands, (definition, bound, commands) => {
        const world = new World(definition, bound);
        world.start({});
        fc.modelRun(() => ({ model: {}, real: world }), commands);
        for (const id of world.sagas.keys()) checkHistory(world, id);
        checkNoLeftovers(world);
        for (const sight of world.sightings) sightings.add(sight);
      }),
      { numRuns: 100 },
    );
    // Sequences that no longer get anywhere must not pass for a proof. Each of these comes up in every fourth run or so.
    expect([...sightings]).toEqual(
      expect.arrayContaining([
        'queued to running',
        'running to waitingRetry',
        'running to reconciling',
        'running to parked',
        'waitingRetry to running',
        'reconciling to running',
        'reconciling to waitingRetry',
        'reconciling to parked',
        'reconciling to completed',
        'parked to waitingRetry',
        'parked to reconciling',
        'late outcome',
        'late verdict',
        'late truth while reconciling',
        'completed to completed',
        'journal compacted',
      ]),
    );
  });
});
