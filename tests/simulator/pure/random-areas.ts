import { Dice } from '../shared/dice.ts';
import type { Policy } from './admissions.ts';
import type { BudgetName } from './budgets.ts';
import type { CallFault, Fault } from './faults.ts';
import type { AdoptionWish } from './operator-on-duty.ts';
import type { Action, Item } from './schedule.ts';
import { staffMethods } from './staff.ts';
import type { Role, StaffMethod } from './staff.ts';
import { firstVersion } from './template-shelf.ts';
import type { GreeterRequest } from './users.ts';

const minuteMs = 60_000;

/** What is drawn for the parts of the Manager that most runs do not touch. */
export interface DrawnAreas {
  readonly names: readonly string[];
  readonly items: readonly Item[];
  /** What each request brings along. */
  readonly request: (() => Partial<GreeterRequest>) | undefined;
  readonly searchesOrphans: boolean;
}

interface Area {
  readonly items: readonly Item[];
  readonly request?: () => Partial<GreeterRequest>;
  readonly searchesOrphans?: boolean;
}

/** Areas with how likely a run goes into each. */
const areas: Readonly<
  Record<string, readonly [number, (dice: Dice, users: number, requests: number) => Area]>
> = {
  duty: [0.08, dutyArea],
  admission: [0.2, admissionArea],
  budgets: [0.12, budgetArea],
  staff: [0.12, staffArea],
  templates: [0.14, templateArea],
  orphans: [0.03, orphanArea],
  lives: [0.07, livesArea],
  outages: [0.08, outageArea],
};

/** Draws of its own: what else a seed stands for does not change when an area is added. */
export function drawAreas(seed: number, users: number, requests: number): DrawnAreas {
  const drawn = Object.entries(areas).flatMap(([name, [probability, draw]], index) => {
    const dice = new Dice(Math.imul(seed, 0x9e37_79b1) + index);
    return dice.chance(probability) ? [{ name, ...draw(dice, users, requests) }] : [];
  });
  return {
    names: drawn.map(({ name }) => name),
    items: drawn.flatMap(({ items }) => items),
    request: drawn.find(({ request }) => request !== undefined)?.request,
    searchesOrphans: drawn.some(({ searchesOrphans }) => searchesOrphans === true),
  };
}

/** Something happens that nobody knows more about, reading fails until the job gives up, and an operator looks after it. */
function dutyArea(dice: Dice): Area {
  const adopts = dice.chance(0.5);
  const wish = dice.pick<AdoptionWish>(['own', 'own', 'wrong', 'wrong', 'wrong', 'vacant', 'taken']);
  const isTrue = dice.chance(0.5);
  const duty: Action = adopts
    ? { kind: 'adopt', atMs: dice.upTo(10) * minuteMs, wish }
    : { kind: 'resolve', atMs: dice.upTo(10) * minuteMs, isTrue, isBlind: dice.chance(0.3) };
  const method = adopts
    ? 'create_canister'
    : dice.pick(['create_canister', 'install_chunked_code', 'update_settings'] as const);
  const doubt = (): CallFault => {
    if (method === 'create_canister') return { kind: 'replyGarbled' };
    return { kind: dice.chance(0.5) ? 'unknownApplied' : 'unknownNotApplied' };
  };
  const outage: Fault = {
    at: 'message',
    nth: 1 + dice.upTo(3),
    fault: { kind: 'readsFail', forMs: (75 + dice.upTo(15)) * minuteMs },
  };
  // Two creations of one message: their children differ in nothing but the birth tag.
  return {
    items: [
      ...requestsAtOnce(2),
      action(duty),
      strikes(outage),
      calls(method, 1, doubt()),
      calls(method, 2, doubt()),
    ],
  };
}

function requestsAtOnce(count: number): Item[] {
  return Array.from({ length: count }, (_, index) =>
    action({ kind: 'request', atMs: 0, user: 0, key: `twin ${index}` }),
  );
}

