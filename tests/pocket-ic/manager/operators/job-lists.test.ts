import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobEventsResult, JobsPage, ListJobsResult } from '../../../../src/client/generated/manager.ts';
import { buildBreakableManager } from '../../../manager/canisters/build.ts';
import { operator } from '../../../support/manager-modules.ts';
import { ok, optional, type PicManager } from '../../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../../support/pocket-ic-managers.ts';
import { toPic } from '../../../support/pocket-ic-types.ts';
import { type Filter, jobFilter, parkedJobs } from '../support/operators.ts';

interface PageRequest {
  readonly cursor?: string | undefined;
  readonly limit?: number;
}

const createManager = managersOfThisFile();

/**
 * A Manager whose records can be broken, with seven jobs: 1 to 3 are done, 4 and 6 of Alice's and Bob's are parked
 * because of a bad template, 5 of Bob's was made of a later one, and 7 of Alice's waits in a queue that starts nothing.
 */
async function withSevenJobs(): Promise<{ manager: PicManager; alice: Principal; bob: Principal }> {
  const manager = await createManager({ manager: await buildBreakableManager() });
  const [alice, bob] = [manager.newUser(), manager.newUser()];
  for (let caller = 1; caller <= 3; caller += 1) await manager.provisionedGreeter(manager.newUser());
  await parkedJobs(manager, [alice]);
  ok(await manager.publish('2.0.0', manager.template));
  ok(await manager.activate('2.0.0'));
  await manager.provisionedGreeter(bob);
  await parkedJobs(manager, [bob]);
  ok(await manager.as(operator).prepareUpgrade(manager.request()));
  await manager.createGreeter(alice);
  return { manager, alice, bob };
}

async function listJobs(
  manager: PicManager,
  filter: Filter = {},
  { cursor, limit }: PageRequest = {},
): Promise<ListJobsResult> {
  const page = { cursor: optional(cursor), limit: optional(limit) };
  return manager.as(operator).listJobs(jobFilter(filter), [page]);
}

function idsOf({ jobs }: JobsPage): bigint[] {
  return jobs.map(({ id }) => id);
}

describe('the list of jobs', () => {
  let manager: PicManager;
  let alice: Principal;
  let bob: Principal;

  beforeAll(async () => {
    ({ manager, alice, bob } = await withSevenJobs());
  });

  test('has all of them, newest first, in pages', async () => {
    expect(idsOf(ok(await listJobs(manager)))).toEqual([7n, 6n, 5n, 4n, 3n, 2n, 1n]);
    const seen: bigint[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = ok(await listJobs(manager, {}, { limit: 3, cursor }));
      seen.push(...idsOf(page));
      [cursor] = page.nextCursor;
    }
    expect(seen).toEqual([7n, 6n, 5n, 4n, 3n, 2n, 1n]);
  });

  test.each<[string, () => Filter, bigint[]]>([
    ['parked', () => ({ status: 'parked' }), [6n, 4n]],
    ['of Bob', () => ({ owner: bob }), [6n, 5n]],
    ['of Bob and parked', () => ({ owner: bob, status: 'parked' }), [6n]],
    ['at their installation', () => ({ step: 'install' }), [6n, 4n]],
    ['at their creation', () => ({ step: 'create' }), [7n]],
    ['parked for this reason', () => ({ parkReason: 'templateRejected' }), [6n, 4n]],
    ['parked for another reason', () => ({ parkReason: 'terminalError' }), []],
    ['of the first template', () => ({ templateVersion: '1.0.0' }), [7n, 3n, 2n, 1n]],
    ['of the second template and done', () => ({ templateVersion: '2.0.0', status: 'completed' }), [5n]],
    ['of the bad template', () => ({ templateVersion: 'bad' }), [6n, 4n]],
    ['of nobody', () => ({ owner: manager.newUser() }), []],
  ])('filtered by those that are %s has those and no other', async (_, filter, expected) => {
    expect(idsOf(ok(await listJobs(manager, filter())))).toEqual(expected);
  });

  test('goes on with its cursor also within one owner’s jobs', async () => {
    const first = ok(await listJobs(manager, { owner: bob }, { limit: 1 }));
    expect(idsOf(first)).toEqual([6n]);
    const cursor = first.nextCursor[0];
    expect(idsOf(ok(await listJobs(manager, { owner: bob }, { cursor })))).toEqual([5n]);
  });

  test('refuses words that no job can have', async () => {
    expect(await listJobs(manager, { status: 'fine' })).toMatchObject({
      Err: { InvalidRequest: { field: 'filter.status' } },
    });
  });

  describe('has for each the events', () => {
    async function jobEvents(
      id: bigint,
      { cursor, limit }: PageRequest = {},
      sender: Principal = operator,
    ): Promise<JobEventsResult> {
      return manager.as(sender).getJobEvents(id, [{ cursor: optional(cursor), limit: optional(limit) }]);
    }

    test('that tell what happened, step by step, to its owner and to operators', async () => {
      ok(await manager.as(operator).resumeQueue(manager.request()));
      ok(await manager.as(operator).retryJob(manager.jobRequest(4n)));
      const { version } = await manager.settle(4n);
      const { events, compacted, nextCursor } = ok(await jobEvents(4n, { limit: 100 }));
      expect({ compacted, nextCursor }).toEqual({ compacted: 0, nextCursor: [] });
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => BigInt(index + 1)));
      expect(BigInt(events.length)).toBe(version);
      const lines = events.map(({ kind, step, text }) => `${kind} ${step[0] ?? ''}: ${text}`);
      expect(lines).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^wake create: attempt 1 starts, to execute; .*queued → running$/),
          expect.stringMatching(
            /^outcome install: attempt \d+: notApplied \(.*templateRejected.*\); running → parked$/s,
          ),
          expect.stringMatching(/^retry install: an operator retries it; parked → waitingRetry$/),
          expect.stringMatching(/^outcome register: attempt \d+: applied; running → completed$/),
        ]) as string[],
      );
      expect(await jobEvents(4n, {}, alice)).toHaveProperty('Ok');
      expect(await jobEvents(4n, {}, bob)).toEqual({ Err: { NotFound: null } });
      expect(await jobEvents(99n)).toEqual({ Err: { NotFound: null } });
    });

    test('in pages', async () => {
      const all = ok(await jobEvents(6n, { limit: 100 })).events;
      const first = ok(await jobEvents(6n, { limit: 2 }));
      const rest = ok(await jobEvents(6n, { limit: 100, cursor: first.nextCursor[0] }));
      expect([...first.events, ...rest.events]).toEqual(all);
      expect(first.events).toHaveLength(2);
      expect(await jobEvents(6n, { limit: 0 })).toMatchObject({
        Err: { InvalidRequest: { field: 'limit' } },
      });
    });

    test('and counts those that were let go of', async () => {
      ok(await manager.as(operator).pauseQueue(manager.request()));
      for (let time = 0; time < 100; time += 1) {
        ok(await manager.as(operator).retryJob(manager.jobRequest(6n)));
      }
      const { version } = await manager.job(6n);
      const { events, compacted } = ok(await jobEvents(6n, { limit: 100 }));
      expect(compacted).toBeGreaterThan(0);
      expect(BigInt(compacted + events.length)).toBe(version);
      expect(events[0]?.sequence).toBe(BigInt(compacted + 1));
    });
  });
});

