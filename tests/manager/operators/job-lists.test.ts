import { IDL } from '@dfinity/candid';
import { describe, expect, test } from 'vitest';
import { alice, bob, ManagerFixture, operator, user } from '../../support/manager-fixture.ts';
import type { JobStatus } from '../../support/manager-fixture.ts';
import { buildBreakableManager } from '../canisters/build.ts';
import { ok, queueVerb } from './support.ts';
import { jobEvents, jobVerb, listJobs, parkedAtInstall } from './support-jobs.ts';
import type { Filter, JobEvent } from './support-jobs.ts';

interface List {
  readonly jobs: JobStatus[];
  readonly nextCursor: [] | [string];
  readonly unreadable: [] | [{ readonly id: bigint; readonly text: string }[]];
}
interface Events {
  readonly events: JobEvent[];
  readonly compacted: number;
  readonly nextCursor: [] | [string];
}

const fixture = new ManagerFixture({ manager: await buildBreakableManager() });
const { network } = fixture;
for (let caller = 1; caller <= 3; caller += 1) fixture.settle(fixture.createGreeter(user(caller)).id);
fixture.publish('2.0.0', fixture.template);
fixture.activate('2.0.0');
parkedAtInstall(fixture, alice);
fixture.settle(fixture.createGreeter(bob).id);
parkedAtInstall(fixture, bob);
fixture.createGreeter(alice);
const sevenJobs = network.checkpoint();

function ids(filter: Filter, page?: { cursor?: string; limit?: number }): bigint[] {
  return ok<List>(listJobs(fixture, filter, page)).jobs.map(({ id }) => id);
}

function breakRecord(id: bigint): void {
  const arg = IDL.encode([IDL.Nat64], [id]);
  network.update({ sender: operator, canisterId: fixture.managerId, method: 'breakRecord', arg });
}

describe('the list of jobs', () => {
  test('has all of them, newest first, in pages', () => {
    network.restore(sevenJobs);
    expect(ids({})).toEqual([7n, 6n, 5n, 4n, 3n, 2n, 1n]);
    const seen: bigint[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = ok<List>(listJobs(fixture, {}, { limit: 3, ...(cursor === undefined ? {} : { cursor }) }));
      seen.push(...page.jobs.map(({ id }) => id));
      [cursor] = page.nextCursor;
    }
    expect(seen).toEqual([7n, 6n, 5n, 4n, 3n, 2n, 1n]);
  });

  test.each<[Filter, bigint[]]>([
    [{ status: 'parked' }, [6n, 4n]],
    [{ owner: bob }, [6n, 5n]],
    [{ owner: bob, status: 'parked' }, [6n]],
    [{ step: 'install' }, [6n, 4n]],
    [{ step: 'create' }, [7n]],
    [{ parkReason: 'terminalError' }, [6n, 4n]],
    [{ templateVersion: '1.0.0' }, [3n, 2n, 1n]],
    [{ templateVersion: '2.0.0', status: 'completed' }, [5n]],
    [{ owner: user(99) }, []],
  ])('filtered by %o has %s', (filter, expected) => {
    network.restore(sevenJobs);
    expect(ids(filter)).toEqual(expected);
  });

  test('goes on with its cursor also within one owner’s jobs', () => {
    network.restore(sevenJobs);
    const first = ok<List>(listJobs(fixture, { owner: bob }, { limit: 1 }));
    expect(first.jobs.map(({ id }) => id)).toEqual([6n]);
    expect(ids({ owner: bob }, { cursor: first.nextCursor[0] ?? '' })).toEqual([5n]);
  });

  test('refuses words that no job can have', () => {
    expect(listJobs(fixture, { status: 'fine' })).toMatchObject({
      Err: { InvalidRequest: { field: 'filter.status' } },
    });
  });
});

