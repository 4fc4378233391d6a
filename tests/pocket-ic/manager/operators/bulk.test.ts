import type { Principal } from '@dfinity/principal';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BulkRequest, BulkResult } from '../../../../src/client/generated/manager.ts';
import { variantName } from '../../../../src/client/index.ts';
import { operator } from '../../../support/manager-modules.ts';
import { ok, optional, type PicManager } from '../../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../../support/pocket-ic-managers.ts';
import { auditRowsAfter, type Filter, jobFilter, newestAuditRow, parkedJobs } from '../support/operators.ts';

type Verb = 'retryJobs' | 'cancelJobs' | 'terminateJobs';
interface Options {
  readonly cursor?: string | undefined;
  readonly limit?: number;
  readonly ratePerMinute?: number;
  readonly requestId?: string;
  readonly reason?: string;
}

const hourMs = 3_600_000;
const createManager = managersOfThisFile();
let manager: PicManager;

beforeAll(async () => {
  manager = await createManager();
});

async function bulkVerb(verb: Verb, filter: Filter, options: Options = {}): Promise<BulkResult> {
  const { cursor, limit, ratePerMinute, ...named } = options;
  const request: BulkRequest = {
    ...manager.request(),
    ...named,
    filter: jobFilter(filter),
    cursor: optional(cursor),
    limit: optional(limit),
    ratePerMinute: optional(ratePerMinute),
  };
  return manager.as(operator)[verb](request);
}

async function bulk(verb: Verb, filter: Filter, options?: Options) {
  const { results, nextCursor } = ok(await bulkVerb(verb, filter, options));
  return { ids: results.map(({ jobId }) => jobId), results, cursor: nextCursor[0] };
}

async function statuses(ids: readonly bigint[]): Promise<string[]> {
  const names: string[] = [];
  for (const id of ids) names.push(variantName((await manager.job(id)).status));
  return names;
}

