import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alice, ManagerFixture, operator, tag, user } from '../../support/manager-fixture.ts';
import { auditRows, ok, queueVerb, setRole } from './support.ts';
import { jobVerb, parkedAtInstall } from './support-jobs.ts';

const fixture = new ManagerFixture();
const { network } = fixture;
const jobs = [
  parkedAtInstall(fixture, alice),
  parkedAtInstall(fixture, alice),
  parkedAtInstall(fixture, alice),
];
const actors = [operator, user(1)];
ok(setRole(fixture, user(1), 'operator'));
// Nothing moves by itself: what changes, changes because somebody acts.
ok(queueVerb(fixture, 'pauseQueue'));
const paused = network.checkpoint();
const rowsBefore = auditRows(fixture).length;

const action = fc.record({
  verb: fc.constantFrom('retryJob', 'cancelJob', 'terminateJob'),
  jobId: fc.constantFrom(...jobs),
  actor: fc.constantFrom(...actors),
  requestId: fc.constantFrom('a', 'b', 'c'),
});

test('whoever does whatever in whatever order: a request id stands for one thing done once, and each has its row', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 1, maxLength: 12 }), (actions) => {
      network.restore(paused);
      const used = new Map<string, string>();
      const done: string[] = [];
      for (const { verb, jobId, actor, requestId } of actions) {
        const before = fixture.job(jobId);
        const request = `${actor.toText()} ${requestId}`;
        const what = `${verb} job ${jobId}`;
        const result = jobVerb(fixture, verb, jobId, { sender: actor, requestId });
        const changed = fixture.job(jobId).version !== before.version;
        if (used.has(request) && used.get(request) !== what) {
          expect(result).toMatchObject({ Err: { InvalidRequest: { field: 'requestId' } } });
          expect(changed).toBe(false);
        } else if (used.has(request)) {
          expect([tag(result), changed]).toEqual(['Ok', false]);
        } else if (changed) {
          expect(tag(result)).toBe('Ok');
          used.set(request, what);
          done.unshift(`${actor.toText()} ${what} ${requestId}`);
        } else if (tag(result) === 'Err') expect(result).toHaveProperty('Err.NotAllowedNow');
        else expect(verb).toBe('cancelJob');
      }
      const rows = auditRows(fixture).slice(0, -rowsBefore);
      expect(
        rows.map(({ actor, verb, target, requestId }) => `${actor.toText()} ${verb} ${target} ${requestId}`),
      ).toEqual(done);
    }),
    { numRuns: 20 },
  );
});
