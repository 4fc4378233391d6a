import type { SagaAction } from '../../../src/saga/index.ts';
import { applied, defect, notApplied, oneOfSeveral, seenNotApplied, undecided, unknown } from './answers.ts';
import { reversibleDefinition } from './definition.ts';
import { SagaDriver } from './saga-driver.ts';

/** A situation a saga can be in, how it got there, and what may be asked of it. */
export interface Situation {
  readonly name: string;
  readonly reach: () => SagaDriver;
  readonly allowed: readonly SagaAction[];
}

/** A saga of {@link reversibleDefinition} after so many successful steps. */
export function sagaAfter(steps: number): SagaDriver {
  return new SagaDriver(reversibleDefinition).succeed(steps);
}

/** One that undoes `install`, with the undoing under way. */
export function undoing(): SagaDriver {
  return sagaAfter(3).cancel().wake();
}

/** Every situation that makes a difference. The pivot is step 3, after it only `register` is left. */
export const everySituation: readonly Situation[] = [
  { name: 'queued', reach: () => sagaAfter(0), allowed: ['cancel'] },
  { name: 'with an open execution', reach: () => sagaAfter(0).wake(), allowed: ['cancel'] },
  { name: 'between two steps', reach: () => sagaAfter(1), allowed: ['cancel'] },
  {
    name: 'waiting after a sure failure',
    reach: () => sagaAfter(1).wake().answer(notApplied()),
    allowed: ['retry', 'cancel', 'terminate'],
  },
  {
    name: 'between two calls of a step',
    reach: () => sagaAfter(1).wake().answer(oneOfSeveral({})),
    allowed: ['cancel'],
  },
  {
    name: 'parked after a sure failure',
    reach: () => sagaAfter(1).wake().answer(notApplied('terminal')),
    allowed: ['retry', 'cancel', 'terminate'],
  },
  { name: 'unknown and not yet read', reach: () => sagaAfter(1).wake().answer(unknown), allowed: ['cancel'] },
  {
    name: 'with an open reading',
    reach: () => sagaAfter(1).wake().answer(unknown).wake(),
    allowed: ['cancel'],
  },
  {
    name: 'parked unknown',
    reach: () => sagaAfter(1).wake().answer(unknown).wake().judge(undecided),
    allowed: ['retry', 'cancel', 'resolve', 'terminate'],
  },
  {
    name: 'parked unknown at a step that must be found out',
    reach: () => sagaAfter(0).wake().answer(unknown).wake().judge(undecided),
    allowed: ['retry', 'cancel', 'resolve'],
  },
  {
    name: 'to be cancelled, parked unknown at a step that must be found out',
    reach: () => sagaAfter(0).wake().cancel().answer(unknown).wake().judge(undecided),
    allowed: ['retry', 'resolve'],
  },
  {
    name: 'parked by a defect at a step that must be found out',
    reach: () => sagaAfter(0).wake().answer(defect),
    allowed: ['retry', 'cancel', 'resolve'],
  },
  {
    name: 'found out not to have been applied',
    reach: () => sagaAfter(0).wake().answer(unknown).wake().judge(seenNotApplied()),
    allowed: ['retry', 'cancel', 'terminate'],
  },
  {
    name: 'parked by a defect',
    reach: () => sagaAfter(1).wake().answer(defect),
    allowed: ['retry', 'cancel', 'resolve', 'terminate'],
  },
  { name: 'before the pivot', reach: () => sagaAfter(3), allowed: ['cancel'] },
  { name: 'with the pivot open', reach: () => sagaAfter(3).wake(), allowed: [] },
  {
    name: 'with the pivot surely not applied',
    reach: () => sagaAfter(3).wake().answer(notApplied()),
    allowed: ['retry', 'cancel', 'terminate'],
  },
  {
    name: 'parked with the pivot surely not applied',
    reach: () => sagaAfter(3).wake().answer(notApplied('terminal')),
    allowed: ['retry', 'cancel', 'terminate'],
  },
  { name: 'with the pivot unknown', reach: () => sagaAfter(3).wake().answer(unknown), allowed: [] },
  {
    name: 'parked with the pivot unknown',
    reach: () => sagaAfter(3).wake().answer(unknown).wake().judge(undecided),
    allowed: ['retry', 'resolve', 'terminate'],
  },
  {
    name: 'with the pivot not seen, though its call may still be on its way',
    reach: () => sagaAfter(3).wake().answer(unknown).wake().judge(seenNotApplied()),
    allowed: ['retry', 'terminate'],
  },
  { name: 'after the pivot', reach: () => sagaAfter(4), allowed: [] },
  {
    name: 'waiting after the pivot',
    reach: () => sagaAfter(4).wake().answer(notApplied()),
    allowed: ['retry', 'terminate'],
  },
  {
    name: 'parked after the pivot',
    reach: () => sagaAfter(4).wake().answer(notApplied('terminal')),
    allowed: ['retry', 'terminate'],
  },
  { name: 'to be cancelled, with an open execution', reach: () => sagaAfter(1).wake().cancel(), allowed: [] },
  {
    name: 'to be cancelled, with an unknown outcome',
    reach: () => sagaAfter(1).wake().answer(unknown).cancel(),
    allowed: [],
  },
  {
    name: 'to be cancelled, parked unknown',
    reach: () => sagaAfter(1).wake().cancel().answer(unknown).wake().judge(undecided),
    allowed: ['retry', 'resolve', 'terminate'],
  },
  { name: 'about to undo', reach: () => sagaAfter(3).cancel(), allowed: ['retry'] },
  { name: 'with an open undoing', reach: undoing, allowed: [] },
  { name: 'waiting to undo again', reach: () => undoing().answer(notApplied()), allowed: ['retry'] },
  {
    name: 'parked while undoing',
    reach: () => undoing().answer(notApplied('terminal')),
    allowed: ['retry', 'resolve', 'terminate'],
  },
  { name: 'completed', reach: () => sagaAfter(5), allowed: [] },
  { name: 'compensated', reach: () => undoing().answer(applied()).succeed(1), allowed: [] },
  {
    name: 'terminated',
    reach: () => sagaAfter(1).wake().answer(notApplied()).terminate(),
    allowed: [],
  },
];