function admissionArea(dice: Dice, users: number): Area {
  const policy = dice.pick<Policy>(['allowList', 'invitation', 'invitation', 'paid', 'paid']);
  const setPolicy = action({ kind: 'setPolicy', atMs: 0, policy });
  const reopens = dice.chance(0.2)
    ? [action({ kind: 'setPolicy', atMs: dice.upTo(120) * minuteMs, policy: 'open' })]
    : [];
  const later = (): number => dice.pick([0, 2_000, minuteMs, 20 * minuteMs]);
  switch (policy) {
    case 'allowList': {
      const changes = Array.from({ length: 1 + dice.upTo(2) }, () =>
        action({
          kind: dice.pick(['allow', 'allow', 'disallow'] as const),
          atMs: later(),
          user: dice.upTo(users - 1),
        }),
      );
      return { items: [setPolicy, ...changes, ...reopens] };
    }
    case 'invitation': {
      const uses = dice.pick([1, 1, 2, 5]);
      const revoked = dice.chance(0.4) ? [action({ kind: 'revoke', atMs: later(), code: 'welcome' })] : [];
      return {
        items: [
          setPolicy,
          action({ kind: 'invite', atMs: 0, code: 'welcome', uses }),
          ...revoked,
          ...reopens,
        ],
        request: () => ({ code: dice.pick(['welcome', 'welcome', 'welcome', 'guessed']) }),
      };
    }
    default: {
      // Somebody gives up before anything was spent, and comes back with what was given back.
      const givesUp = action({
        kind: 'verb',
        atMs: dice.upTo(1_500),
        verb: 'cancelJob',
        job: 0,
        by: 'owner',
      });
      const again = dice.chance(0.5) ? [givesUp, lateRequest(dice), lateRequest(dice)] : [];
      return {
        items: [setPolicy, ...again, ...reopens],
        request: () => ({ percentOfPrice: dice.pick([100, 100, 100, 200, 50, 0]) }),
      };
    }
  }
}

/** Somebody comes back when others' jobs, or their own, have ended. */
function lateRequest(dice: Dice): Item {
  const atMs = (20 + dice.upTo(200)) * minuteMs;
  return action({ kind: 'request', atMs, user: 0, percentOfPrice: dice.pick([0, 50]) });
}

function budgetArea(dice: Dice): Area {
  const budget = dice.pick<BudgetName>(['total', 'daily', 'caller']);
  const jobs = 1 + dice.upTo(2);
  const raise = { kind: 'setBudget', budget, jobs: dice.pick([jobs + 1, jobs + 3, null]) } as const;
  const tooMany = Array.from({ length: dice.upTo(4) }, (_, index) =>
    action({ kind: 'request', atMs: index * dice.pick([0, 1_000, 15 * minuteMs]), user: 0 }),
  );
  return {
    items: [
      action({ kind: 'setBudget', atMs: 0, budget, jobs }),
      ...tooMany,
      ...(dice.chance(0.6) ? [action({ ...raise, atMs: 30 * minuteMs })] : []),
      // In the next day, too: it begins less than two hours after the first request.
      ...[40, 100, 150, 200].map((minutes) =>
        action({ kind: 'request', atMs: minutes * minuteMs, user: dice.upTo(1) }),
      ),
    ],
  };
}

function staffArea(dice: Dice, _users: number, requests: number): Area {
  const members = 1 + dice.upTo(2);
  const member = (): number => dice.upTo(members - 1);
  const atMs = (): number => dice.upTo(dice.pick([5_000, 130_000, 60 * minuteMs]));
  const anyRole = (): { role?: Role } => {
    const role = dice.pick<Role | undefined>(['viewer', 'viewer', 'operator', 'admin', undefined]);
    return role === undefined ? {} : { role };
  };
  const appointments = Array.from({ length: 1 + dice.upTo(3) }, (_, index) =>
    action({
      kind: 'appoint',
      atMs: index === 0 ? 0 : atMs(),
      member: member(),
      ...anyRole(),
      ...(dice.chance(0.3) ? { by: member() } : {}),
    }),
  );
  const attempts = Array.from({ length: 2 + dice.upTo(3) }, () =>
    action({
      kind: 'attempt',
      atMs: atMs(),
      member: member(),
      method: dice.pick(Object.keys(staffMethods) as StaffMethod[]),
      isFromCanister: dice.chance(0.7),
    }),
  );
  const verbs = Array.from({ length: 2 + dice.upTo(2) }, () =>
    action({
      kind: 'verb',
      atMs: atMs(),
      verb: dice.pick(['retryJob', 'cancelJob', 'terminateJob'] as const),
      job: dice.upTo(requests - 1),
      by: member(),
    }),
  );
  const isAlone = dice.chance(0.3);
  const stepsDown = isAlone
    ? [
        action({ kind: 'appoint', atMs: 0, member: 0, role: 'admin' }),
        action({ kind: 'appoint', atMs: atMs(), member: 0, by: 0 }),
      ]
    : [];
  return { items: [...appointments, ...stepsDown, ...attempts, ...verbs] };
}

