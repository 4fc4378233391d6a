import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCaller } from './canisters/builds.ts';
import { Rig } from './rig.ts';
import { expectAllAnswered, scriptAnswers, type WayToAnswer, waysToAnswer } from './ways-to-answer.ts';

/** What a schedule is made of. */
type Action =
  | { kind: 'send'; way: WayToAnswer; count: number }
  | { kind: 'await'; method: 'echo' | 'refuse' }
  | { kind: 'startTimer'; seconds: number }
  | { kind: 'upgrade'; build: 'caller' | 'callerWithBallast' }
  | { kind: 'step'; count: number }
  | { kind: 'advance'; seconds: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('send'),
      way: fc.constantFrom(...waysToAnswer),
      count: fc.integer({ min: 1, max: 8 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('await'), method: fc.constantFrom('echo', 'refuse') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('startTimer'), seconds: fc.integer({ min: 0, max: 60 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('upgrade'),
      build: fc.constantFrom('caller', 'callerWithBallast'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('step'), count: fc.integer({ min: 1, max: 12 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('advance'), seconds: fc.integer({ min: 1, max: 20 }) }),
  },
);

/** What must be in the log at the end. `epoch` counts the upgrades before it was started. */
interface Expected {
  made: { way: WayToAnswer; callId: number }[];
  awaited: Map<string, { method: string; epoch: number }>;
  timers: Map<string, { dueNanos: number; epoch: number }>;
  epoch: number;
}

describe('any schedule of calls, timers, upgrades and answers', () => {
  let builds: Record<'caller' | 'callerWithBallast', Uint8Array>;

  beforeAll(async () => {
    builds = {
      caller: await buildCaller('caller'),
      callerWithBallast: await buildCaller('callerWithBallast'),
    };
  });

  it('ends with exactly one true response for every durable call, and nothing for the wrong one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.array(action, { minLength: 8, maxLength: 20 }),
        (seed, actions) => {
          const rig = new Rig(builds.caller, { seed });
          scriptAnswers(rig, 3_000);
          const expected: Expected = { made: [], awaited: new Map(), timers: new Map(), epoch: 0 };
          for (const [index, next] of actions.entries()) perform(rig, next, `${index}`, expected);
          rig.network.runFor(7_200_000);
          expectTrueLog(rig, expected);
        },
      ),
      { numRuns: 10 },
    );
  }, 180_000);

  function perform(rig: Rig, next: Action, tag: string, expected: Expected): void {
    const { epoch } = expected;
    switch (next.kind) {
      case 'send': {
        const ids = rig.send({ ...next.way.send, count: next.count });
        expected.made.push(...ids.map((callId) => ({ way: next.way, callId })));
        break;
      }
      case 'await':
        // The refusal's text is what follows the first four bytes.
        rig.startAwaited(`tag-${tag}`, next.method);
        expected.awaited.set(`tag-${tag}`, { method: next.method, epoch });
        break;
      case 'startTimer': {
        const dueNanos = Number(rig.network.timeNanos) + next.seconds * 1e9;
        rig.startTimer(next.seconds, `tag-${tag}`);
        expected.timers.set(`tag-${tag}`, { dueNanos, epoch });
        break;
      }
      case 'upgrade':
        rig.upgrade(builds[next.build]);
        expected.epoch += 1;
        break;
      case 'step':
        for (let count = 0; count < next.count; count++) rig.network.step();
        break;
      case 'advance':
        rig.network.runFor(next.seconds * 1000);
        break;
    }
  }
});

function expectTrueLog(rig: Rig, { made, awaited, timers, epoch }: Expected): void {
  expectAllAnswered(rig.responses(), made);

  const entries = rig.log();
  const seen = new Set<string>();
  for (const entry of entries) {
    if (entry.kind !== 'awaited' && entry.kind !== 'timer') continue;
    expect(seen, `${entry.kind} ${entry.tag} came once`).not.toContain(`${entry.kind} ${entry.tag}`);
    seen.add(`${entry.kind} ${entry.tag}`);
    if (entry.kind === 'timer') {
      expect(entry.time).toBeGreaterThanOrEqual(timers.get(entry.tag)?.dueNanos ?? Infinity);
    } else if (awaited.get(entry.tag)?.method === 'refuse') {
      expect(entry).toEqual({ kind: 'awaited', tag: entry.tag, error: entry.tag.slice(4) });
    } else {
      expect(entry).toEqual({ kind: 'awaited', tag: entry.tag, reply: [...Buffer.from(entry.tag)] });
    }
  }
  // What was started in the last instance had every chance to come.
  for (const [tag, start] of awaited) if (start.epoch === epoch) expect(seen).toContain(`awaited ${tag}`);
  for (const [tag, start] of timers) if (start.epoch === epoch) expect(seen).toContain(`timer ${tag}`);

  expect(rig.network.canister(rig.caller).openCallbacks).toBe(0);
  expect(rig.network.canister(rig.caller).log).toEqual([]);
}