describe('a bulk action', () => {
  let tests = 0;
  /** Of the bad template of this test, by which its jobs are told from those of the others. */
  let templateVersion: string;
  let alice: Principal;
  let bob: Principal;
  let alices: bigint[];
  let bobs: bigint[];
  let before: bigint;

  beforeEach(async () => {
    tests += 1;
    templateVersion = `bad ${tests}`;
    [alice, bob] = [manager.newUser(), manager.newUser()];
    const jobs = await parkedJobs(manager, [alice, alice, alice, bob, bob, bob], templateVersion);
    [alices, bobs] = [jobs.slice(0, 3), jobs.slice(3)];
    before = await newestAuditRow(manager);
  });

  test('acts on all jobs that its filter lets through and that allow it, each with its own audit row', async () => {
    const [first = 0n, second = 0n, third = 0n] = bobs;
    ok(await manager.as(operator).terminateJob(manager.jobRequest(second)));
    const named = { ...manager.request(), reason: 'the template is good now' };
    const { ids, results, cursor } = await bulk('retryJobs', { owner: bob }, named);
    expect({ ids, cursor }).toEqual({ ids: [third, first], cursor: undefined });
    expect(results[0]?.result).toMatchObject({ Ok: { status: { waitingRetry: null } } });
    const { requestId } = named;
    expect((await auditRowsAfter(manager, before)).slice(0, 2)).toMatchObject([
      { verb: 'retryJob', target: `job ${first}`, requestId: `${requestId}/${first}`, reason: named.reason },
      { verb: 'retryJob', target: `job ${third}`, requestId: `${requestId}/${third}` },
    ]);
    for (const id of ids) {
      await manager.settle(id);
      await manager.expectProvisioned(id, bob);
    }
    expect(await statuses([...alices, second])).toEqual(['parked', 'parked', 'parked', 'terminated']);
  });

  test('goes on where its limit ended it, and repeated under its request id does nothing twice', async () => {
    const filter = { status: 'parked', templateVersion };
    const { requestId } = manager.request();
    const newestFirst = [...alices, ...bobs].toReversed();
    const first = await bulk('cancelJobs', filter, { limit: 2, requestId });
    expect(first.ids).toEqual(newestFirst.slice(0, 2));
    const second = await bulk('cancelJobs', filter, { limit: 100, requestId, cursor: first.cursor });
    expect(second).toMatchObject({ ids: newestFirst.slice(2), cursor: undefined });
    for (const id of newestFirst) expect((await manager.settle(id)).status).toEqual({ compensated: null });
    expect(await auditRowsAfter(manager, before)).toHaveLength(6);
  });

  test('repeated under its request id does nothing twice, and under that of another request it is refused', async () => {
    ok(await manager.as(operator).pauseQueue(manager.request()));
    const { requestId } = manager.request();
    const versions = async (): Promise<bigint[]> =>
      (await manager.as(alice).listMyJobs([])).jobs.map(({ version }) => version);
    await bulk('retryJobs', { owner: alice }, { requestId });
    const retried = await versions();
    expect((await bulk('retryJobs', { owner: alice }, { requestId })).ids).toHaveLength(3);
    expect(await versions()).toEqual(retried);
    expect(await auditRowsAfter(manager, before)).toHaveLength(1 + 3);
    const { results } = await bulk('terminateJobs', { owner: alice }, { requestId });
    expect(results.map(({ result }) => Object.keys('Err' in result ? result.Err : result))).toEqual(
      Array.from({ length: 3 }, () => ['InvalidRequest']),
    );
    ok(await manager.as(operator).resumeQueue(manager.request()));
  });

  test('retries at the rate asked for: job by job, not all at once', async () => {
    // Nothing is begun before the times are read.
    ok(await manager.as(operator).pauseQueue(manager.request()));
    const { ids } = await bulk('retryJobs', { status: 'parked', templateVersion }, { ratePerMinute: 2 });
    expect(ids).toEqual([...alices, ...bobs].toReversed());
    const due: bigint[] = [];
    for (const id of ids) due.push((await manager.job(id)).nextAttemptAt[0] ?? 0n);
    const waits = due.map((atNanos) => Math.round(Number(atNanos - (due[0] ?? 0n)) / 1e9));
    expect(waits).toEqual([0, 30, 60, 90, 120, 150]);
    ok(await manager.as(operator).resumeQueue(manager.request()));
    const [first = 0n, , third = 0n] = ids;
    await manager.settle(first);
    await manager.expectProvisioned(first, [...alices].includes(first) ? alice : bob);
    expect(variantName((await manager.job(third)).status)).toBe('waitingRetry');
    await manager.elapse(hourMs);
    expect(new Set(await statuses(ids))).toEqual(new Set(['completed']));
  });

  test('terminates what it is told to', async () => {
    const { ids } = await bulk('terminateJobs', { parkReason: 'templateRejected', owner: alice });
    expect(ids).toHaveLength(3);
    expect(await statuses(alices)).toEqual(['terminated', 'terminated', 'terminated']);
    expect(await statuses(bobs)).toEqual(['parked', 'parked', 'parked']);
  });
});

describe('a bulk action that makes no sense', () => {
  let jobs: bigint[];
  let before: bigint;

  beforeAll(async () => {
    jobs = await parkedJobs(manager, [manager.newUser()]);
    before = await newestAuditRow(manager);
  });

  test.each<[string, Filter, Options]>([
    ['filter', {}, {}],
    ['filter.status', { status: 'broken' }, {}],
    ['filter.step', { step: 'destroy' }, {}],
    ['filter.parkReason', { parkReason: 'bored' }, {}],
    ['filter.templateVersion', { templateVersion: 'v'.repeat(33) }, {}],
    ['limit', { status: 'parked' }, { limit: 101 }],
    ['cursor', { status: 'parked' }, { cursor: 'x' }],
    ['ratePerMinute', { status: 'parked' }, { ratePerMinute: 0 }],
    ['ratePerMinute', { status: 'parked' }, { ratePerMinute: 6001 }],
    ['requestId', { status: 'parked' }, { requestId: '' }],
    ['reason', { status: 'parked' }, { reason: 'x'.repeat(257) }],
  ])('because of a wrong %s is refused and changes nothing: %j %j', async (field, filter, options) => {
    expect(await bulkVerb('retryJobs', filter, options)).toMatchObject({
      Err: { InvalidRequest: { field } },
    });
    expect(await statuses(jobs)).toEqual(['parked']);
    expect(await auditRowsAfter(manager, before)).toEqual([]);
  });

  test('because it is no retry cannot be spread', async () => {
    for (const verb of ['cancelJobs', 'terminateJobs'] as const) {
      expect(await bulkVerb(verb, { status: 'parked' }, { ratePerMinute: 5 })).toMatchObject({
        Err: { InvalidRequest: { field: 'ratePerMinute' } },
      });
    }
  });
});
