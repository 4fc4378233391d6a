import { beforeEach, describe, expect, test } from 'vitest';
import { alice, bob, ManagerFixture, tag } from '../../support/manager-fixture.ts';
import { auditRows, ok, queueVerb } from './support.ts';
import { bulkVerb, jobVerb, parkedAtInstall } from './support-jobs.ts';
import type { Bulk, Filter } from './support-jobs.ts';

const fixture = new ManagerFixture();
const { network } = fixture;
for (const owner of [alice, bob]) for (let job = 0; job < 4; job += 1) parkedAtInstall(fixture, owner);
const parked = network.checkpoint();

beforeEach(() => {
  network.restore(parked);
});

function statuses(): string[] {
  return [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].map((id) => tag(fixture.job(id).status));
}

function bulk(
  ...[verb, filter, options]: [Parameters<typeof bulkVerb>[1], Filter, Parameters<typeof bulkVerb>[3]?]
) {
  const { results, nextCursor } = ok<Bulk>(bulkVerb(fixture, verb, filter, options));
  return { ids: results.map(({ jobId }) => jobId), results, cursor: nextCursor[0] };
}

describe('a bulk action', () => {
  test('acts on all jobs that its filter lets through and that allow it, each with its own audit row', () => {
    ok(jobVerb(fixture, 'terminateJob', 6n));
    const { ids, results, cursor } = bulk(
      'retryJobs',
      { owner: bob },
      { requestId: 'r', reason: 'memory is back' },
    );
    expect({ ids, cursor }).toEqual({ ids: [8n, 7n, 5n], cursor: undefined });
    expect(results[0]?.result).toMatchObject({ Ok: { status: { waitingRetry: null } } });
    expect(auditRows(fixture).slice(0, 3)).toMatchObject([
      { verb: 'retryJob', target: 'job 5', requestId: 'r/5', reason: 'memory is back' },
      { verb: 'retryJob', target: 'job 7', requestId: 'r/7' },
      { verb: 'retryJob', target: 'job 8', requestId: 'r/8' },
    ]);
    network.runFor(3_600_000);
    const [p, c] = ['parked', 'completed'];
    expect(statuses()).toEqual([p, p, p, p, c, 'terminated', c, c]);
    for (const id of ids) fixture.expectProvisioned(id, bob);
  });

  test('goes on where its limit ended it, and repeated under its request id does nothing twice', () => {
    const filter = { status: 'parked' };
    const first = bulk('cancelJobs', filter, { limit: 3, requestId: 'r' });
    expect(first.ids).toEqual([8n, 7n, 6n]);
    const second = bulk('cancelJobs', filter, { limit: 100, requestId: 'r', cursor: first.cursor ?? '' });
    expect(second).toMatchObject({ ids: [5n, 4n, 3n, 2n, 1n], cursor: undefined });
    network.runFor(3_600_000);
    expect(new Set(statuses())).toEqual(new Set(['compensated']));
    expect(auditRows(fixture)).toHaveLength(8);

    network.restore(parked);
    ok(queueVerb(fixture, 'pauseQueue'));
    bulk('retryJobs', { owner: alice }, { requestId: 's' });
    const versions = fixture.myJobs(alice).jobs.map(({ version }) => version);
    expect(bulk('retryJobs', { owner: alice }, { requestId: 's' }).ids).toHaveLength(4);
    expect(fixture.myJobs(alice).jobs.map(({ version }) => version)).toEqual(versions);
    expect(auditRows(fixture)).toHaveLength(1 + 4);
    const { results } = bulk('terminateJobs', { owner: alice }, { requestId: 's' });
    expect(results.map(({ result }) => Object.keys(result.Err as object))).toEqual(
      Array.from({ length: 4 }, () => ['InvalidRequest']),
    );
  });

  test('retries at the rate asked for: job by job, not all at once', () => {
    const startNanos = network.timeNanos;
    bulk('retryJobs', { status: 'parked' }, { ratePerMinute: 2 });
    const due = [8n, 7n, 6n, 5n].map(
      (id) => Number((fixture.job(id).nextAttemptAt[0] ?? 0n) - startNanos) / 1e9,
    );
    expect(due.map(Math.round)).toEqual([0, 30, 60, 90]);
    network.runFor(50_000);
    expect(statuses().filter((status) => status === 'completed')).toHaveLength(2);
    network.runFor(3_600_000);
    expect(statuses().filter((status) => status === 'completed')).toHaveLength(8);
  });

  test('terminates what it is told to', () => {
    expect(bulk('terminateJobs', { parkReason: 'terminalError', owner: alice }).ids).toHaveLength(4);
    expect(statuses().slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'terminated'));
  });

  test.each([
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
  ])('with a wrong %s is refused and changes nothing: %j %j', (field, filter, options) => {
    expect(bulkVerb(fixture, 'retryJobs', filter, options)).toMatchObject({
      Err: { InvalidRequest: { field } },
    });
    expect(new Set(statuses())).toEqual(new Set(['parked']));
    expect(auditRows(fixture)).toEqual([]);
  });

  test('other than a retry cannot be spread', () => {
    for (const verb of ['cancelJobs', 'terminateJobs'] as const) {
      expect(bulkVerb(fixture, verb, { status: 'parked' }, { ratePerMinute: 5 })).toMatchObject({
        Err: { InvalidRequest: { field: 'ratePerMinute' } },
      });
    }
  });
});
