import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { idlFactory, type _SERVICE as Manager } from '../../../src/client/generated/manager.ts';
import { managerWithoutInspection } from '../../support/manager-modules.ts';
import { optional, type PicManager } from '../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../support/pocket-ic-managers.ts';
import { interfaceToPic, toPic } from '../../support/pocket-ic-types.ts';

const anonymous = Principal.anonymous();
const refusedAtTheDoor = /Error code: CanisterRejectedMessage\. Certified: false/;
const createManager = managersOfThisFile();
let manager: PicManager;

beforeAll(async () => {
  manager = await createManager();
});

async function raw(method: string, arg: Uint8Array, sender = manager.newUser()): Promise<Uint8Array> {
  return manager.pic.updateCall({ canisterId: toPic(manager.managerId), method, arg, sender: toPic(sender) });
}

/** Everything a refused request must leave as it was. */
async function visibleState(caller: Principal): Promise<unknown> {
  // What the request itself burned is all that may differ.
  const stats = { ...(await manager.stats()), cyclesBalance: undefined };
  return { stats, jobs: (await manager.as(caller).listMyJobs([])).jobs };
}

describe('an anonymous caller', () => {
  test('is refused before the message costs anything', async () => {
    const before = await manager.cycles();
    await expect(manager.createGreeter(anonymous)).rejects.toThrow(refusedAtTheDoor);
    expect(await manager.cycles()).toBe(before);
  });

  test('is refused by the method itself, too: canisters and replicas are not bound by the inspection', async () => {
    const open = await createManager({ manager: managerWithoutInspection() });
    const alice = open.newUser();
    const notAuthorized = { Err: { NotAuthorized: null } };
    expect(await open.tryCreateGreeter(anonymous)).toEqual({ Err: { AnonymousCaller: null } });
    expect((await open.as(anonymous).listMyJobs([])).jobs).toEqual([]);
    expect(await open.as(alice).retryJob(open.jobRequest(1n))).toEqual(notAuthorized);
    expect(await open.publish('2.0.0', new Uint8Array(8), { sender: alice })).toEqual(notAuthorized);
    expect(await open.as(alice).activateTemplate('1.0.0')).toEqual(notAuthorized);
  });
});

describe('a request', () => {
  test('may have no argument at all', async () => {
    const alice = manager.newUser();
    const reply = await raw('createGreeter', IDL.encode([], []), alice);
    expect(reply.length).toBeGreaterThan(100);
    expect((await manager.as(alice).listMyJobs([])).jobs).toHaveLength(1);
  });

  test.each([
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'k'.repeat(65) }],
    ['idempotencyKey', { idempotencyKey: 'é'.repeat(33) }],
    ['greeting', { greeting: '' }],
    ['greeting', { greeting: 'g'.repeat(65) }],
  ])('with a bad %s gets a typed error and changes nothing: %o', async (field, request) => {
    await manager.rest();
    const alice = manager.newUser();
    const before = await visibleState(alice);
    expect(await manager.tryCreateGreeter(alice, request)).toMatchObject({
      Err: { InvalidRequest: { field, rule: expect.stringContaining('must be 1 to 64 bytes') as string } },
    });
    expect(await visibleState(alice)).toEqual(before);
  });

  test('of the longest allowed texts is accepted', async () => {
    const request = { idempotencyKey: 'é'.repeat(32), greeting: 'g'.repeat(64) };
    expect(await manager.tryCreateGreeter(manager.newUser(), request)).toHaveProperty('Ok');
  });

  test('that is no Candid gets a reject that says so, and changes nothing', async () => {
    const alice = manager.newUser();
    await manager.rest();
    const before = await visibleState(alice);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await expect(raw('createGreeter', bytes, alice)).rejects.toThrow(
          /InvalidRequest: argument must be Candid of the documented types.*Reject code: CanisterReject/s,
        );
      }),
      { numRuns: 30 },
    );
    expect(await visibleState(alice)).toEqual(before);
  });

  test('that is larger than any request need be is refused before it costs anything', async () => {
    const arg = IDL.encode([IDL.Opt(IDL.Text)], [['x'.repeat(5000)]]);
    await expect(raw('createGreeter', arg)).rejects.toThrow(refusedAtTheDoor);
  });

  test('is refused while there is no active template', async () => {
    const bare = await createManager({ activate: false });
    expect(await bare.tryCreateGreeter(bare.newUser())).toEqual({ Err: { NoActiveTemplate: null } });
  });

  test('is refused when the Manager could not pay for the job, naming both figures', async () => {
    const poor = await createManager({ cycles: 2_000_000_000_000n });
    const alice = poor.newUser();
    const refusal = await poor.tryCreateGreeter(alice);
    expect(refusal).toMatchObject({ Err: { InsufficientCycles: { required: 2_600_000_000_000n } } });
    expect((await poor.as(alice).listMyJobs([])).jobs).toEqual([]);
  });
});

describe('methods for controllers', () => {
  test.each(['publishTemplate', 'activateTemplate', 'retryJob'])(
    '%s refuses others at the door',
    async (method) => {
      await expect(raw(method, IDL.encode([], []))).rejects.toThrow(refusedAtTheDoor);
    },
  );

  test('an internal method cannot be called from outside', async () => {
    await expect(raw('_azle_chunk', IDL.encode([], []))).rejects.toThrow(refusedAtTheDoor);
    await expect(raw('durableResponse', IDL.encode([], []))).rejects.toThrow(/no update method|rejected/);
  });

  test('getQueueStats answers NotAuthorized to a user', async () => {
    const stats = await manager.as(manager.newUser()).getQueueStats();
    expect(stats).toEqual({ Err: { NotAuthorized: null } });
  });
});

