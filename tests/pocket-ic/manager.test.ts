import { createHash } from 'node:crypto';
import type { PocketIcServer } from '@dfinity/pic';
import { Principal } from '@dfinity/principal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variantName } from '../../src/client/index.ts';
import { greeterModule, managerModule, operator, PicManager } from '../support/pocket-ic-manager.ts';
import { startPocketIcForCanisters } from '../support/pocket-ic-server.ts';
import { toPic } from '../support/pocket-ic-types.ts';

let server: PocketIcServer;
let manager: PicManager;

beforeAll(async () => {
  server = await startPocketIcForCanisters();
  manager = await PicManager.create(server.getUrl());
});

afterAll(async () => {
  await manager.pic.tearDown();
  await server.stop();
});

let users = 0;
/** Every test has users of its own: all use one Manager. */
function newUser(): Principal {
  users += 1;
  return Principal.selfAuthenticating(new Uint8Array([2, users]));
}

let requests = 0;
/** The part that all operators' requests have. */
function request(): { requestId: string; reason: string } {
  requests += 1;
  return { requestId: `request ${requests}`, reason: 'test' };
}

describe('createGreeter', () => {
  test('gives the caller a Greeter of their own that greets', async () => {
    const alice = newUser();
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
    expect(status.moduleHash).toEqual(new Uint8Array(createHash('sha256').update(greeterModule).digest()));
  });

  test('starts the Greeter with the phrase that was asked for', async () => {
    const alice = newUser();
    const greeterId = await manager.provisionedGreeter(alice, 'Grüezi');
    expect(await manager.greeter(greeterId, alice).greet('Alice')).toBe('Grüezi, Alice!');
  });

  test('answers the same key with the same job, also when it has ended', async () => {
    const alice = newUser();
    const key = { idempotencyKey: 'once' };
    const { id } = await manager.createGreeter(alice, key);
    expect((await manager.createGreeter(alice, key)).id).toBe(id);
    await manager.settle(id);
    const again = await manager.createGreeter(alice, key);
    expect([again.id, variantName(again.status)]).toEqual([id, 'completed']);
    expect((await manager.as(alice).listMyGreeters([])).greeters).toHaveLength(1);
    expect((await manager.createGreeter(newUser(), key)).id).not.toBe(id);
    await expect(manager.createGreeter(alice, { ...key, greeting: 'Hi' })).rejects.toThrow(/KeyConflict/);
  });

  test('refuses callers without an identity before the message costs anything', async () => {
    await expect(manager.createGreeter(Principal.anonymous())).rejects.toThrow(
      /Error code: CanisterRejectedMessage\. Certified: false/,
    );
  });
});

describe('a job', () => {
  test('is shown to its owner and to operators, and to nobody else', async () => {
    const alice = newUser();
    const { id } = await manager.createGreeter(alice);
    expect((await manager.as(alice).getJobStatus(id))[0]?.id).toBe(id);
    expect((await manager.as(operator).getJobStatus(id))[0]?.id).toBe(id);
    expect(await manager.as(newUser()).getJobStatus(id)).toEqual([]);
    await manager.settle(id);
  });

  test('is on its owner’s list, and its Greeter on that of Greeters', async () => {
    const alice = newUser();
    const greeterIds = [await manager.provisionedGreeter(alice), await manager.provisionedGreeter(alice)];
    const { greeters } = await manager.as(alice).listMyGreeters([]);
    expect(greeters.map(({ canisterId }) => canisterId.toText())).toEqual(greeterIds.map(String));
    expect((await manager.as(alice).listMyJobs([])).jobs).toHaveLength(2);
    const first = await manager.as(alice).listMyGreeters([{ cursor: [], limit: [1] }]);
    const rest = await manager.as(alice).listMyGreeters([{ cursor: first.nextCursor, limit: [] }]);
    expect(rest.greeters.map(({ canisterId }) => canisterId.toText())).toEqual([String(greeterIds[1])]);
    expect((await manager.as(newUser()).listMyGreeters([])).greeters).toEqual([]);
  });

  test('that its owner cancels in time is undone, and its canister kept for somebody else', async () => {
    const alice = newUser();
    const { id } = await manager.createGreeter(alice);
    expect(await manager.as(newUser()).cancelJob({ ...request(), jobId: id, expectedVersion: [] })).toEqual({
      Err: { NotFound: null },
    });
    const cancelled = await manager.as(alice).cancelJob({ ...request(), jobId: id, expectedVersion: [] });
    expect(cancelled).toHaveProperty('Ok');
    expect(variantName((await manager.settle(id)).status)).toBe('compensated');
    expect((await manager.as(alice).listMyGreeters([])).greeters).toEqual([]);
  });

  test('that is completed can be neither cancelled nor retried', async () => {
    const alice = newUser();
    const { id } = await manager.createGreeter(alice);
    await manager.settle(id);
    const late = await manager.as(alice).cancelJob({ ...request(), jobId: id, expectedVersion: [] });
    expect(late).toMatchObject({ Err: { TooLate: { status: { completed: null } } } });
    const retried = await manager.as(operator).retryJob({ ...request(), jobId: id, expectedVersion: [] });
    expect(retried).toMatchObject({ Err: { NotAllowedNow: { allowed: [] } } });
  });
});

