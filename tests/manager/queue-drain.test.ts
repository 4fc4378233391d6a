import { expect, test } from 'vitest';
import { ManagerFixture, user } from '../support/manager-fixture.ts';
import { listJobs } from './operators/support-jobs.ts';

/* In process although it injects no fault: it looks between messages, and a thousand requests over HTTP take too long. */

const jobs = 1000;

test(`${jobs} queued jobs of ${jobs / 5} callers drain, each into exactly one Greeter of its caller`, () => {
  const fixture = new ManagerFixture({ cycles: 10_000_000_000_000_000n, seed: 7 });
  const { network, managerId: canisterId } = fixture;
  for (let index = 0; index < jobs; index += 1) {
    const arg = fixture.encodeCreateGreeter({ idempotencyKey: `job-${index}` });
    network.submitUpdate({ sender: user(Math.floor(index / 5)), canisterId, method: 'createGreeter', arg });
  }
  let mostOpenAttempts = 0;
  const unhook = network.faults.beforeStep((step) => {
    if (step % 50 === 0) mostOpenAttempts = Math.max(mostOpenAttempts, fixture.stats().openAttempts ?? 0);
  });
  network.run();
  unhook();

  expect(fixture.stats()).toMatchObject({
    completed: jobs,
    queued: 0,
    running: 0,
    waitingRetry: 0,
    parked: 0,
    openAttempts: 0,
    unreadAnswers: 0,
    strayAnswers: 0,
    greeters: jobs,
  });
  expect(fixture.created()).toHaveLength(jobs);
  for (let caller = 0; caller < jobs / 5; caller += 1) {
    const { greeters } = fixture.greeters({ limit: 100 }, user(caller));
    expect(greeters).toHaveLength(5);
    for (const { canisterId: greeterId } of greeters) {
      const { controllers } = network.canister(greeterId);
      expect(controllers.map((controller) => controller.toText())).toEqual([user(caller).toText()]);
    }
  }
  expect(mostOpenAttempts).toBeGreaterThan(5);
  expect(mostOpenAttempts).toBeLessThanOrEqual(50);
  network.checkCycles();

  // Nothing is parked: a search through all jobs ends its pages early and goes on, instead of taking too long.
  let pages = 0;
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const result = listJobs(fixture, { status: 'parked' }, cursor === undefined ? {} : { cursor });
    expect(result).toMatchObject({ Ok: { jobs: [] } });
    [cursor] = (result.Ok as { nextCursor: [] | [string] }).nextCursor;
    pages += 1;
  }
  expect(pages).toBeGreaterThan(1);
}, 240_000);
