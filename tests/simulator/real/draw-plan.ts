import type { FaultAction, Rejection } from '../../../src/localnet/index.ts';
import { Dice } from '../shared/dice.ts';
import { drawOperatorActs } from './draw-operator-acts.ts';
import { managementMethods, timerMethod, unboundedMethods } from './plan.ts';
import type { PlannedFault, PlannedJob, RealPlan } from './plan.ts';

const hourMs = 3_600_000;

/** A reject of every code there is, as the network words them; of some codes more than one kind. */
export const rejections: readonly Rejection[] = [
  { rejectCode: 1, errorCode: 'IC0101', message: 'Subnet is oversubscribed' },
  { rejectCode: 2, errorCode: 'IC0204', message: 'busy' },
  { rejectCode: 2, errorCode: 'IC0209', message: 'Canister is rate limited' },
  { rejectCode: 3, errorCode: 'IC0301', message: 'Canister not found.' },
  { rejectCode: 4, errorCode: 'IC0402', message: 'Insufficient memory allocation' },
  { rejectCode: 5, errorCode: 'IC0502', message: 'Canister trapped' },
  { rejectCode: 6, errorCode: 'IC0601', message: 'Call deadline has expired.' },
];

/**
 * Not enough to run: an execution must be able to pay for 40 billion instructions. (With a little more the timer
 * library would run, fail to call the canister itself, and try again at once.)
 */
export const tooFewToRunCycles = 1_000_000_000;

/** Enough for every call but the one that creates a canister. */
const tooFewToCreateCycles = 1_400_000_000_000;

/** Where a message stops: at once, or somewhere in the middle of its work. */
const fewInstructions = [0n, 100_000n, 1_000_000n, 5_000_000n, 15_000_000n] as const;

type Draw = (dice: Dice) => PlannedFault;
const delays = [1, 500, 3_000, 130_000, 400_000, 1_500_000] as const;

function onCall(action: (dice: Dice) => FaultAction): Draw {
  return (dice) => ({
    kind: 'call',
    method: dice.pick(managementMethods),
    nth: 1 + dice.upTo(6),
    action: action(dice),
  });
}

/** A message that executes the Manager's own code: a run of its worker, or a user's request. */
function onOwnMessage(action: (dice: Dice) => FaultAction): Draw {
  return (dice) => ({
    kind: 'call',
    ...dice.pick([
      { method: timerMethod, nth: 1 + dice.upTo(20) },
      { method: 'createGreeter', nth: 1 + dice.upTo(3) },
    ] as const),
    action: action(dice),
  });
}

/** A call applied after its caller went on: the IC does that only to calls that wait with a bound. */
const applyLater: Draw = (dice) => ({
  kind: 'call',
  method: dice.pick(managementMethods.filter((method) => !unboundedMethods.includes(method))),
  nth: 1 + dice.upTo(6),
  action: { kind: 'applyLater', milliseconds: dice.pick(delays) },
});

/** Kinds of faults; a seed switches about half of them on, so that rare ones are not drowned by frequent ones. */
const faultKinds: readonly Draw[] = [
  onCall((dice) => ({ kind: 'reject', rejection: dice.pick(rejections) })),
  onCall(() => ({ kind: 'dropBeforeExecution' })),
  onCall(() => ({ kind: 'dropReply' })),
  applyLater,
  onCall((dice) => ({
    kind: 'delay',
    milliseconds: dice.pick(delays),
    place: dice.pick(['inputQueue', 'outputQueue'] as const),
  })),
  onCall((dice) => ({ kind: 'delayReply', milliseconds: dice.pick(delays) })),
  onCall(() => ({ kind: 'trapCallback', message: 'lost' })),
  onCall((dice) => ({ kind: 'limitCallback', instructions: dice.pick(fewInstructions) })),
  onOwnMessage(() => ({ kind: 'trap', message: 'broken' })),
  onOwnMessage((dice) => ({ kind: 'limitInstructions', instructions: dice.pick(fewInstructions) })),
  (dice) => ({ kind: 'clockJump', step: dice.upTo(80), milliseconds: dice.pick([1_000, 60_000, hourMs]) }),
  (dice) => ({
    kind: 'outOfCycles',
    step: dice.upTo(60),
    leftCycles: dice.pick([tooFewToRunCycles, tooFewToCreateCycles]),
    forMs: dice.pick([1_000, 600_000, hourMs]),
  }),
];

/** What a seed stands for. */
export function drawPlan(seed: number): RealPlan {
  const dice = new Dice(seed);
  const greeter = dice.chance(0.04) ? 'azle' : 'tiny';
  const jobs = Array.from({ length: 1 + dice.upTo(greeter === 'azle' ? 1 : 2) }, () => drawJob(dice));
  const kinds = dice.some(faultKinds, 0.5);
  const faults = kinds.length === 0 ? [] : Array.from({ length: dice.upTo(9) }, () => dice.pick(kinds)(dice));
  return {
    seed,
    greeter,
    warmCanisters: dice.pick([0, 0, 0, 0, 1, 2]),
    jobs,
    faults: [
      ...faults,
      ...drawCancels(dice, jobs.length),
      ...drawUpgrades(dice),
      ...drawOperatorActs(seed, jobs.length),
    ],
  };
}

/** The last is longer than a canister rests that a job has given back: the next job takes it. */
const pausesMs = [0, 0, 1_000, 400_000, 2_000_000] as const;

function drawJob(dice: Dice): PlannedJob {
  const idempotencyKey = dice.pick([undefined, 'same', `key ${dice.upTo(9)}`]);
  return {
    user: dice.upTo(2),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    pauseMs: dice.pick(pausesMs),
  };
}

function drawCancels(dice: Dice, jobs: number): PlannedFault[] {
  const count = dice.pick([0, 0, 1, 1, 2]);
  return Array.from({ length: count }, () => ({
    kind: 'cancel',
    step: dice.upTo(50),
    job: dice.upTo(jobs - 1),
  }));
}

/** Apart from the other faults, because an upgrade takes as long to run as four jobs. */
function drawUpgrades(dice: Dice): PlannedFault[] {
  const count = dice.pick([0, 0, 0, 1, 1, 2]);
  return Array.from({ length: count }, () => ({
    kind: 'upgrade',
    step: dice.upTo(60),
    stopped: dice.chance(0.35),
  }));
}