describe('operators', () => {
  test('pause the queue, which refuses requests until they resume it', async () => {
    const alice = newUser();
    await expect(manager.as(alice).pauseQueue(request())).rejects.toThrow(/Canister rejected the message/);
    const { id } = await manager.createGreeter(alice);
    expect(await manager.as(operator).pauseQueue(request())).toMatchObject({ Ok: { paused: [{}] } });
    await expect(manager.createGreeter(alice)).rejects.toThrow(/QueuePaused/);
    expect(await manager.as(operator).resumeQueue(request())).toMatchObject({ Ok: { paused: [] } });
    expect(variantName((await manager.settle(id)).status)).toBe('completed');
    expect(await manager.as(operator).listAudit([])).toHaveProperty('Ok');
  });

  test('see how many jobs there are, and give others the right to', async () => {
    const viewer = newUser();
    expect(await manager.as(viewer).getQueueStats()).toEqual({ Err: { NotAuthorized: null } });
    const appointment = await manager
      .as(operator)
      .setRole({ ...request(), appointee: viewer, role: [{ viewer: null }] });
    expect(appointment).toHaveProperty('Ok');
    const stats = await manager.as(viewer).getQueueStats();
    if (!('Ok' in stats)) throw new Error('The viewer was refused.');
    expect(stats.Ok.completed).toBeGreaterThanOrEqual(0);
    expect(stats.Ok).toMatchObject({ running: 0, reconciling: 0, parked: 0 });
  });
});

describe('an upgrade', () => {
  const upgrade = async (): Promise<void> => {
    await manager.pic.upgradeCanister({
      canisterId: manager.managerId,
      wasm: managerModule,
      sender: toPic(operator),
    });
  };

  test('keeps jobs and Greeters', async () => {
    const alice = newUser();
    const greeterId = await manager.provisionedGreeter(alice);
    const { jobs } = await manager.as(alice).listMyJobs([]);
    await upgrade();
    expect(await manager.as(alice).listMyJobs([])).toMatchObject({ jobs: [{ id: jobs[0]?.id }] });
    const { greeters } = await manager.as(alice).listMyGreeters([]);
    expect(greeters.map(({ canisterId }) => canisterId.toText())).toEqual([greeterId.toText()]);
  });

  test.each([0, 1, 2, 3, 4])('%i rounds into a job lets it end with one Greeter', async (rounds) => {
    const alice = newUser();
    const { id } = await manager.createGreeter(alice);
    await manager.pic.tick(rounds);
    await upgrade();
    expect(variantName((await manager.settle(id)).status)).toBe('completed');
    expect((await manager.as(alice).listMyGreeters([])).greeters).toHaveLength(1);
  });

  test('may be prepared: nothing is under way, and what waits goes on afterwards', async () => {
    const alice = newUser();
    const { id } = await manager.createGreeter(alice);
    await manager.as(operator).prepareUpgrade(request());
    await manager.pic.tick(5);
    expect(await manager.as(operator).prepareUpgrade(request())).toMatchObject({ Ok: { ready: true } });
    await manager.pic.stopCanister({ canisterId: manager.managerId, sender: toPic(operator) });
    await upgrade();
    await manager.pic.startCanister({ canisterId: manager.managerId, sender: toPic(operator) });
    expect(variantName((await manager.settle(id)).status)).toBe('completed');
  });
});
