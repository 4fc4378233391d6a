import { CallRejectedError, managementCanisterId } from '../../../src/localnet/index.ts';
import type { Principal } from '@dfinity/principal';
import type { ManagerFixture } from '../../support/manager-fixture.ts';
import type { Marks } from '../shared/marks.ts';
import { cancelJob, drainCycles, managementAhead, topUpCycles } from './operator-hands.ts';
import { performAct, undoActs } from './operator-acts.ts';
import { timerMethod } from './plan.ts';
import type { PlannedFault } from './plan.ts';
import { managerModule } from './real-network.ts';

/**
 * A Manager that can run but not call itself runs its timers over and over, until it has burned what is left; what
 * happens then is no other than what happened so far.
 */
export const longestDrainSteps = 60;

type StepFault = Extract<PlannedFault, { readonly step: number }>;

/** A request that the Manager accepted. */
export interface AcceptedJob {
  readonly id: bigint;
  readonly owner: Principal;
}

/** What a plan's faults work on. */
export interface Disturbed {
  readonly fixture: ManagerFixture;
  readonly marks: Marks;
  /** In the order in which they were accepted; grows while the plan runs. */
  readonly accepted: readonly AcceptedJob[];
  /** Jobs whose cancelling the Manager agreed to. */
  readonly cancelled: Set<bigint>;
  /** Jobs that an operator has ended. */
  readonly terminated: Set<bigint>;
}

/** Puts the faults of a plan into the network. @returns ends all that still lasts */
export function disturb(
  disturbed: Disturbed,
  faults: readonly PlannedFault[],
): { readonly heal: () => void } {
  const { fixture, marks } = disturbed;
  const { network } = fixture;
  const waiting: StepFault[] = [];
  for (const fault of faults) {
    if (fault.kind === 'call') {
      const { method, nth } = fault;
      const isOwn = method === timerMethod || method === 'createGreeter';
      const parties = isOwn
        ? { callee: fixture.managerId }
        : { caller: fixture.managerId, callee: managementCanisterId };
      network.faults.add({ ...parties, method, nth }, fault.action);
    } else {
      waiting.push(fault);
    }
  }
  let firstStep: number | undefined;
  let drained: { readonly untilNanos: bigint; readonly untilStep: number } | undefined;
  network.faults.beforeStep((step) => {
    firstStep ??= step;
    if (drained && (network.timeNanos >= drained.untilNanos || step >= drained.untilStep)) {
      drained = undefined;
      topUpCycles(fixture);
    }
    for (const fault of [...waiting]) {
      if (step - firstStep < fault.step) continue;
      waiting.splice(waiting.indexOf(fault), 1);
      if (fault.kind === 'outOfCycles') {
        marks.hit('out of cycles');
        drainCycles(fixture, BigInt(fault.leftCycles));
        drained = {
          untilNanos: network.timeNanos + BigInt(fault.forMs) * 1_000_000n,
          untilStep: step + longestDrainSteps,
        };
      } else strike(disturbed, fault);
    }
  });
  return {
    heal: () => {
      network.faults.clear();
      if (drained) topUpCycles(fixture);
      undoActs(fixture);
    },
  };
}

function strike(disturbed: Disturbed, fault: Exclude<StepFault, { readonly kind: 'outOfCycles' }>): void {
  const { fixture, marks } = disturbed;
  switch (fault.kind) {
    case 'upgrade':
      upgrade(fixture, fault.stopped, marks);
      return;
    case 'cancel':
      cancel(disturbed, fault.job);
      return;
    case 'operator': {
      const { act } = fault;
      const refused = isRefused(() => {
        performAct(disturbed, act, `step ${fault.step} ${act.act}`);
      });
      if (refused) marks.hit(`${act.act} not answered`);
      return;
    }
    case 'clockJump':
      marks.hit('clock jump');
      fixture.network.advanceTime(fault.milliseconds);
      return;
  }
}

function cancel({ fixture, marks, accepted, cancelled }: Disturbed, index: number): void {
  const job = accepted[index];
  if (!job) return;
  const refused = isRefused(() => {
    const answer = cancelJob(fixture, job.id, job.owner);
    if (answer === 'Ok') cancelled.add(job.id);
    marks.hit(`cancel: ${answer}`);
  });
  if (refused) marks.hit('cancel refused');
}

/** A stop that does not end in time, because a call stays open, is followed by the upgrade all the same. */
export function upgrade(fixture: ManagerFixture, stopped: boolean, marks: Marks): void {
  const { openCallbacks } = fixture.network.canister(fixture.managerId);
  const kind = stopped ? 'stopped upgrade' : 'hot upgrade';
  const management = managementAhead(fixture);
  if (
    stopped &&
    isRefused(() => {
      management.stopCanister(fixture.managerId);
    })
  )
    marks.hit('stop given up');
  // Without cycles there is no upgrade; the canister goes on as it is.
  const refused = isRefused(() => {
    fixture.upgradeHot(managerModule);
  });
  if (stopped) management.startCanister(fixture.managerId);
  marks.hit(refused ? 'upgrade refused' : openCallbacks > 0 ? `${kind}, calls open` : kind);
}

function isRefused(attempt: () => void): boolean {
  try {
    attempt();
    return false;
  } catch (error) {
    if (error instanceof CallRejectedError) return true;
    throw error;
  }
}
