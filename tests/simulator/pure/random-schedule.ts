import { Dice } from '../shared/dice.ts';
import { drawAreas } from './random-areas.ts';
import type { DrawnAreas } from './random-areas.ts';
import { rejects } from './faults.ts';
import type { CallFault, Fault, MessageFault } from './faults.ts';
import type { JobVerb } from './population.ts';
import type { Action, Item, Schedule } from './schedule.ts';

const minuteMs = 60_000;
const unsafeMs = 4 * 60 * minuteMs;

const delaysMs = [1_000, 30_000, 2 * minuteMs, 7 * minuteMs, 25 * minuteMs];

/** Kinds of faults, of which each run has some: rare combinations come up when others are away (swarm testing). */
const callFaults: Readonly<Record<string, (dice: Dice) => CallFault>> = {
  notEnqueued: () => ({ kind: 'notEnqueued' }),
  reject: (dice) => dice.pick(rejects),
  lateReject: (dice) => ({ ...dice.pick(rejects), lateMs: dice.pick(delaysMs) }),
  unknownApplied: () => ({ kind: 'unknownApplied' }),
  unknownNotApplied: () => ({ kind: 'unknownNotApplied' }),
  unknownAppliedLater: (dice) => ({ kind: 'unknownAppliedLater', laterMs: dice.pick(delaysMs) }),
  replyDelayed: (dice) => ({ kind: 'replyDelayed', byMs: dice.pick(delaysMs) }),
  replyGarbled: () => ({ kind: 'replyGarbled' }),
  replyOversized: () => ({ kind: 'replyOversized' }),
  handlerTraps: () => ({ kind: 'handlerTraps' }),
};

const messageFaults: Readonly<Record<string, (dice: Dice) => MessageFault>> = {
  trap: () => ({ kind: 'trap' }),
  upgrade: () => ({ kind: 'upgrade' }),
  stoppedUpgrade: () => ({ kind: 'stoppedUpgrade' }),
  clockJump: (dice) => ({
    kind: 'clockJump',
    byMs: dice.pick([1_000, minuteMs, 60 * minuteMs, 24 * 60 * minuteMs]),
  }),
  stall: (dice) => ({ kind: 'stall', forMs: dice.pick([minuteMs, 40 * minuteMs, 180 * minuteMs]) }),
  canistersBurn: () => ({ kind: 'canistersBurn' }),
  drained: (dice) => ({ kind: 'drained', forMs: dice.pick([minuteMs, 30 * minuteMs, 2 * 60 * minuteMs]) }),
  feeRaised: (dice) => ({ kind: 'feeRaised', forMs: dice.pick([minuteMs, 30 * minuteMs]) }),
  installsRateLimited: (dice) => ({
    kind: 'installsRateLimited',
    forMs: dice.pick([minuteMs, 20 * minuteMs]),
  }),
  templateBroken: (dice) => ({ kind: 'templateBroken', forMs: dice.pick([minuteMs, 60 * minuteMs]) }),
};

const methods = [
  'create_canister',
  'create_canister',
  'install_chunked_code',
  'install_chunked_code',
  'update_settings',
  'update_settings',
  'canister_info',
  'canister_info',
  'canister_status',
  'uninstall_code',
  'deposit_cycles',
];
const greetings = [undefined, undefined, 'Hi', 'Moin'];

const verbs = ['retryJob', 'cancelJob', 'terminateJob'] as const;

/** The run that a seed stands for. */
export function randomSchedule(seed: number): Schedule {
  const dice = new Dice(seed);
  const callKinds = dice.some(Object.keys(callFaults), 0.5);
  const messageKinds = dice.some(Object.keys(messageFaults), 0.35);
  const users = 1 + dice.upTo(2);
  const requests = dice.pick([1, 2, 3, 4, 5, 8]);
  const strangers = dice.pick([0, 0, 1, 3]);
  const warmCanisters = dice.pick([0, 0, 0, 1, 2]);
  const isScarce = dice.chance(0.15);
  const faultCount = dice.pick([1, 2, 4, 8, 16]);
  const verbKinds = dice.some(verbs, 0.4);
  const pauses = dice.chance(0.15);
  const items = [
    ...requestActions(dice, users, requests),
    ...verbKinds.flatMap((verb) =>
      Array.from({ length: 1 + dice.upTo(2) }, () => anyVerb(dice, verb, requests)),
    ),
    ...(pauses ? pauseActions(dice) : []),
  ].map((action): Item => ({ type: 'action', action }));
  const isSlow = dice.chance(0.08);
  const faults = Array.from({ length: faultCount }, () => anyFault(dice, callKinds, messageKinds, requests));
  const areas = drawAreas(seed, users, requests);
  return {
    seed,
    options: [
      `users ${users}`,
      `requests ${requests}`,
      `strangers ${strangers}`,
      `warm ${warmCanisters}`,
      `scarce ${isScarce}`,
      `pauses ${pauses}`,
      `slow ${isSlow}`,
      `faults ${faultCount}`,
      `calls ${callKinds.join(' ') || 'none'}`,
      `messages ${messageKinds.join(' ') || 'none'}`,
      `verbs ${verbKinds.join(' ') || 'none'}`,
      `areas ${areas.names.join(' ') || 'none'}`,
    ],
    items: [
      ...(areas.request ? items.map((item) => withOffer(item, areas.request)) : items),
      ...areas.items,
      ...(isSlow ? slowCreations(dice, requests) : []),
      ...faults.flatMap((fault): Item[] => (fault ? [{ type: 'fault', fault }] : [])),
    ],
    unsafeMs,
    strangers,
    warmCanisters,
    isScarce,
    searchesOrphans: areas.searchesOrphans,
  };
}

