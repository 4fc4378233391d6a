import { IDL } from '@dfinity/candid';
import { beforeEach, describe, expect, test } from 'vitest';
import { ConfigResult } from '../../src/manager/candid/configuration.ts';
import { alice, bob, ManagerFixture, operator, tag, user } from '../support/manager-fixture.ts';

const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();

beforeEach(() => {
  fixture.network.restore(deployed);
});

function configuration(sender = operator): unknown {
  return fixture.query(sender, 'getConfig', [], ConfigResult, []);
}

describe('the configuration', () => {
  test('has the documented defaults, survives an upgrade, and is for those who have a role', () => {
    expect(configuration()).toMatchObject({
      Ok: { admission: { open: null }, maximumOpenJobsPerCaller: 5, totalBudgetCycles: { unlimited: null } },
    });
    fixture.configure({ admission: { paid: { priceCycles: 7n } }, dailyBudgetCycles: { cycles: 5n } });
    const before = configuration();
    expect(before).toMatchObject({
      Ok: { admission: { paid: { priceCycles: 7n } }, dailyBudgetCycles: { cycles: 5n } },
    });
    fixture.upgradeHot();
    expect(configuration()).toEqual(before);
    expect(configuration(alice)).toEqual({ Err: { NotAuthorized: null } });
  });

  test('that is invalid in one option is not changed in any', () => {
    const before = configuration();
    expect(fixture.configure({ maximumOpenJobsPerCaller: 1, warmCanisters: 101 })).toEqual({
      Err: { InvalidRequest: { field: 'warmCanisters', rule: 'must be 0 to 100', value: '101' } },
    });
    expect(configuration()).toEqual(before);
  });

  test('takes effect with the next message', () => {
    fixture.configure({ maximumOpenJobsPerCaller: 1 });
    fixture.createGreeter(alice);
    expect(fixture.tryCreateGreeter(alice)).toEqual({ Err: { TooManyOpenJobs: { open: 1, limit: 1 } } });
    fixture.configure({ maximumOpenJobsPerCaller: 2 });
    expect(tag(fixture.tryCreateGreeter(alice))).toBe('Ok');
    fixture.configure({ maximumOpenAttempts: 1 });
    let mostOpen = 0;
    for (let number = 0; number < 3; number += 1) fixture.createGreeter(user(number));
    while (fixture.network.step()) {
      mostOpen = Math.max(mostOpen, fixture.stats().openAttempts ?? 0);
      if ((fixture.stats().completed ?? 0) === 5) break;
    }
    expect(fixture.stats()).toMatchObject({ completed: 5, maximumOpenAttempts: 1 });
    expect(mostOpen).toBeGreaterThan(0);
    expect(mostOpen).toBeLessThanOrEqual(2);
  });
});

describe('budgets', () => {
  const reservation = 1_600_000_000_000n;

  test('let in as many jobs as they have room for, and name themselves when they have none', () => {
    fixture.configure({ totalBudgetCycles: { cycles: 2n * reservation } });
    fixture.settle(fixture.createGreeter(alice).id);
    const { cyclesSpent } = fixture.job(1n);
    fixture.createGreeter(bob);
    const left = reservation - cyclesSpent;
    expect(fixture.tryCreateGreeter(user(1))).toEqual({
      Err: { BudgetExhausted: { budget: 'total', available: left, required: reservation } },
    });
    fixture.network.run();
    // What the second job did not spend of its reservation is room again, but not enough for a third.
    expect(fixture.tryCreateGreeter(user(1))).toMatchObject({
      Err: { BudgetExhausted: { budget: 'total', required: reservation } },
    });
    fixture.configure({ totalBudgetCycles: { unlimited: null } });
    expect(tag(fixture.tryCreateGreeter(user(1)))).toBe('Ok');
  });

  test('of a day begin anew at midnight UTC', () => {
    fixture.configure({ dailyBudgetCycles: { cycles: reservation } });
    fixture.settle(fixture.createGreeter(alice).id);
    expect(fixture.tryCreateGreeter(alice)).toMatchObject({ Err: { BudgetExhausted: { budget: 'daily' } } });
    const dayMs = 24 * 3_600_000;
    const toMidnightMs = dayMs - (Number(fixture.network.timeNanos / 1_000_000n) % dayMs);
    fixture.network.runFor(toMidnightMs - 1_000);
    expect(fixture.tryCreateGreeter(alice)).toMatchObject({ Err: { BudgetExhausted: { budget: 'daily' } } });
    expect(fixture.stats().cyclesSpentToday).toBe(fixture.job(1n).cyclesSpent);
    fixture.network.runFor(1_000);
    expect(fixture.stats()).toMatchObject({ cyclesSpentToday: 0n, cyclesSpent: fixture.job(1n).cyclesSpent });
    expect(tag(fixture.tryCreateGreeter(alice))).toBe('Ok');
  });

  test('of a caller are the caller’s own', () => {
    fixture.configure({ callerBudgetCycles: { cycles: reservation } });
    fixture.createGreeter(alice, { idempotencyKey: 'k' });
    expect(fixture.tryCreateGreeter(alice)).toEqual({
      Err: { BudgetExhausted: { budget: 'caller', available: 0n, required: reservation } },
    });
    expect(tag(fixture.tryCreateGreeter(alice, { idempotencyKey: 'k' }))).toBe('Ok');
    expect(tag(fixture.tryCreateGreeter(bob))).toBe('Ok');
  });
});

test('every change of the configuration is in the audit log', () => {
  fixture.configure({ admission: { allowList: null }, creationCycles: 2_000_000_000_000n });
  const Row = IDL.Record({ verb: IDL.Text, details: IDL.Opt(IDL.Text), outcome: IDL.Text });
  const Audit = IDL.Variant({ Ok: IDL.Record({ rows: IDL.Vec(Row) }) });
  const log = fixture.query(operator, 'listAudit', [IDL.Opt(IDL.Null)], Audit, [[]]);
  expect((log as { Ok: { rows: object[] } }).Ok.rows[0]).toEqual({
    verb: 'setConfig',
    details: ['admission = allowList, creationCycles = 2000000000000'],
    outcome: 'in force',
  });
});
