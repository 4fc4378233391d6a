import { equal } from 'node:assert/strict';
import type { FaultAction, NetworkEvent } from '../../../src/localnet/index.ts';
import { alice } from '../../support/manager-fixture.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';
import { Marks } from '../shared/marks.ts';
import { bringToRest } from './at-rest.ts';
import { longestDrainSteps, upgrade } from './disturb.ts';
import type { AcceptedJob, Disturbed } from './disturb.ts';
import { rejections, tooFewToRunCycles } from './draw-plan.ts';
import { cancelJob, drainCycles, topUpCycles } from './operator-hands.ts';
import { timerMethod, unboundedMethods } from './plan.ts';
import { realNetwork } from './real-network.ts';
import { markEvent } from './run-plan.ts';

/** What happens to one saga when nothing goes wrong; the sweep goes wrong at each of its messages. */
export const stories = ['provisioned', 'cancelled', 'provisioned from stock'] as const;
export type Story = (typeof stories)[number];

/** One thing that can go wrong at one place of a story. */
interface SweptFault {
  readonly name: string;
  readonly strike: (disturbed: Disturbed) => void;
}

/** What became of a sweep. */
export interface Sweep {
  readonly boundaries: number;
  /** How often each fault was tried; each time in a run of its own, from the message before to the end. */
  readonly faults: Marks;
}

const outageMs = 600_000;
/** Longer than the lease of any call. */
const longDelayMs = 1_500_000;
/** In the middle of what the response handler uses, and of what a run of the worker uses. */
const callbackInstructions = 200_000n;
const runInstructions = 2_000_000n;

/**
 * Tells a story once undisturbed and then, from each of its message boundaries, once with each fault.
 *
 * @throws Error that names story, fault and boundary when a promise is broken
 */
export function sweep(story: Story): Sweep {
  let heard: NetworkEvent[] = [];
  const fixture = realNetwork().renew('tiny', undefined, (event) => {
    heard.push(event);
  });
  const { network } = fixture;
  const job = begin(story, fixture, () => heard);
  const faults = new Marks();
  for (let boundary = 0; ; boundary += 1) {
    const present = network.checkpoint();
    heard = [];
    const step = network.step();
    const following = network.checkpoint();
    for (const { name, strike } of [...betweenMessages, ...faultsOfCalls(heard)]) {
      network.restore(present);
      heard = [];
      const marks = new Marks();
      const cancelled = new Set(story === 'cancelled' ? [job.id] : []);
      try {
        const disturbed = { fixture, marks, accepted: [job], cancelled, terminated: new Set<bigint>() };
        strike(disturbed);
        network.run();
        network.faults.clear();
        finish(disturbed, story, () => heard);
      } catch (error) {
        throw new Error(`${story}: ${name} at message ${boundary}`, { cause: error });
      }
      faults.hit(name);
    }
    if (!step) return { boundaries: boundary, faults };
    network.restore(following);
  }
}

/** Up to where the sweep begins. */
function begin(story: Story, fixture: ManagerFixture, heard: () => readonly NetworkEvent[]): AcceptedJob {
  if (story === 'provisioned from stock') {
    fixture.configure({ warmCanisters: 1 });
    fixture.network.runFor(outageMs);
    fixture.configure({ warmCanisters: 0 });
  }
  const { id } = fixture.createGreeter(alice);
  if (story === 'cancelled') {
    const isInstalled = (event: NetworkEvent): boolean =>
      event.event === 'step' && event.kind === 'reply' && event.method === 'install_chunked_code';
    while (!heard().some(isInstalled) && fixture.network.step());
    equal(cancelJob(fixture, id, alice), 'Ok');
  }
  return { id, owner: alice };
}

function finish(disturbed: Disturbed, story: Story, heard: () => readonly NetworkEvent[]): void {
  const { fixture, marks } = disturbed;
  // Until here all was heard; what follows is undisturbed.
  for (const event of heard()) markEvent(marks, event);
  bringToRest(disturbed);
  if (story !== 'provisioned from stock') equal(fixture.created().length, 1, 'canisters created');
}

/** What can go wrong between any two messages. */
const betweenMessages: readonly SweptFault[] = [
  {
    name: 'hot upgrade',
    strike: ({ fixture, marks }) => {
      upgrade(fixture, false, marks);
    },
  },
  {
    name: 'stopped upgrade',
    strike: ({ fixture, marks }) => {
      upgrade(fixture, true, marks);
    },
  },
  {
    name: 'out of cycles',
    strike: ({ fixture }) => {
      drainCycles(fixture, BigInt(tooFewToRunCycles));
      for (let steps = 0; steps < longestDrainSteps && fixture.network.step(); steps += 1);
      fixture.network.advanceTime(outageMs);
      topUpCycles(fixture);
    },
  },
];

/** What can go wrong with the calls that the Manager sent in a message. */
function faultsOfCalls(events: readonly NetworkEvent[]): SweptFault[] {
  return events.flatMap((event) => {
    if (event.event !== 'callSent') return [];
    const actions = event.method === timerMethod ? faultsOfRun() : faultsOfCall(event.method);
    return actions.map((action) => ({
      name: `${event.method}: ${nameOf(action)}`,
      strike: ({ fixture }: Disturbed) => {
        fixture.network.faults.add({ caller: fixture.managerId, method: event.method, nth: 1 }, action);
      },
    }));
  });
}

function faultsOfCall(method: string): readonly FaultAction[] {
  return [
    { kind: 'dropBeforeExecution' },
    { kind: 'dropReply' },
    // The IC applies late only calls that wait with a bound.
    ...(unboundedMethods.includes(method)
      ? []
      : [{ kind: 'applyLater', milliseconds: longDelayMs } as const]),
    { kind: 'delayReply', milliseconds: longDelayMs },
    { kind: 'trapCallback', message: 'lost' },
    { kind: 'limitCallback', instructions: callbackInstructions },
    ...rejections.map((rejection) => ({ kind: 'reject', rejection }) as const),
  ];
}

/** The Manager's own message in which its worker runs. */
function faultsOfRun(): readonly FaultAction[] {
  return [
    { kind: 'trap', message: 'broken' },
    { kind: 'limitInstructions', instructions: runInstructions },
  ];
}

function nameOf(action: FaultAction): string {
  return action.kind === 'reject'
    ? `reject ${action.rejection.rejectCode} ${action.rejection.errorCode}`
    : action.kind;
}
