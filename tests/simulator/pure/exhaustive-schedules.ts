import { rejects } from './faults.ts';
import type { CallFault, Fault, MessageFault } from './faults.ts';
import type { Action, Item, Schedule } from './schedule.ts';
import type { CallMade } from './disturbances.ts';

const minuteMs = 60_000;

/** The run that faults are put into: one job, or two of one caller at the same time. */
export function undisturbed(jobs: 1 | 2): Schedule {
  const actions: Action[] = Array.from({ length: jobs }, (_, index) => ({
    kind: 'request',
    atMs: 0,
    user: 0,
    key: `key ${index}`,
  }));
  return {
    seed: 0,
    options: [],
    items: actions.map((action): Item => ({ type: 'action', action })),
    unsafeMs: 90 * minuteMs,
    strangers: 0,
    warmCanisters: 0,
    isScarce: false,
    searchesOrphans: false,
  };
}

/** Everything that can go wrong with a call. */
function callFaults({ isBounded, method }: CallMade): CallFault[] {
  const rateLimit = { kind: 'reject', code: 2, message: 'IC0209: Canister is rate limited' } as const;
  return [
    { kind: 'notEnqueued' },
    ...rejects,
    ...(method === 'install_chunked_code' ? [rateLimit] : []),
    ...(isBounded
      ? ([
          { kind: 'unknownApplied' },
          { kind: 'unknownNotApplied' },
          { kind: 'unknownAppliedLater', laterMs: 1_000 },
          { kind: 'unknownAppliedLater', laterMs: 25 * minuteMs },
        ] as const)
      : ([
          { kind: 'replyDelayed', byMs: 25 * minuteMs },
          { kind: 'reject', code: 4, message: 'IC0402: Refused, and long under way', lateMs: 25 * minuteMs },
        ] as const)),
    { kind: 'replyDelayed', byMs: 60_000 },
    { kind: 'replyGarbled' },
    { kind: 'replyOversized' },
    { kind: 'handlerTraps' },
  ];
}

/** Everything that can go wrong around a message. */
const messageFaults: readonly MessageFault[] = [
  { kind: 'trap' },
  { kind: 'upgrade' },
  { kind: 'stoppedUpgrade' },
  { kind: 'clockJump', byMs: 60 * minuteMs },
  { kind: 'stall', forMs: 40 * minuteMs },
  { kind: 'readsFail', forMs: 10 * minuteMs },
  { kind: 'canistersBurn' },
  { kind: 'canistersStop' },
  { kind: 'drained', forMs: 10 * minuteMs },
  { kind: 'feeRaised', forMs: 10 * minuteMs },
  { kind: 'installsRateLimited', forMs: 10 * minuteMs },
  { kind: 'templateBroken', forMs: 10 * minuteMs },
];

/** What happened in a run, as far as faults can be put to it. */
export interface Positions {
  readonly calls: readonly CallMade[];
  readonly messages: number;
}

/** Every fault at every position of a run. */
export function everyFault({ calls, messages }: Positions): Fault[] {
  const atCalls = calls.flatMap((call) =>
    callFaults(call).map((fault): Fault => ({ at: 'call', method: call.method, nth: call.nth, fault })),
  );
  const atMessages = Array.from({ length: messages }, (_, index) => index + 1).flatMap((nth) =>
    messageFaults.map((fault): Fault => ({ at: 'message', nth, fault })),
  );
  return [...atCalls, ...atMessages];
}

export function withFaults(schedule: Schedule, faults: readonly Fault[]): Schedule {
  return {
    ...schedule,
    items: [...schedule.items, ...faults.map((fault): Item => ({ type: 'fault', fault }))],
  };
}
