import type { Principal } from '@dfinity/principal';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ActionResult } from '../../../../src/client/generated/manager.ts';
import { operator } from '../../../support/manager-modules.ts';
import { ok, type PicManager } from '../../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../../support/pocket-ic-managers.ts';
import { auditRowsAfter, newestAuditRow, parkedJobs, setRole } from '../support/operators.ts';

type Verb = 'retryJob' | 'cancelJob' | 'terminateJob';

const createManager = managersOfThisFile();
let manager: PicManager;
let viewer: Principal;
let alice: Principal;
let bob: Principal;
let before: bigint;

beforeAll(async () => {
  manager = await createManager();
  viewer = manager.newUser();
  ok(await setRole(manager, viewer, 'viewer'));
});

beforeEach(() => {
  [alice, bob] = [manager.newUser(), manager.newUser()];
});

async function parkedJobOf(owner: Principal): Promise<bigint> {
  const [id = 0n] = await parkedJobs(manager, [owner]);
  before = await newestAuditRow(manager);
  return id;
}

async function jobVerb(
  verb: Verb,
  jobId: bigint,
  { sender = operator, ...named }: { sender?: Principal; requestId?: string; reason?: string } = {},
): Promise<ActionResult> {
  return manager.as(sender)[verb]({ ...manager.jobRequest(jobId), ...named });
}

/** What was done to jobs since `before`, newest first. */
async function verbsDone(): Promise<string[]> {
  const rows = (await auditRowsAfter(manager, before)).filter(({ target }) => target.startsWith('job'));
  return rows.map(({ verb, target, outcome }) => `${verb} ${target}: ${outcome.split(' ')[0] ?? ''}`);
}

describe('cancelling', () => {
  test('is for the owner and for operators; a viewer may not, and for strangers the job does not exist', async () => {
    // So that it is in time.
    ok(await manager.as(operator).prepareUpgrade(manager.request()));
    const { id } = await manager.createGreeter(alice);
    expect(await jobVerb('cancelJob', id, { sender: bob })).toEqual({ Err: { NotFound: null } });
    expect(await jobVerb('cancelJob', 9_999n, { sender: bob })).toEqual({ Err: { NotFound: null } });
    const elsewhere = (await manager.createGreeter(bob)).id;
    const notAuthorized = { Err: { NotAuthorized: null } };
    expect(await jobVerb('cancelJob', id, { sender: viewer })).toEqual(notAuthorized);
    expect(await jobVerb('cancelJob', id, { sender: alice })).toHaveProperty('Ok');
    expect(await jobVerb('cancelJob', elsewhere)).toHaveProperty('Ok');
    ok(await manager.as(operator).resumeQueue(manager.request()));
    for (const job of [id, elsewhere])
      expect((await manager.settle(job)).status).toEqual({ compensated: null });
  });
});

describe('what somebody may do now', () => {
  test('is shown with the job: to its owner, to operators, to viewers', async () => {
    const id = await parkedJobOf(alice);
    const shown = async (sender?: Principal): Promise<string[] | undefined> =>
      (await manager.job(id, sender)).actions[0]?.toSorted();
    expect(await shown()).toEqual(['cancelJob', 'retryJob', 'terminateJob']);
    expect(await shown(alice)).toEqual(['cancelJob']);
    expect(await shown(viewer)).toEqual([]);
    expect((await manager.as(alice).listMyJobs([])).jobs[0]?.actions).toEqual([['cancelJob']]);
  });
});

describe('an action on a job', () => {
  test('repeated with its request id is answered with the job as it stands, and nothing is done twice', async () => {
    const id = await parkedJobOf(alice);
    const { requestId } = manager.request();
    // So that nothing but the request itself can change the job.
    ok(await manager.as(operator).pauseQueue(manager.request()));
    const retried = ok(await jobVerb('retryJob', id, { requestId }));
    expect(ok(await jobVerb('retryJob', id, { requestId })).version).toBe(retried.version);
    ok(await manager.as(operator).resumeQueue(manager.request()));
    await manager.settle(id);
    await manager.expectProvisioned(id, alice);
    const again = ok(await jobVerb('retryJob', id, { requestId }));
    expect(again.status).toEqual({ completed: null });
    expect(await verbsDone()).toEqual([`retryJob job ${id}: waitingRetry`]);
  });

  test('with the request id of another action is refused, and changes nothing', async () => {
    const [first, second] = [await parkedJobOf(alice), await parkedJobOf(bob)];
    const { requestId } = manager.request();
    ok(await jobVerb('retryJob', first, { requestId }));
    const conflict = { Err: { InvalidRequest: { field: 'requestId' } } };
    expect(await jobVerb('retryJob', second, { requestId })).toMatchObject(conflict);
    expect(await jobVerb('terminateJob', first, { requestId })).toMatchObject(conflict);
    expect((await manager.job(second)).status).toEqual({ parked: null });
    expect(await verbsDone()).toHaveLength(1);
  });

  test('that is refused leaves no trace', async () => {
    const id = await parkedJobOf(alice);
    const { version } = await manager.job(id);
    const outdated = { ...manager.jobRequest(id), expectedVersion: [version + 1n] as [bigint] };
    expect(await manager.as(operator).retryJob(outdated)).toEqual({ Err: { VersionConflict: { version } } });
    const finding = { finding: { notApplied: null }, evidence: 'seen' };
    expect(await manager.as(operator).resolveStep({ ...manager.jobRequest(id), ...finding })).toMatchObject({
      Err: { NotAllowedNow: { status: { parked: null } } },
    });
    for (const field of ['requestId', 'reason']) {
      for (const text of ['', 'é'.repeat(129)]) {
        expect(await jobVerb('terminateJob', id, { [field]: text })).toMatchObject({
          Err: { InvalidRequest: { field } },
        });
      }
    }
    expect(await jobVerb('retryJob', 9_999n)).toEqual({ Err: { NotFound: null } });
    expect((await manager.job(id)).version).toBe(version);
    expect(await verbsDone()).toEqual([]);
  });

  test('as the operator saw it goes through once; a second look is needed for a second time', async () => {
    const id = await parkedJobOf(alice);
    const { version } = await manager.job(id);
    const asSeen = () => ({ ...manager.jobRequest(id), expectedVersion: [version] as [bigint] });
    expect(await manager.as(operator).retryJob(asSeen())).toHaveProperty('Ok');
    expect(await manager.as(operator).retryJob(asSeen())).toHaveProperty('Err.VersionConflict');
    await manager.settle(id);
    await manager.expectProvisioned(id, alice);
  });
});

describe('terminating', () => {
  test('ends a parked job as it stands, for good, and frees its owner’s place', async () => {
    const [id = 0n] = await parkedJobs(
      manager,
      Array.from({ length: 5 }, () => alice),
    );
    before = await newestAuditRow(manager);
    expect(await manager.tryCreateGreeter(alice)).toHaveProperty('Err.TooManyOpenJobs');
    expect(ok(await jobVerb('terminateJob', id)).status).toEqual({ terminated: null });
    expect(await manager.tryCreateGreeter(alice)).toHaveProperty('Ok');
    for (const verb of ['retryJob', 'cancelJob', 'terminateJob'] as const) {
      expect(await jobVerb(verb, id)).toEqual({
        Err: { NotAllowedNow: { status: { terminated: null }, allowed: [] } },
      });
    }
    expect(await verbsDone()).toEqual([`terminateJob job ${id}: terminated`]);
  });
});
