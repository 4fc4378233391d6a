import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { CallRejectedError, managementCanisterId } from '../../src/localnet/index.ts';
import { thrownBy } from '../support/thrown-by.ts';
import {
  alice,
  bob,
  managerWithoutInspection,
  ManagerFixture,
  tag,
  user,
} from '../support/manager-fixture.ts';

const anonymous = Principal.anonymous();
const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();

beforeEach(() => {
  fixture.network.restore(deployed);
});

const rejectionOf = (call: () => unknown): CallRejectedError => thrownBy(CallRejectedError, call);

function raw(method: string, arg: Uint8Array, sender = alice): Uint8Array {
  return fixture.network.update({ sender, canisterId: fixture.managerId, method, arg });
}

/** Everything a refused request must leave as it was. */
function visibleState(): unknown {
  // What the request itself burned is all that may differ.
  const stats = { ...fixture.stats(), cyclesBalance: undefined };
  return { stats, jobs: fixture.myJobs(alice), canisters: fixture.created().length };
}

describe('an anonymous caller', () => {
  test('is refused before the message costs anything', () => {
    const { errorCode, rejectMessage } = rejectionOf(() => fixture.createGreeter(anonymous));
    expect(errorCode).toBe('IC0406');
    expect(rejectMessage).toContain('rejected the message');
  });

  test('is refused by the method itself, too: canisters and replicas are not bound by the inspection', () => {
    const open = new ManagerFixture({ manager: managerWithoutInspection() });
    expect(open.tryCreateGreeter(anonymous)).toEqual({ Err: { AnonymousCaller: null } });
    expect(open.myJobs(anonymous).jobs).toEqual([]);
    expect(open.retry(1n, alice)).toEqual({ Err: { NotAuthorized: null } });
    expect(open.publish('2.0.0', new Uint8Array(8), undefined, alice)).toEqual({
      Err: { NotAuthorized: null },
    });
    expect(open.activate('1.0.0', alice)).toEqual({ Err: { NotAuthorized: null } });
  });
});

describe('a request', () => {
  test('may have no argument at all', () => {
    const reply = raw('createGreeter', IDL.encode([], []));
    expect(reply.length).toBeGreaterThan(100);
    expect(fixture.myJobs(alice).jobs).toHaveLength(1);
  });

  test.each([
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'k'.repeat(65) }],
    ['idempotencyKey', { idempotencyKey: 'é'.repeat(33) }],
    ['greeting', { greeting: '' }],
    ['greeting', { greeting: 'g'.repeat(65) }],
  ])('with a bad %s gets a typed error and changes nothing: %o', (field, request) => {
    const before = visibleState();
    const result = fixture.tryCreateGreeter(alice, request);
    expect(result).toMatchObject({
      Err: { InvalidRequest: { field, rule: expect.stringContaining('must be 1 to 64 bytes') as string } },
    });
    expect(visibleState()).toEqual(before);
  });

  test('of the longest allowed texts is accepted', () => {
    const request = { idempotencyKey: 'é'.repeat(32), greeting: 'g'.repeat(64) };
    expect(tag(fixture.tryCreateGreeter(alice, request))).toBe('Ok');
  });

  test('that is no Candid gets a reject that says so, and changes nothing', () => {
    const before = visibleState();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { rejectCode, rejectMessage } = rejectionOf(() => raw('createGreeter', bytes));
        expect(rejectCode).toBe(4);
        expect(rejectMessage).toContain('InvalidRequest: argument must be Candid of the documented types');
      }),
      { numRuns: 30 },
    );
    expect(visibleState()).toEqual(before);
  });

  test('that is larger than any request need be is refused before it costs anything', () => {
    const arg = IDL.encode([IDL.Opt(IDL.Text)], [['x'.repeat(5000)]]);
    expect(rejectionOf(() => raw('createGreeter', arg)).errorCode).toBe('IC0406');
  });

  test('is refused while there is no active template', () => {
    const bare = new ManagerFixture({ activate: false });
    expect(bare.tryCreateGreeter(alice)).toEqual({ Err: { NoActiveTemplate: null } });
  });

  test('is refused when the Manager could not pay for the job, naming both figures', () => {
    const poor = new ManagerFixture({ cycles: 2_000_000_000_000n });
    expect(poor.tryCreateGreeter(alice)).toMatchObject({
      Err: { InsufficientCycles: { required: 2_600_000_000_000n } },
    });
    expect(poor.myJobs(alice).jobs).toEqual([]);
  });
});

describe('methods for controllers', () => {
  test.each(['publishTemplate', 'activateTemplate', 'retryJob'])(
    '%s refuses others at the door',
    (method) => {
      expect(rejectionOf(() => raw(method, IDL.encode([], []))).errorCode).toBe('IC0406');
    },
  );

  test('an internal method cannot be called from outside', () => {
    expect(rejectionOf(() => raw('_azle_chunk', IDL.encode([], []))).errorCode).toBe('IC0406');
    expect(rejectionOf(() => raw('durableResponse', IDL.encode([], []))).rejectMessage).toMatch(
      /no update method|rejected/,
    );
  });

  test('getQueueStats answers NotAuthorized to a user', () => {
    const reply = fixture.network.query({
      sender: alice,
      canisterId: fixture.managerId,
      method: 'getQueueStats',
      arg: IDL.encode([], []),
    });
    const NotAuthorized = IDL.Variant({ Err: IDL.Variant({ NotAuthorized: IDL.Null }) });
    expect(IDL.decode([NotAuthorized], reply)).toEqual([{ Err: { NotAuthorized: null } }]);
  });
});

