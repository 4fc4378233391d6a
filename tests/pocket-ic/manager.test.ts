import { beforeAll, describe, expect, test } from 'vitest';
import { variantName } from '../../src/client/index.ts';
import { greeterModule, operator, sha256 } from '../support/manager-modules.ts';
import type { PicManager } from '../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../support/pocket-ic-managers.ts';
import { toPic } from '../support/pocket-ic-types.ts';

const createManager = managersOfThisFile();
let manager: PicManager;

beforeAll(async () => {
  manager = await createManager({ template: greeterModule });
});

describe('createGreeter', () => {
  test('gives the caller a Greeter of their own that greets', async () => {
    const alice = manager.newUser();
    const accepted = await manager.createGreeter(alice);
    expect(variantName(accepted.status)).toBe('queued');
    expect(accepted.summary).toBe(
      'Accepted. Waiting for a free place. Then it starts creating the canister.',
    );

    const job = await manager.settle(accepted.id);

    expect(variantName(job.status)).toBe('completed');
    expect(
      job.steps.map(({ name, state, attempt }) => [variantName(name), variantName(state), attempt]),
    ).toEqual([
      ['create', 'succeeded', 1],
      ['install', 'succeeded', 1],
      ['handover', 'succeeded', 1],
      ['register', 'succeeded', 1],
    ]);
    // What was attached, and the fees of four calls.
    expect(job.cyclesSpent).toBeGreaterThan(1_500_000_000_000n);
    expect(job.cyclesSpent).toBeLessThan(1_500_010_000_000n);
    const [greeterId] = job.greeterId;
    if (greeterId === undefined) throw new Error('The job has no Greeter.');
    expect(await manager.greeter(greeterId, alice).greet('Alice')).toBe('Hello, Alice!');
    const status = await manager.pic.canisterStatus({ canisterId: toPic(greeterId), sender: toPic(alice) });
    expect(status.settings.controllers.map(String)).toEqual([alice.toText()]);
    expect(status.moduleHash).toEqual(sha256(greeterModule));
  });

  test('starts the Greeter with the phrase that was asked for', async () => {
    const alice = manager.newUser();
    const greeterId = await manager.provisionedGreeter(alice, { greeting: 'Grüezi' });
    expect(await manager.greeter(greeterId, alice).greet('Alice')).toBe('Grüezi, Alice!');
  });
});

describe('a job', () => {
  test('is shown to its owner and to operators, and to nobody else', async () => {
    const alice = manager.newUser();
    const { id } = await manager.createGreeter(alice);
    expect((await manager.as(alice).getJobStatus(id))[0]?.id).toBe(id);
    expect((await manager.as(operator).getJobStatus(id))[0]?.id).toBe(id);
    expect(await manager.as(manager.newUser()).getJobStatus(id)).toEqual([]);
    await manager.settle(id);
  });

  test('is on its owner’s list, and its Greeter on that of Greeters', async () => {
    const alice = manager.newUser();
    const greeterIds = [await manager.provisionedGreeter(alice), await manager.provisionedGreeter(alice)];
    const { greeters } = await manager.as(alice).listMyGreeters([]);
    expect(greeters.map(({ canisterId }) => canisterId.toText())).toEqual(greeterIds.map(String));
    expect((await manager.as(alice).listMyJobs([])).jobs).toHaveLength(2);
    const first = await manager.as(alice).listMyGreeters([{ cursor: [], limit: [1] }]);
    const rest = await manager.as(alice).listMyGreeters([{ cursor: first.nextCursor, limit: [] }]);
    expect(rest.greeters.map(({ canisterId }) => canisterId.toText())).toEqual([String(greeterIds[1])]);
    expect((await manager.as(manager.newUser()).listMyGreeters([])).greeters).toEqual([]);
  });

  test('that its owner cancels in time is undone, and its canister kept for somebody else', async () => {
    const alice = manager.newUser();
    const { id } = await manager.createGreeter(alice);
    expect(await manager.as(manager.newUser()).cancelJob(manager.jobRequest(id))).toEqual({
      Err: { NotFound: null },
    });
    const cancelled = await manager.as(alice).cancelJob(manager.jobRequest(id));
    expect(cancelled).toHaveProperty('Ok');
    expect(variantName((await manager.settle(id)).status)).toBe('compensated');
    expect((await manager.as(alice).listMyGreeters([])).greeters).toEqual([]);
  });

  test('that is completed can be neither cancelled nor retried', async () => {
    const alice = manager.newUser();
    const { id } = await manager.createGreeter(alice);
    await manager.settle(id);
    const late = await manager.as(alice).cancelJob(manager.jobRequest(id));
    expect(late).toMatchObject({ Err: { TooLate: { status: { completed: null } } } });
    const retried = await manager.as(operator).retryJob(manager.jobRequest(id));
    expect(retried).toMatchObject({ Err: { NotAllowedNow: { allowed: [] } } });
  });
});

describe('an upgrade', () => {
  test('keeps jobs and Greeters', async () => {
    const alice = manager.newUser();
    const greeterId = await manager.provisionedGreeter(alice);
    const { jobs } = await manager.as(alice).listMyJobs([]);
    await manager.upgrade();
    expect(await manager.as(alice).listMyJobs([])).toMatchObject({ jobs: [{ id: jobs[0]?.id }] });
    const { greeters } = await manager.as(alice).listMyGreeters([]);
    expect(greeters.map(({ canisterId }) => canisterId.toText())).toEqual([greeterId.toText()]);
  });

  test.each([0, 1, 2, 3, 4])('%i rounds into a job lets it end with one Greeter', async (rounds) => {
    const alice = manager.newUser();
    const { id } = await manager.createGreeter(alice);
    await manager.pic.tick(rounds);
    await manager.upgrade();
    expect(variantName((await manager.settle(id)).status)).toBe('completed');
    expect((await manager.as(alice).listMyGreeters([])).greeters).toHaveLength(1);
  });

  test('may be prepared: nothing is under way, and what waits goes on afterwards', async () => {
    const alice = manager.newUser();
    const { id } = await manager.createGreeter(alice);
    await manager.as(operator).prepareUpgrade(manager.request());
    await manager.pic.tick(5);
    expect(await manager.as(operator).prepareUpgrade(manager.request())).toMatchObject({
      Ok: { ready: true },
    });
    await manager.upgradeStopped();
    expect(variantName((await manager.settle(id)).status)).toBe('completed');
  });
});
