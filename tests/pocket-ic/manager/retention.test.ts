import type { Principal } from '@dfinity/principal';
import { beforeAll, expect, test } from 'vitest';
import { ok, type PicManager } from '../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../support/pocket-ic-managers.ts';

const hourMs = 3_600_000;
const jobs = 4;
const createManager = managersOfThisFile();
let manager: PicManager;
/** Each has one job, under the key `k`. */
let owners: Principal[];
let ids: bigint[];

beforeAll(async () => {
  manager = await createManager();
  owners = Array.from({ length: jobs }, () => manager.newUser());
  ids = [];
  for (const owner of owners) {
    const { id } = await manager.createGreeter(owner, { idempotencyKey: 'k' });
    await manager.settle(id);
    ids.push(id);
  }
});

async function events(index: number): Promise<{ events: object[]; compacted: number }> {
  const owner = owners[index] ?? manager.newUser();
  return ok(await manager.as(owner).getJobEvents(ids[index] ?? 0n, []));
}

test('the journal of an ended job is whole for as long as the configuration says, and is let go of afterwards', async () => {
  const [id = 0n] = ids;
  const [job, before] = [await manager.job(id), await events(0)];
  expect(before.compacted).toBe(0);
  expect(before.events.length).toBeGreaterThan(6);
  ok(await manager.configure({ journalRetentionMs: BigInt(6 * hourMs) }));
  await manager.elapse(5 * hourMs);
  expect(await events(0)).toEqual(before);
  await manager.elapse(hourMs + 600_000);
  expect(await events(0)).toMatchObject({ events: [], compacted: before.events.length });
  expect(await manager.job(id)).toEqual(job);
});

test('the journal of an ended job takes nothing with it that was promised for ever', async () => {
  ok(await manager.configure({ journalRetentionMs: 0n }));
  await manager.elapse(600_000);
  for (const [index, owner] of owners.entries()) {
    const id = ids[index] ?? 0n;
    expect((await events(index)).events).toEqual([]);
    expect(await manager.tryCreateGreeter(owner, { idempotencyKey: 'k' })).toMatchObject({
      Ok: { outcome: { existing: null }, job: { id, status: { completed: null } } },
    });
    await manager.expectProvisioned(id, owner);
  }
  await manager.upgrade();
  await manager.elapse(600_000);
  const [owner = manager.newUser()] = owners;
  expect(await manager.tryCreateGreeter(owner, { idempotencyKey: 'k', greeting: 'Salut' })).toEqual({
    Err: { KeyConflict: { jobId: ids[0] } },
  });
  expect(await manager.stats()).toMatchObject({ completed: jobs, greeters: jobs, defects: 0 });
});