/** What a request brings along where not everybody is admitted. */
function withOffer(item: Item, offerOf: DrawnAreas['request']): Item {
  if (!offerOf || item.type !== 'action' || item.action.kind !== 'request') return item;
  return { ...item, action: { ...item.action, ...offerOf() } };
}

function requestActions(dice: Dice, users: number, requests: number): Action[] {
  if (dice.chance(0.06)) return burst();
  let atMs = 0;
  return Array.from({ length: requests }, () => {
    atMs += dice.pick([0, 0, 1_000, 30_000, 10 * minuteMs]);
    const key = dice.pick([undefined, 'same', 'same', `key ${dice.upTo(9)}`]);
    const greeting = dice.pick(greetings);
    const request = { kind: 'request', atMs, user: dice.upTo(users - 1) } as const;
    return {
      ...request,
      ...(key === undefined ? {} : { key }),
      ...(greeting === undefined ? {} : { greeting }),
    };
  });
}

/** One user asks for more than one caller may have at a time. */
function burst(): Action[] {
  return Array.from({ length: 7 }, () => ({ kind: 'request', atMs: 0, user: 0 }));
}

/** Creations are refused or carried out as ever, but half an hour passes before the Manager hears of it. */
function slowCreations(dice: Dice, requests: number): Item[] {
  const lateMs = 25 * minuteMs;
  return Array.from({ length: 2 * requests + 2 }, (_, index): Item => {
    const fault: CallFault = dice.chance(0.5)
      ? { kind: 'replyDelayed', byMs: lateMs }
      : { kind: 'reject', code: 2, message: 'IC0204: No route to canister', lateMs };
    return { type: 'fault', fault: { at: 'call', method: 'create_canister', nth: index + 1, fault } };
  });
}

/** Soon after the requests, when jobs are under way; or at any time. */
function anyVerb(dice: Dice, verb: JobVerb, requests: number): Action {
  const atMs = dice.chance(0.6)
    ? dice.upTo(dice.pick([5_000, 40_000, 130_000]))
    : dice.upTo(unsafeMs / minuteMs) * minuteMs;
  return {
    kind: 'verb',
    atMs,
    verb,
    job: dice.upTo(requests - 1),
    by: verb === 'cancelJob' && dice.chance(0.7) ? 'owner' : 'operator',
  };
}

function pauseActions(dice: Dice): Action[] {
  const atMs = dice.upTo(20 * minuteMs);
  const verb = dice.pick(['pauseQueue', 'prepareUpgrade'] as const);
  const resume = {
    kind: 'queue',
    atMs: atMs + dice.pick([10_000, 30 * minuteMs]),
    verb: 'resumeQueue',
  } as const;
  return [{ kind: 'queue', atMs, verb }, resume];
}

function anyFault(
  dice: Dice,
  callKinds: readonly string[],
  messageKinds: readonly string[],
  requests: number,
): Fault | undefined {
  const isCall = messageKinds.length === 0 || (callKinds.length > 0 && dice.chance(0.7));
  const kinds = isCall ? callKinds : messageKinds;
  if (kinds.length === 0) return undefined;
  const kind = dice.pick(kinds);
  const call = callFaults[kind]?.(dice);
  if (isCall && call) {
    return { at: 'call', method: dice.pick(methods), nth: 1 + dice.upTo(requests + 2), fault: call };
  }
  const message = messageFaults[kind]?.(dice);
  return message && { at: 'message', nth: 1 + dice.upTo(requests * 14), fault: message };
}