describe('an idempotency key', () => {
  test('gives the same job for ever, also after the job has ended', () => {
    const first = fixture.createGreeter(alice, { idempotencyKey: 'order-7' });
    fixture.settle(first.id);
    const again = fixture.tryCreateGreeter(alice, { idempotencyKey: 'order-7' });
    expect(again).toMatchObject({ Ok: { outcome: { existing: null }, job: { id: first.id } } });
    expect(fixture.created()).toHaveLength(1);
  });

  test('with another payload is a conflict that names the job', () => {
    const { id } = fixture.createGreeter(alice, { idempotencyKey: 'order-7' });
    const conflict = fixture.tryCreateGreeter(alice, { idempotencyKey: 'order-7', greeting: 'Salut' });
    expect(conflict).toEqual({ Err: { KeyConflict: { jobId: id } } });
  });

  test('belongs to its caller: another caller’s equal key is another job', () => {
    const first = fixture.createGreeter(alice, { idempotencyKey: 'k' });
    const second = fixture.createGreeter(bob, { idempotencyKey: 'k' });
    expect(second.id).not.toBe(first.id);
  });

  test('of any kind and any caller maps to one job, and different pairs to different jobs', () => {
    const jobs = new Map<string, bigint>();
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 16, unit: 'grapheme-ascii' }),
        fc.nat({ max: 30 }),
        (key, who) => {
          const { id } = fixture.createGreeter(user(who), { idempotencyKey: key });
          expect(id).toBe(jobs.get(`${who} ${key}`) ?? id);
          jobs.set(`${who} ${key}`, id);
          expect(new Set(jobs.values()).size).toBe(jobs.size);
          fixture.settle(id);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('one caller racing itself', () => {
  test('with the same key gets one job and one Greeter, however many requests are in flight', () => {
    const ids = Array.from({ length: 10 }, () => submit({ idempotencyKey: 'once' }));
    fixture.network.run();
    const jobs = ids.map(jobIdOf);
    expect(new Set(jobs).size).toBe(1);
    fixture.settle(jobs[0] ?? 0n);
    fixture.expectProvisioned(jobs[0] ?? 0n, alice);
    expect(fixture.created()).toHaveLength(1);
  });

  test('with different keys gets no more than the open jobs it may have', () => {
    const ids = Array.from({ length: 10 }, (_, index) => submit({ idempotencyKey: `k${index}` }));
    while (ids.some((id) => !['replied', 'rejected'].includes(fixture.network.ingressStatus(id).status))) {
      fixture.network.step();
    }
    const jobs = fixture.myJobs(alice).jobs;
    expect(jobs).toHaveLength(5);
    fixture.network.run();
    for (const { id } of jobs) fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(5);
    expect(tag(fixture.tryCreateGreeter(alice))).toBe('Ok');
  });

  function submit(request: { idempotencyKey: string }): ReturnType<typeof fixture.network.submitUpdate> {
    return fixture.network.submitUpdate({
      sender: alice,
      canisterId: fixture.managerId,
      method: 'createGreeter',
      arg: fixture.encodeCreateGreeter(request),
    });
  }

  function jobIdOf(id: ReturnType<typeof submit>): bigint {
    const status = fixture.network.ingressStatus(id);
    if (status.status !== 'replied') throw new Error(`not replied: ${status.status}`);
    return fixture.decodeCreateGreeter(status.reply).id;
  }
});

describe('lists', () => {
  test('page through the caller’s jobs and Greeters without gaps or repetitions', () => {
    for (let index = 0; index < 7; index += 1) fixture.settle(fixture.createGreeter(alice).id);
    const pages = [];
    for (let cursor: string | undefined; ;) {
      const page = fixture.myJobs(alice, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      pages.push(page.jobs.map(({ id }) => id));
      [cursor] = page.nextCursor;
      if (cursor === undefined) break;
    }
    expect(pages).toEqual([[1n, 2n, 3n], [4n, 5n, 6n], [7n]]);
    expect(fixture.greeters({ limit: 5 }, alice).greeters).toHaveLength(5);
    expect(fixture.greeters({ limit: 5, cursor: '5' }).greeters).toHaveLength(2);
    expect(fixture.greeters({}, bob).greeters).toEqual([]);
  });

  test('end a page early rather than be too dear, and show every job all the same', () => {
    for (const method of ['create_canister', 'install_chunked_code', 'update_settings']) {
      const message = '€'.repeat(2_000);
      for (let nth = 1; nth < 80; nth += 2) {
        const rejection = { rejectCode: 2, errorCode: 'IC0204', message } as const;
        fixture.network.faults.add(
          { callee: managementCanisterId, method, nth },
          { kind: 'reject', rejection },
        );
      }
    }
    for (let index = 0; index < 40; index += 1) {
      fixture.createGreeter(alice);
      fixture.network.runFor(10_000);
    }
    const { jobs, nextCursor } = fixture.myJobs(alice, { limit: 100 });
    expect(jobs.length).toBeLessThan(40);
    expect(jobs.length).toBeGreaterThan(10);
    const [cursor = ''] = nextCursor;
    expect(cursor).toBe(jobs.length.toString());
    const rest = fixture.myJobs(alice, { limit: 100, cursor }).jobs;
    expect([...jobs, ...rest].map(({ id }) => id)).toEqual(
      Array.from({ length: 40 }, (_, index) => BigInt(index + 1)),
    );
  });

  test('refuse a cursor that is not theirs and a limit out of range with a clear reject', () => {
    expect(rejectionOf(() => fixture.myJobs(alice, { cursor: 'x' })).rejectMessage).toContain(
      'InvalidRequest: cursor',
    );
    expect(rejectionOf(() => fixture.myJobs(alice, { limit: 101 })).rejectMessage).toContain(
      'InvalidRequest: limit',
    );
  });
});