describe('a job whose record cannot be read', () => {
  let manager: PicManager;
  let alice: Principal;
  let bob: Principal;

  beforeAll(async () => {
    ({ manager, alice, bob } = await withSevenJobs());
    await breakRecord(6n);
  });

  async function breakRecord(id: bigint): Promise<void> {
    const canisterId = toPic(manager.managerId);
    const arg = IDL.encode([IDL.Nat64], [id]);
    await manager.pic.updateCall({ canisterId, method: 'breakRecord', arg, sender: toPic(operator) });
  }

  test('is named on its lists, and takes neither the others nor a verb’s answer with it', async () => {
    const unreadable = [[{ id: 6n, text: expect.stringContaining('99') as string }]];
    expect(ok(await listJobs(manager))).toMatchObject({ unreadable });
    expect(idsOf(ok(await listJobs(manager)))).toEqual([7n, 5n, 4n, 3n, 2n, 1n]);
    expect(idsOf(ok(await listJobs(manager, { status: 'parked' })))).toEqual([4n]);
    expect(await manager.as(bob).listMyJobs([])).toMatchObject({ jobs: [{ id: 5n }], unreadable });
    for (const verb of ['retryJob', 'cancelJob', 'terminateJob'] as const) {
      const result = await manager.as(operator)[verb](manager.jobRequest(6n));
      expect(result).toHaveProperty('Err.Unreadable');
    }
    expect(await manager.as(operator).getJobEvents(6n, [])).toHaveProperty('Err.Unreadable');
    expect(await manager.as(bob).getJobEvents(6n, [])).toEqual({ Err: { NotFound: null } });
    ok(await manager.as(operator).resumeQueue(manager.request()));
    expect((await manager.settle(7n)).status).toEqual({ completed: null });
  });

  test('is said to be so to its owner and to who has a role, and to nobody else', async () => {
    const owners = new Map<bigint, Principal>([[6n, bob]]);
    for (const id of [1n, 4n]) {
      owners.set(id, (await manager.job(id)).owner);
      await breakRecord(id);
    }
    for (const [id, owner] of owners) {
      for (const sender of [owner, operator]) {
        await expect(manager.job(id, sender)).rejects.toThrow(`Unreadable: job ${id} is there`);
      }
      await expect(manager.job(id, manager.newUser())).rejects.toThrow(`There is no job ${id}`);
      await expect(manager.job(8n, owner)).rejects.toThrow('There is no job 8');
    }
  });

  test('is an error with a text for who asks for it again with its key, and nothing is made in its place', async () => {
    const { id } = await manager.createGreeter(alice, { idempotencyKey: 'mine' });
    await breakRecord(id);
    expect(await manager.tryCreateGreeter(alice, { idempotencyKey: 'mine' })).toMatchObject({
      Err: {
        InvalidRequest: {
          field: 'idempotencyKey',
          rule: expect.stringContaining(`job ${id}`) as string,
          value: 'mine',
        },
      },
    });
    expect((await manager.createGreeter(alice, { idempotencyKey: 'another' })).id).toBe(id + 1n);
  });
});
