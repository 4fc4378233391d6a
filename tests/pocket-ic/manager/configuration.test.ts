import type { Principal } from '@dfinity/principal';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operator } from '../../support/manager-modules.ts';
import { ok, type PicManager } from '../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../support/pocket-ic-managers.ts';
import { auditRows } from './support/operators.ts';

const createManager = managersOfThisFile();
let manager: PicManager;
let alice: Principal;
let bob: Principal;

beforeAll(async () => {
  manager = await createManager();
});

/** Each test begins with the configuration that a new Manager has. */
beforeEach(async () => {
  [alice, bob] = [manager.newUser(), manager.newUser()];
  const unlimited = { unlimited: null };
  const budgets = {
    totalBudgetCycles: unlimited,
    dailyBudgetCycles: unlimited,
    callerBudgetCycles: unlimited,
  };
  ok(await manager.configure({ admission: { open: null }, maximumOpenJobsPerCaller: 5, ...budgets }));
});

async function configuration(sender = operator): Promise<unknown> {
  return manager.as(sender).getConfig();
}

describe('the configuration', () => {
  test('has the documented defaults, survives an upgrade, and is for those who have a role', async () => {
    const created = await createManager({ activate: false });
    expect(await created.as(operator).getConfig()).toMatchObject({
      Ok: { admission: { open: null }, maximumOpenJobsPerCaller: 5, totalBudgetCycles: { unlimited: null } },
    });
    const changes = { admission: { paid: { priceCycles: 7n } }, dailyBudgetCycles: { cycles: 5n } };
    ok(await created.configure(changes));
    const before = await created.as(operator).getConfig();
    expect(before).toMatchObject({ Ok: changes });
    await created.upgrade();
    expect(await created.as(operator).getConfig()).toEqual(before);
    expect(await created.as(alice).getConfig()).toEqual({ Err: { NotAuthorized: null } });
  });

  test('that is invalid in one option is not changed in any', async () => {
    const before = await configuration();
    expect(await manager.configure({ maximumOpenJobsPerCaller: 1, warmCanisters: 101 })).toEqual({
      Err: { InvalidRequest: { field: 'warmCanisters', rule: 'must be 0 to 100', value: '101' } },
    });
    expect(await configuration()).toEqual(before);
  });

  test('takes effect with the next message', async () => {
    // Nothing is begun, so that no job ends meanwhile.
    ok(await manager.as(operator).prepareUpgrade(manager.request()));
    ok(await manager.configure({ maximumOpenJobsPerCaller: 1 }));
    await manager.createGreeter(alice);
    expect(await manager.tryCreateGreeter(alice)).toEqual({
      Err: { TooManyOpenJobs: { open: 1, limit: 1 } },
    });
    ok(await manager.configure({ maximumOpenJobsPerCaller: 2 }));
    expect(await manager.tryCreateGreeter(alice)).toHaveProperty('Ok');
    ok(await manager.as(operator).resumeQueue(manager.request()));
    await manager.rest();
    expect(await manager.tryCreateGreeter(alice)).toHaveProperty('Ok');
  });

  test('that is changed has a row in the audit log', async () => {
    ok(await manager.configure({ admission: { allowList: null }, creationCycles: 2_000_000_000_000n }));
    expect((await auditRows(manager))[0]).toMatchObject({
      verb: 'setConfig',
      details: ['admission = allowList, creationCycles = 2000000000000'],
      outcome: 'in force',
    });
    ok(await manager.configure({ creationCycles: 1_500_000_000_000n }));
  });
});

describe('budgets', () => {
  const reservation = 1_600_000_000_000n;

  test('let in as many jobs as they have room for, and name themselves when they have none', async () => {
    await manager.rest();
    const { cyclesSpent } = await manager.stats();
    const total = cyclesSpent + 2n * reservation;
    ok(await manager.configure({ totalBudgetCycles: { cycles: total } }));
    const first = await manager.createGreeter(alice);
    const spent = (await manager.settle(first.id)).cyclesSpent;
    // Nothing is begun: what the second job has reserved is reserved, and not spent yet.
    ok(await manager.as(operator).prepareUpgrade(manager.request()));
    const second = await manager.createGreeter(bob);
    expect(await manager.tryCreateGreeter(manager.newUser())).toEqual({
      Err: { BudgetExhausted: { budget: 'total', available: reservation - spent, required: reservation } },
    });
    ok(await manager.as(operator).resumeQueue(manager.request()));
    await manager.settle(second.id);
    // What the second job did not spend of its reservation is room again, but not enough for a third.
    expect(await manager.tryCreateGreeter(manager.newUser())).toMatchObject({
      Err: { BudgetExhausted: { budget: 'total', required: reservation } },
    });
    ok(await manager.configure({ totalBudgetCycles: { unlimited: null } }));
    expect(await manager.tryCreateGreeter(manager.newUser())).toHaveProperty('Ok');
  });

  test('of a day begin anew at midnight UTC', async () => {
    await manager.rest();
    const before = await manager.stats();
    const dailyBudgetCycles = { cycles: before.cyclesSpentToday + reservation };
    ok(await manager.configure({ dailyBudgetCycles }));
    const { id } = await manager.createGreeter(alice);
    const { cyclesSpent } = await manager.settle(id);
    const exhausted = { Err: { BudgetExhausted: { budget: 'daily' } } };
    expect(await manager.tryCreateGreeter(alice)).toMatchObject(exhausted);
    const dayMs = 24 * 3_600_000;
    const toMidnightMs = dayMs - ((await manager.pic.getTime()) % dayMs);
    await manager.elapse(toMidnightMs - 60_000);
    expect(await manager.tryCreateGreeter(alice)).toMatchObject(exhausted);
    expect((await manager.stats()).cyclesSpentToday).toBe(before.cyclesSpentToday + cyclesSpent);
    await manager.elapse(60_000);
    const after = { cyclesSpentToday: 0n, cyclesSpent: before.cyclesSpent + cyclesSpent };
    expect(await manager.stats()).toMatchObject(after);
    expect(await manager.tryCreateGreeter(alice)).toHaveProperty('Ok');
  });

  test('of a caller are the caller’s own', async () => {
    ok(await manager.configure({ callerBudgetCycles: { cycles: reservation } }));
    ok(await manager.as(operator).prepareUpgrade(manager.request()));
    await manager.createGreeter(alice, { idempotencyKey: 'k' });
    expect(await manager.tryCreateGreeter(alice)).toEqual({
      Err: { BudgetExhausted: { budget: 'caller', available: 0n, required: reservation } },
    });
    expect(await manager.tryCreateGreeter(alice, { idempotencyKey: 'k' })).toHaveProperty('Ok');
    expect(await manager.tryCreateGreeter(bob)).toHaveProperty('Ok');
    ok(await manager.as(operator).resumeQueue(manager.request()));
  });
});
