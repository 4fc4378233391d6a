import { Dice } from '../shared/dice.ts';
import type { managementMethods, OperatorAct, PlannedFault } from './plan.ts';

type Draw = (dice: Dice, jobs: number) => OperatorAct;

const anyStatus = (dice: Dice): string => dice.pick(['queued', 'running', 'waitingRetry', 'parked']);

/** What operators do; a seed switches some of it on. */
const acts: readonly Draw[] = [
  (dice, jobs) => ({ act: 'retryJob', job: dice.upTo(jobs - 1) }),
  (dice, jobs) => ({ act: 'terminateJob', job: dice.upTo(jobs - 1) }),
  (dice, jobs) => ({ act: 'resolveStep', job: dice.upTo(jobs - 1) }),
  (dice) => ({ act: dice.pick(['pauseQueue', 'prepareUpgrade'] as const) }),
  () => ({ act: 'resumeQueue' }),
  (dice) => ({ act: 'retryJobs', status: anyStatus(dice) }),
  (dice) => ({ act: 'cancelJobs', status: anyStatus(dice) }),
  (dice) => ({ act: 'terminateJobs', status: anyStatus(dice) }),
  (dice) => ({
    act: 'setBudget',
    budget: dice.pick(['total', 'daily', 'caller'] as const),
    jobs: dice.pick([0, 1, 1, 2, null]),
  }),
  (dice) => ({ act: 'changeFee', factor: dice.pick([1, 2, 5]) }),
  (dice) => ({ act: 'activateTemplate', version: dice.pick(['1.0.0', '1.1.0', '1.1.0', '3.0.0']) }),
  () => ({ act: 'findOrphans' }),
];

/** Steps after which jobs of a long run are retried, parked, or waiting. */
const lateStep = 120;

/** Draws of its own: what else a seed stands for does not change when something is added here. */
export function drawOperatorActs(seed: number, jobs: number): PlannedFault[] {
  const dice = new Dice(Math.imul(seed, 0x9e37_79b1));
  if (dice.chance(0.35)) return [];
  const drawn = dice.some(acts, 0.4);
  if (drawn.length === 0) return [];
  const anytime = Array.from({ length: 1 + dice.upTo(4) }, () =>
    acting(dice.upTo(dice.pick([10, 60, lateStep])), dice.pick(drawn)(dice, jobs)),
  );
  return [...anytime, ...(dice.chance(0.4) ? aboutParkedJob(dice) : [])];
}

/** A job is parked, on its way or on its way back, and somebody does something about it. */
function aboutParkedJob(dice: Dice): PlannedFault[] {
  const step = 35 + dice.upTo(30);
  if (dice.chance(0.4)) {
    return [
      { kind: 'cancel', step: 8 + dice.upTo(6), job: 0 },
      refused('uninstall_code'),
      acting(step, { act: 'resolveStep', job: 0 }),
    ];
  }
  const act = dice.pick<OperatorAct>([
    { act: 'retryJob', job: 0 },
    { act: 'terminateJob', job: 0 },
    { act: 'retryJobs', status: 'parked' },
    { act: 'terminateJobs', status: 'parked' },
    { act: 'cancelJobs', status: 'parked' },
  ]);
  return [refused(dice.pick(['create_canister', 'install_chunked_code'] as const)), acting(step, act)];
}

function refused(method: (typeof managementMethods)[number]): PlannedFault {
  const rejection = { rejectCode: 4, errorCode: 'IC0402', message: 'Refused by policy' } as const;
  return { kind: 'call', method, nth: 1, action: { kind: 'reject', rejection } };
}

function acting(step: number, act: OperatorAct): PlannedFault {
  return { kind: 'operator', step, act };
}