describe('an idempotency key', () => {
  const key = { idempotencyKey: 'order-7' };

  test('gives the same job for ever, also after the job has ended', async () => {
    const alice = manager.newUser();
    const { id } = await manager.createGreeter(alice, key);
    expect((await manager.createGreeter(alice, key)).id).toBe(id);
    await manager.settle(id);
    expect(await manager.tryCreateGreeter(alice, key)).toMatchObject({
      Ok: { outcome: { existing: null }, job: { id, status: { completed: null } } },
    });
    expect((await manager.as(alice).listMyGreeters([])).greeters).toHaveLength(1);
  });

  test('with another payload is a conflict that names the job', async () => {
    const alice = manager.newUser();
    const { id } = await manager.createGreeter(alice, key);
    const conflict = await manager.tryCreateGreeter(alice, { ...key, greeting: 'Salut' });
    expect(conflict).toEqual({ Err: { KeyConflict: { jobId: id } } });
  });

  test('belongs to its caller: another caller’s equal key is another job', async () => {
    const first = await manager.createGreeter(manager.newUser(), key);
    const second = await manager.createGreeter(manager.newUser(), key);
    expect(second.id).not.toBe(first.id);
  });

  test('of any kind and any caller maps to one job, and different pairs to different jobs', async () => {
    const jobs = new Map<string, bigint>();
    const callers = Array.from({ length: 31 }, () => manager.newUser());
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 16, unit: 'grapheme-ascii' }),
        fc.constantFrom(...callers),
        async (idempotencyKey, caller) => {
          const { id } = await manager.createGreeter(caller, { idempotencyKey });
          expect(id).toBe(jobs.get(`${caller.toText()} ${idempotencyKey}`) ?? id);
          jobs.set(`${caller.toText()} ${idempotencyKey}`, id);
          expect(new Set(jobs.values()).size).toBe(jobs.size);
          await manager.settle(id);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('one caller racing itself', () => {
  /** Sends a request under each of these keys before the first of them is executed, and waits for all the answers. */
  async function race(keys: readonly string[]): Promise<{ caller: Principal; ids: bigint[] }> {
    const caller = manager.newUser();
    const deferred = manager.pic.createDeferredActor<Manager>(
      interfaceToPic(idlFactory),
      toPic(manager.managerId),
    );
    deferred.setPrincipal(toPic(caller));
    const answers: (() => Promise<ReturnType<Manager['createGreeter']>>)[] = [];
    for (const key of keys) {
      answers.push(
        await deferred.createGreeter([{ idempotencyKey: [key], greeting: [], invitationCode: [] }]),
      );
    }
    const results = [];
    for (const answer of answers) results.push(await answer());
    return { caller, ids: results.flatMap((result) => ('Ok' in result ? [result.Ok.job.id] : [])) };
  }

  test('with the same key gets one job and one Greeter, however many requests are in flight', async () => {
    const { caller, ids } = await race(Array.from({ length: 10 }, () => 'once'));
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(1);
    const [id = 0n] = ids;
    await manager.settle(id);
    await manager.expectProvisioned(id, caller);
    expect((await manager.as(caller).listMyGreeters([])).greeters).toHaveLength(1);
  });

  test('with different keys gets no more than the open jobs it may have', async () => {
    const { caller, ids } = await race(Array.from({ length: 10 }, (_, index) => `k${index}`));
    expect(ids).toHaveLength(5);
    expect((await manager.as(caller).listMyJobs([])).jobs.map(({ id }) => id)).toEqual(ids.toSorted());
    for (const id of ids) {
      await manager.settle(id);
      await manager.expectProvisioned(id, caller);
    }
    expect((await manager.as(caller).listMyGreeters([])).greeters).toHaveLength(5);
    expect(await manager.tryCreateGreeter(caller)).toHaveProperty('Ok');
  });
});

describe('lists', () => {
  test('page through the caller’s jobs and Greeters without gaps or repetitions', async () => {
    const alice = manager.newUser();
    const ids: bigint[] = [];
    for (let index = 0; index < 7; index += 1) {
      const { id } = await manager.createGreeter(alice);
      await manager.settle(id);
      ids.push(id);
    }
    const pages: bigint[][] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await manager.as(alice).listMyJobs([{ cursor: optional(cursor), limit: [3] }]);
      pages.push(page.jobs.map(({ id }) => id));
      [cursor] = page.nextCursor;
    }
    expect(pages).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    const first = await manager.as(alice).listMyGreeters([{ cursor: [], limit: [5] }]);
    const rest = await manager.as(alice).listMyGreeters([{ cursor: first.nextCursor, limit: [5] }]);
    expect([...first.greeters, ...rest.greeters].map(({ jobId }) => jobId)).toEqual(ids);
    expect((await manager.as(manager.newUser()).listMyGreeters([])).greeters).toEqual([]);
    // That of all Greeters goes on in the middle, too.
    const all = (await manager.as(alice).listGreeters([{ cursor: [], limit: [100] }])).greeters;
    const tail = await manager.as(alice).listGreeters([{ cursor: ['5'], limit: [100] }]);
    expect(tail.greeters).toEqual(all.slice(5));
  });

  test('refuse a cursor that is not theirs and a limit out of range with a clear reject', async () => {
    const alice = manager.as(manager.newUser());
    await expect(alice.listMyJobs([{ cursor: ['x'], limit: [] }])).rejects.toThrow('InvalidRequest: cursor');
    await expect(alice.listMyJobs([{ cursor: [], limit: [101] }])).rejects.toThrow('InvalidRequest: limit');
  });
});
