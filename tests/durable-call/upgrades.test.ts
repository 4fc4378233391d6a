import { beforeAll, describe, expect, it } from 'vitest';
import { buildCaller } from './canisters/builds.ts';
import { Rig } from './rig.ts';
import { expectAllAnswered, scriptAnswers, waysToAnswer } from './ways-to-answer.ts';

const hourMs = 3_600_000;

describe('across an upgrade with calls open', () => {
  let builds: { a: Uint8Array; b: Uint8Array };

  beforeAll(async () => {
    builds = { a: await buildCaller('caller'), b: await buildCaller('callerWithBallast') };
  });

  const paths = [
    { path: 'to the same build', upgrades: ['a'] },
    { path: 'to another build', upgrades: ['b'] },
    { path: 'to another build and back', upgrades: ['b', 'a'] },
  ] as const;
  const cases = [
    ...paths.flatMap((path) => [1, 100].map((count) => ({ ...path, count }))),
    { path: 'to another build and back', upgrades: ['b', 'a'] as const, count: 1_000 },
  ];

  it.each(cases)(
    '$path, each of $count open calls reaches the handler',
    ({ upgrades, count }) => {
      const rig = new Rig(builds.a);
      scriptAnswers(rig, 10_000);
      // azle asks for randomness after every start; here that call stays open over all upgrades.
      rig.network.faults.add({ method: 'raw_rand' }, { kind: 'delayReply', milliseconds: 5_000 });
      rig.network.run();

      const made = waysToAnswer.flatMap((way, index) => {
        // Shared out evenly; a single call is the first way, the reply.
        const share = Math.floor((count + waysToAnswer.length - 1 - index) / waysToAnswer.length);
        if (share === 0) return [];
        const ids = rig.send({ ...way.send, count: share, firstCallId: 1 + index * count });
        return ids.map((callId) => ({ way, callId }));
      });
      expect(made).toHaveLength(count);

      for (const build of upgrades) {
        queueTimerCall(rig);
        rig.upgrade(builds[build]);
        expect(rig.network.canister(rig.caller).openCallbacks).toBeGreaterThan(count);
      }
      rig.startTimer(3_600, 'in an hour');
      rig.startTimer(7_200, 'in two hours');
      const started = rig.network.timeNanos;

      // Bounded waits expire in the first minute; the peer's late answers come then, too.
      rig.network.runFor(60_000);
      expectAllAnswered(rig.responses(), made);
      expect(firedTimers(rig)).toEqual([]);

      rig.network.runFor(2 * hourMs);
      expect(firedTimers(rig).map(({ tag }) => tag)).toEqual(['in an hour', 'in two hours']);
      expect(firedTimers(rig)[0]?.time).toBeGreaterThanOrEqual(Number(started) + hourMs * 1e6);
      expectAllAnswered(rig.responses(), made);
      expect(rig.network.canister(rig.caller).openCallbacks).toBe(0);
      // A response that met the wrong code would have left a trap here.
      expect(rig.network.canister(rig.caller).log).toEqual([]);
    },
    180_000,
  );
});

/** Brings the caller to where its timer is due and the library's call to itself waits in the queue. */
function queueTimerCall(rig: Rig): void {
  rig.startTimer(0, 'due before the upgrade');
  const openCallbacks = (): number => rig.network.canister(rig.caller).openCallbacks;
  const before = openCallbacks();
  for (let step = rig.network.step(); step?.kind !== 'globalTimer'; step = rig.network.step()) {
    if (step === undefined) throw new Error('The timer never became due.');
  }
  expect(openCallbacks()).toBeGreaterThan(before);
}

function firedTimers(rig: Rig): { tag: string; time: number }[] {
  return rig.log().filter((entry) => entry.kind === 'timer');
}