/** A newer template, good or not, and a way back. */
function templateArea(dice: Dice): Area {
  const publishedMs = dice.pick([0, 1_000, 10_000]);
  const version = '1.1.0';
  const quality = dice.pick(['good', 'bad', 'bad', 'wrongHash'] as const);
  const activatedMs = publishedMs + dice.pick([0, 5_000, 20_000]);
  const backMs = activatedMs + dice.pick([10_000, 5 * minuteMs, 60 * minuteMs]);
  const late = (20 + dice.upTo(60)) * minuteMs;
  return {
    items: [
      action({ kind: 'publish', atMs: publishedMs, version, quality }),
      ...(dice.chance(0.2)
        ? [action({ kind: 'publish', atMs: publishedMs + 40_000, version, quality: 'good' })]
        : []),
      ...(dice.chance(0.3) ? [calls('upload_chunk', 1, uploadFault(dice))] : []),
      action({ kind: 'activate', atMs: activatedMs, version }),
      ...(dice.chance(0.6) ? [action({ kind: 'activate', atMs: backMs, version: firstVersion })] : []),
      ...(dice.chance(0.3) ? [action({ kind: 'activate', atMs: backMs + minuteMs, version })] : []),
      action({ kind: 'request', atMs: activatedMs + 1_000, user: 0 }),
      action({ kind: 'request', atMs: late, user: 0 }),
      action({ kind: 'verb', atMs: late + minuteMs, verb: 'retryJob', job: dice.upTo(4), by: 'operator' }),
    ],
  };
}

function uploadFault(dice: Dice): CallFault {
  return dice.pick<CallFault>([
    { kind: 'reject', code: 2, message: 'IC0204: No route to canister' },
    { kind: 'replyGarbled' },
    { kind: 'handlerTraps' },
  ]);
}

/** A scan while things go wrong, and one at the end. */
function orphanArea(dice: Dice): Area {
  const atMs = dice.pick([0, 2_000, 30_000, 10 * minuteMs, 100 * minuteMs]);
  const faults = Array.from({ length: dice.upTo(2) }, () => {
    const fault = dice.pick<CallFault>([{ kind: 'unknownNotApplied' }, { kind: 'handlerTraps' }]);
    return calls('canister_info', 1 + dice.upTo(12), fault);
  });
  return { items: [action({ kind: 'findOrphans', atMs }), ...faults], searchesOrphans: true };
}

/** The Manager forgets what happened since a snapshot, or everything. */
function livesArea(dice: Dice): Area {
  const takenMs = dice.upTo(dice.pick([5_000, 40_000, 60 * minuteMs]));
  const restoredMs = takenMs + 1_000 + dice.upTo(dice.pick([20_000, 10 * minuteMs, 60 * minuteMs]));
  const after = Array.from({ length: 1 + dice.upTo(2) }, (_, index) =>
    action({
      kind: 'request',
      atMs: restoredMs + dice.pick([1_000, 15_000, 100 * minuteMs]),
      user: 0,
      key: `after ${index}`,
    }),
  );
  // Its creation is under way when the Manager forgets that it has asked for it.
  const before = action({ kind: 'request', atMs: restoredMs - dice.pick([200, 700, 1_000]), user: 1 });
  after.push(before);
  if (dice.chance(0.35)) return { items: [action({ kind: 'reinstall', atMs: restoredMs }), ...after] };
  return {
    items: [
      action({ kind: 'takeSnapshot', atMs: takenMs }),
      action({ kind: 'restoreSnapshot', atMs: restoredMs }),
      ...after,
    ],
  };
}

/** Nothing can be learned about canisters for an hour or two; vacant ones are stopped. */
function outageArea(dice: Dice, _users: number, requests: number): Area {
  const nth = (): number => 1 + dice.upTo(requests * 14);
  const forMs = dice.pick([5 * minuteMs, 75 * minuteMs, 110 * minuteMs]);
  const stops = Array.from({ length: 2 + dice.upTo(2) }, () =>
    strikes({ at: 'message', nth: nth(), fault: { kind: 'canistersStop' } }),
  );
  const startFault = dice.pick<CallFault>([{ kind: 'unknownNotApplied' }, { kind: 'replyGarbled' }]);
  return dice.chance(0.5)
    ? { items: [strikes({ at: 'message', nth: nth(), fault: { kind: 'readsFail', forMs } })] }
    : {
        items: [
          ...stops,
          ...(dice.chance(0.3) ? [calls('start_canister', 1, startFault)] : []),
          // Somebody gives a canister back, and somebody comes for it later.
          action({ kind: 'verb', atMs: 8_000, verb: 'cancelJob', job: 0, by: 'operator' }),
          action({ kind: 'request', atMs: 100 * minuteMs, user: 0 }),
        ],
      };
}

function action(present: Action): Item {
  return { type: 'action', action: present };
}

function calls(method: string, nth: number, fault: CallFault): Item {
  return strikes({ at: 'call', method, nth, fault });
}

function strikes(fault: Fault): Item {
  return { type: 'fault', fault };
}
