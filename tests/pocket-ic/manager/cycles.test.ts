import type { Principal } from '@dfinity/principal';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { variantName } from '../../../src/client/index.ts';
import { operator } from '../../support/manager-modules.ts';
import { ok, type PicManager } from '../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../support/pocket-ic-managers.ts';
import { toPic } from '../../support/pocket-ic-types.ts';
import { parkedJobs } from './support/operators.ts';

const trillion = 1_000_000_000_000n;
const hourMs = 3_600_000;
/** The freezing threshold of a new canister, in seconds. */
const usualThreshold = 2_592_000n;
const createManager = managersOfThisFile();
let manager: PicManager;
let alice: Principal;
let bob: Principal;

beforeAll(async () => {
  manager = await createManager({ cycles: 100n * trillion });
});

beforeEach(() => {
  [alice, bob] = [manager.newUser(), manager.newUser()];
});

async function setFreezingThreshold(seconds: bigint): Promise<void> {
  const canisterId = toPic(manager.managerId);
  const sender = toPic(operator);
  await manager.pic.updateCanisterSettings({ canisterId, sender, freezingThreshold: seconds });
}

/** Moves the freezing limit, so that so many cycles remain above it. */
async function leaveAvailable(cycles: bigint): Promise<void> {
  const status = { canisterId: toPic(manager.managerId), sender: toPic(operator) };
  const { idleCyclesBurnedPerDay, cycles: balance } = await manager.pic.canisterStatus(status);
  await setFreezingThreshold(((balance - cycles) * 86_400n) / idleCyclesBurnedPerDay);
}

describe('a Manager short of cycles', () => {
  test('to create canisters still finishes the jobs that have theirs, and the others go on when it has enough', async () => {
    const first = await manager.createGreeter(alice);
    await manager.untilCreated(first.id);
    ok(await manager.as(operator).prepareUpgrade(manager.request()));
    const second = await manager.createGreeter(bob);
    await leaveAvailable(trillion);
    ok(await manager.as(operator).resumeQueue(manager.request()));
    await manager.settle(first.id);
    await manager.expectProvisioned(first.id, alice);
    await manager.elapse(hourMs);
    const waiting = await manager.job(second.id);
    expect(variantName(waiting.status)).toBe('waitingRetry');
    expect(waiting.steps[0]?.attempt).toBe(0);
    await setFreezingThreshold(usualThreshold);
    await manager.elapse(600_000);
    await manager.expectProvisioned(second.id, bob);
  });

  test('burns little while it waits, however many jobs wait with it', async () => {
    await manager.rest();
    await leaveAvailable((14n * trillion) / 10n);
    const owners = Array.from({ length: 6 }, () => manager.newUser());
    for (const owner of owners) for (let job = 0; job < 5; job += 1) await manager.createGreeter(owner);
    await manager.tickUntil(async () => (await manager.stats()).waitingRetry === 30);
    const before = await manager.cycles();
    await manager.elapse(hourMs);
    expect(await manager.stats()).toMatchObject({ waitingRetry: 30 });
    expect(before - (await manager.cycles())).toBeLessThan(trillion / 20n);
    await setFreezingThreshold(usualThreshold);
    await manager.elapse(600_000);
    await manager.rest();
    expect(await manager.stats()).toMatchObject({ waitingRetry: 0, parked: 0 });
  });
});

test('a Manager whose reserve would be touched sends no creation, and goes on when it is topped up', async () => {
  await manager.rest();
  ok(await manager.as(operator).prepareUpgrade(manager.request()));
  const { id } = await manager.createGreeter(alice);
  const { managerReserveCycles } = ok(await manager.as(operator).getConfig());
  const balance = await manager.cycles();
  ok(await manager.configure({ managerReserveCycles: balance - trillion }));
  ok(await manager.as(operator).resumeQueue(manager.request()));
  await manager.elapse(2 * hourMs);
  const waiting = await manager.job(id);
  expect(variantName(waiting.status)).toBe('waitingRetry');
  expect(waiting.steps[0]?.attempt).toBe(0);
  expect(waiting.lastError[0]).toMatchObject({
    class: { interrupted: null },
    code: 'awaitingCycles',
    message: expect.stringContaining('below its reserve of') as string,
  });
  expect(await manager.tryCreateGreeter(bob)).toHaveProperty('Err.InsufficientCycles');
  await manager.pic.addCycles(toPic(manager.managerId), trillion);
  await manager.elapse(600_000);
  await manager.expectProvisioned(id, alice);
  expect(await manager.cycles()).toBeGreaterThan(balance - trillion);
  ok(await manager.configure({ managerReserveCycles }));
});

test('cycles that parked jobs have spent are reserved no more and keep nobody out', async () => {
  const poor = await createManager({ cycles: (59n * trillion) / 10n });
  // Two jobs spend 3 T and keep 0.2 T reserved; a third needs 1.6 T and the Manager's own 1 T.
  await parkedJobs(poor, [poor.newUser(), poor.newUser()]);
  expect(await poor.stats()).toMatchObject({ parked: 2 });
  ok(await poor.as(operator).prepareUpgrade(poor.request()));
  expect(await poor.tryCreateGreeter(poor.newUser())).toHaveProperty('Ok');
  expect(await poor.tryCreateGreeter(poor.newUser())).toHaveProperty('Err.InsufficientCycles');
});