describe('a job whose record cannot be read', () => {
  test('is named on its lists, and takes neither the others nor a verb’s answer with it', () => {
    network.restore(sevenJobs);
    breakRecord(6n);
    const unreadable = [[{ id: 6n, text: expect.stringContaining('99') as string }]];
    expect(ok<List>(listJobs(fixture))).toMatchObject({ unreadable });
    expect(ids({})).toEqual([7n, 5n, 4n, 3n, 2n, 1n]);
    expect(ids({ status: 'parked' })).toEqual([4n]);
    expect(fixture.myJobs(bob)).toMatchObject({ jobs: [{ id: 5n }], unreadable });
    for (const verb of ['retryJob', 'cancelJob', 'terminateJob'] as const) {
      expect(jobVerb(fixture, verb, 6n)).toMatchObject({ Err: { Unreadable: {} } });
    }
    expect(jobEvents(fixture, 6n)).toMatchObject({ Err: { Unreadable: {} } });
    expect(jobEvents(fixture, 6n, { sender: bob })).toEqual({ Err: { NotFound: null } });
    network.run();
    expect(fixture.settle(7n).status).toEqual({ completed: null });
  });

  test('is said to be so to its owner and to who has a role, and to nobody else', () => {
    network.restore(sevenJobs);
    for (const id of [1n, 4n, 6n]) {
      const { owner } = fixture.job(id);
      const before = network.checkpoint();
      breakRecord(id);
      for (const sender of [owner, operator]) {
        expect(() => fixture.job(id, sender)).toThrow(`Unreadable: job ${id} is there`);
      }
      expect(() => fixture.job(id, user(98))).toThrow(`no job ${id}`);
      expect(() => fixture.job(8n, owner)).toThrow('no job 8');
      network.restore(before);
    }
  });

  test('is an error with a text for who asks for it again with its key, and nothing is made in its place', () => {
    network.restore(sevenJobs);
    const { id } = fixture.createGreeter(bob, { idempotencyKey: 'mine' });
    breakRecord(id);
    expect(fixture.tryCreateGreeter(bob, { idempotencyKey: 'mine' })).toMatchObject({
      Err: {
        InvalidRequest: {
          field: 'idempotencyKey',
          rule: expect.stringContaining(`job ${id}`) as string,
          value: 'mine',
        },
      },
    });
    expect(fixture.createGreeter(bob, { idempotencyKey: 'another' }).id).toBe(id + 1n);
  });
});

describe('the events of a job', () => {
  test('tell what happened, step by step, to its owner and to operators', () => {
    network.restore(sevenJobs);
    ok(jobVerb(fixture, 'retryJob', 4n));
    const { version } = fixture.settle(4n);
    const { events, compacted, nextCursor } = ok<Events>(jobEvents(fixture, 4n, { limit: 100 }));
    expect({ compacted, nextCursor }).toEqual({ compacted: 0, nextCursor: [] });
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => BigInt(index + 1)));
    expect(BigInt(events.length)).toBe(version);
    const lines = events.map(({ kind, step, text }) => `${kind} ${step[0] ?? ''}: ${text}`);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^wake create: attempt 1 starts, to execute; .*queued → running$/),
        expect.stringMatching(
          /^outcome install: attempt \d+: notApplied \(.*no memory.*\); running → parked$/,
        ),
        expect.stringMatching(/^retry install: an operator retries it; parked → waitingRetry$/),
        expect.stringMatching(/^outcome register: attempt \d+: applied; running → completed$/),
      ]) as string[],
    );
    expect(jobEvents(fixture, 4n, { sender: alice })).toHaveProperty('Ok');
    expect(jobEvents(fixture, 4n, { sender: bob })).toEqual({ Err: { NotFound: null } });
    expect(jobEvents(fixture, 99n)).toEqual({ Err: { NotFound: null } });
  });

  test('come in pages', () => {
    network.restore(sevenJobs);
    const all = ok<Events>(jobEvents(fixture, 4n, { limit: 100 })).events;
    const first = ok<Events>(jobEvents(fixture, 4n, { limit: 2 }));
    const rest = ok<Events>(jobEvents(fixture, 4n, { limit: 100, cursor: first.nextCursor[0] ?? '' }));
    expect([...first.events, ...rest.events]).toEqual(all);
    expect(first.events).toHaveLength(2);
    expect(jobEvents(fixture, 4n, { limit: 0 })).toMatchObject({
      Err: { InvalidRequest: { field: 'limit' } },
    });
  });

  test('that were let go of are counted', () => {
    network.restore(sevenJobs);
    ok(queueVerb(fixture, 'pauseQueue'));
    for (let time = 0; time < 130; time += 1) ok(jobVerb(fixture, 'retryJob', 4n));
    const { version } = fixture.job(4n);
    const { events, compacted } = ok<Events>(jobEvents(fixture, 4n, { limit: 100 }));
    expect(compacted).toBeGreaterThan(0);
    expect(BigInt(compacted + events.length)).toBe(version);
    expect(events[0]?.sequence).toBe(BigInt(compacted + 1));
  });
});
