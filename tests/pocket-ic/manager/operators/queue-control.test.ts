import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { variantName } from '../../../../src/client/index.ts';
import { operator } from '../../../support/manager-modules.ts';
import { ok, type PicManager } from '../../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../../support/pocket-ic-managers.ts';
import { auditRowsAfter, newestAuditRow } from '../support/operators.ts';

const hourMs = 3_600_000;
const createManager = managersOfThisFile();
let manager: PicManager;
let asOperator: ReturnType<PicManager['as']>;

beforeAll(async () => {
  manager = await createManager();
  asOperator = manager.as(operator);
});

afterEach(async () => {
  ok(await asOperator.resumeQueue(manager.request()));
});

function because(reason: string): { requestId: string; reason: string } {
  return { ...manager.request(), reason };
}

describe('a paused queue', () => {
  test('starts nothing, admits nobody, and says why; resumed, it goes on with those who waited', async () => {
    const [alice, bob] = [manager.newUser(), manager.newUser()];
    // So that nothing is begun before the pause; the upgrade below leaves the pause alone.
    ok(await asOperator.prepareUpgrade(manager.request()));
    const { id } = await manager.createGreeter(alice, { idempotencyKey: 'k' });
    expect(ok(await asOperator.pauseQueue(because('subnet trouble')))).toMatchObject({
      paused: [{ reason: 'subnet trouble' }],
      openAttempts: 0,
      ready: true,
    });
    const refused = await manager.tryCreateGreeter(bob);
    expect(refused).toEqual({ Err: { QueuePaused: { reason: 'subnet trouble' } } });
    const again = await manager.tryCreateGreeter(alice, { idempotencyKey: 'k' });
    expect(again).toHaveProperty('Ok.outcome.existing');
    await manager.elapse(hourMs);
    await manager.upgrade();
    await manager.elapse(hourMs);
    expect(variantName((await manager.job(id)).status)).toBe('queued');
    expect(await manager.stats()).toMatchObject({
      paused: [{ reason: 'subnet trouble' }],
      draining: [],
      queued: 1,
      openAttempts: 0,
    });
    const resumed = ok(await asOperator.resumeQueue(manager.request()));
    expect(resumed).toEqual({ paused: [], draining: [], openAttempts: 0, ready: false });
    await manager.settle(id);
    await manager.expectProvisioned(id, alice);
    expect(await manager.stats()).toMatchObject({ paused: [], draining: [] });
  });

  test('is paused anew with another reason, and resuming a queue that runs is nothing to write down', async () => {
    const before = await newestAuditRow(manager);
    ok(await asOperator.pauseQueue(because('first')));
    const second = ok(await asOperator.pauseQueue(because('second')));
    expect(second.paused).toMatchObject([{ reason: 'second' }]);
    ok(await asOperator.resumeQueue(manager.request()));
    ok(await asOperator.resumeQueue(manager.request()));
    const verbs = (await auditRowsAfter(manager, before)).map(({ verb }) => verb);
    expect(verbs).toEqual(['resumeQueue', 'pauseQueue', 'pauseQueue']);
  });
});

describe('an upgrade that was prepared', () => {
  test('starts nothing new, is ready, and goes on by itself after the upgrade', async () => {
    ok(await asOperator.prepareUpgrade(manager.request()));
    const alice = manager.newUser();
    const { id } = await manager.createGreeter(alice);
    const prepared = ok(await asOperator.prepareUpgrade(manager.request()));
    expect(prepared).toMatchObject({ openAttempts: 0, ready: true, paused: [] });
    await manager.elapse(hourMs);
    expect(variantName((await manager.job(id)).status)).toBe('queued');
    await manager.upgradeStopped();
    expect(await manager.stats()).toMatchObject({ draining: [] });
    await manager.settle(id);
    await manager.expectProvisioned(id, alice);
  });

  test('leaves a pause as it was', async () => {
    ok(await asOperator.pauseQueue(because('first')));
    const prepared = ok(await asOperator.prepareUpgrade(manager.request()));
    expect(prepared).toMatchObject({ paused: [{ reason: 'first' }], ready: true });
    await manager.upgradeStopped();
    expect(await manager.stats()).toMatchObject({ paused: [{ reason: 'first' }], draining: [] });
  });

  test('is called off by resuming the queue', async () => {
    ok(await asOperator.prepareUpgrade(manager.request()));
    const alice = manager.newUser();
    const { id } = await manager.createGreeter(alice);
    ok(await asOperator.resumeQueue(manager.request()));
    await manager.settle(id);
    await manager.expectProvisioned(id, alice);
  });
});
