import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reservedCyclesOf } from '../../src/manager/budgets/accounts.ts';
import type { AdmissionPayment } from '../../src/manager/budgets/accounts.ts';
import { exceededBudget } from '../../src/manager/budgets/check-budgets.ts';
import { Ledger } from '../../src/manager/budgets/ledger.ts';
import { defaultConfiguration } from '../../src/manager/configuration/configuration.ts';
import { InMemoryOrderedMap } from '../../src/saga/index.ts';

const dayMs = 24 * 60 * 60 * 1000;
const alice = new Uint8Array([1]);
const bob = new Uint8Array([2]);
const owners = [alice, bob];

function newLedger(): Ledger {
  return new Ledger(new InMemoryOrderedMap(), {
    reservedCycles: () => 0n,
    accountOf: (jobId) => {
      throw new Error(`job ${jobId} has no account`);
    },
  });
}

/** One thing that happens to one of the jobs; what makes no sense for a job at that time is left out. */
const happenings = fc.array(
  fc.record({
    job: fc.nat({ max: 5 }),
    what: fc.constantFrom('open', 'charge', 'refund', 'close', 'wait' as const),
    cycles: fc.bigInt(0n, 3_000n),
    feeCycles: fc.bigInt(0n, 30n),
  }),
  { maxLength: 60 },
);

const payments: AdmissionPayment[] = [
  { kind: 'nothing' },
  { kind: 'cycles', cycles: 12n },
  { kind: 'invitation', codeHash: new Uint8Array(32) },
];

describe('the ledger', () => {
  test('sums up what the accounts of the jobs say, whatever happens to them, and nothing is ever negative', () => {
    fc.assert(
      fc.property(happenings, (sequence) => {
        const ledger = newLedger();
        const open = new Set<number>();
        const known = new Set<number>();
        let nowMs = 0;
        for (const { job, what, cycles, feeCycles } of sequence) {
          const jobId = BigInt(job);
          if (what === 'wait') nowMs += Number(cycles) * 60_000;
          else if (what === 'open' && !known.has(job)) {
            const owner = owners[job % 2] ?? alice;
            const payment = payments[job % 3] ?? { kind: 'nothing' };
            ledger.open(jobId, { owner, reservationCycles: 1_600n, payment }, nowMs);
            known.add(job);
            open.add(job);
          } else if (what === 'close' && open.delete(job)) ledger.close(jobId, nowMs);
          else if (what === 'charge' && known.has(job)) ledger.charge(jobId, cycles, nowMs);
          else if (what === 'refund' && known.has(job)) {
            const { spentCycles } = ledger.account(jobId);
            const refundedCycles = cycles < spentCycles ? cycles : spentCycles;
            const sentAtMs = Math.max(0, nowMs - Number(feeCycles) * 3_600_000);
            ledger.settle(jobId, { refundedCycles, feeCycles, sentAtMs }, nowMs);
          }
          const accounts = [...known].map((id) => ledger.account(BigInt(id)));
          const sum = (amounts: bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
          expect(ledger.totals().reservedCycles).toBe(sum(accounts.map(reservedCyclesOf)));
          expect(ledger.totals().spentCycles).toBe(sum(accounts.map(({ spentCycles }) => spentCycles)));
          for (const id of known) {
            if (!open.has(id)) expect(reservedCyclesOf(ledger.account(BigInt(id)))).toBe(0n);
          }
          for (const owner of owners) {
            const own = accounts.filter((account) => account.owner[0] === owner[0]);
            expect(ledger.caller(owner)).toEqual({
              reservedCycles: sum(own.map(reservedCyclesOf)),
              spentCycles: sum(own.map(({ spentCycles }) => spentCycles)),
              creditCycles: 0n,
            });
          }
          expect(ledger.spentTodayCycles(nowMs) >= 0n).toBe(true);
        }
      }),
    );
  });

  test('counts what is spent by days UTC', () => {
    const ledger = newLedger();
    ledger.open(1n, { owner: alice, reservationCycles: 100n, payment: { kind: 'nothing' } }, 0);
    ledger.charge(1n, 40n, dayMs - 1);
    expect(ledger.spentTodayCycles(dayMs - 1)).toBe(40n);
    expect(ledger.spentTodayCycles(dayMs)).toBe(0n);
    ledger.charge(1n, 7n, dayMs);
    expect(ledger.spentTodayCycles(dayMs)).toBe(7n);
    // Attached yesterday, back today: what today has room for stays what it was, but for the fee of the answer.
    ledger.settle(1n, { refundedCycles: 30n, feeCycles: 2n, sentAtMs: dayMs - 1 }, dayMs);
    expect(ledger.spentTodayCycles(dayMs)).toBe(9n);
    expect(ledger.totals().spentCycles).toBe(19n);
    ledger.settle(1n, { refundedCycles: 5n, feeCycles: 1n, sentAtMs: dayMs }, dayMs + 1);
    expect(ledger.spentTodayCycles(dayMs)).toBe(5n);
    expect(ledger.totals().spentCycles).toBe(15n);
  });

  test('keeps a caller’s credit apart from everybody else’s, and never lets it be overdrawn', () => {
    const ledger = newLedger();
    ledger.addCredit(alice, 5n);
    expect(ledger.caller(alice).creditCycles).toBe(5n);
    expect(ledger.caller(bob).creditCycles).toBe(0n);
    expect(() => {
      ledger.takeCredit(alice, 6n);
    }).toThrow('overdrawn');
    ledger.takeCredit(alice, 5n);
    expect(ledger.caller(alice).creditCycles).toBe(0n);
  });

  test('remembers what was given for a job until long after its end', () => {
    const ledger = newLedger();
    for (const [index, payment] of payments.entries()) {
      ledger.open(BigInt(index), { owner: alice, reservationCycles: 1n, payment }, 0);
      ledger.close(BigInt(index), 1);
      expect(ledger.account(BigInt(index)).payment).toEqual(payment);
    }
  });
});

describe('jobs that were admitted by a version without a ledger', () => {
  test('keep what was reserved for them, spend it, and free it when they end', () => {
    const ledger = new Ledger(new InMemoryOrderedMap(), {
      reservedCycles: () => 3_000n,
      accountOf: (jobId, isEnding) => ({
        owner: alice,
        reservationCycles: jobId === 3n && !isEnding ? 0n : 1_600n,
        spentCycles: 100n,
        payment: { kind: 'nothing' },
      }),
    });
    expect(ledger.totals().reservedCycles).toBe(3_000n);
    ledger.charge(1n, 50n, 0);
    expect(ledger.account(1n).spentCycles).toBe(150n);
    expect(ledger.totals().reservedCycles).toBe(2_950n);
    ledger.close(2n, 0);
    expect(ledger.totals().reservedCycles).toBe(1_450n);
    ledger.close(1n, 0);
    expect(ledger.totals().reservedCycles).toBe(0n);
    // The third ended before there was a ledger: it has nothing to free any more.
    expect(reservedCyclesOf(ledger.account(3n))).toBe(0n);
  });
});

describe('budgets', () => {
  const budgets = fc.option(fc.bigInt(0n, 100n), { nil: undefined });
  const amounts = fc.bigInt(0n, 100n);

  test('have room exactly when what is spent and reserved and required stays within each of them', () => {
    fc.assert(
      fc.property(
        fc.tuple(budgets, budgets, budgets),
        fc.tuple(amounts, amounts, amounts, fc.bigInt(1n, 100n)),
        ([total, daily, caller], [totalCycles, todayCycles, callerCycles, required]) => {
          const configuration = {
            ...defaultConfiguration,
            ...(total === undefined ? {} : { totalBudgetCycles: total }),
            ...(daily === undefined ? {} : { dailyBudgetCycles: daily }),
            ...(caller === undefined ? {} : { callerBudgetCycles: caller }),
          };
          const exceeded = exceededBudget(
            configuration,
            { totalCycles, todayCycles, callerCycles },
            required,
          );
          const within = [
            [total, totalCycles],
            [daily, todayCycles],
            [caller, callerCycles],
          ].every(([limit, used]) => limit === undefined || (used ?? 0n) + required <= limit);
          expect(exceeded === undefined).toBe(within);
          if (exceeded) expect(exceeded.available < exceeded.required).toBe(true);
        },
      ),
    );
  });

  test('are named when they have no room', () => {
    const commitments = { totalCycles: 10n, todayCycles: 8n, callerCycles: 3n };
    const exceededWith = (budget: object): unknown =>
      exceededBudget({ ...defaultConfiguration, ...budget }, commitments, 5n);
    expect(exceededWith({ totalBudgetCycles: 14n })).toEqual({
      budget: 'total',
      available: 4n,
      required: 5n,
    });
    expect(exceededWith({ dailyBudgetCycles: 7n })).toEqual({ budget: 'daily', available: 0n, required: 5n });
    expect(exceededWith({ callerBudgetCycles: 7n })).toEqual({
      budget: 'caller',
      available: 4n,
      required: 5n,
    });
    expect(exceededWith({ totalBudgetCycles: 15n, dailyBudgetCycles: 13n, callerBudgetCycles: 8n })).toBe(
      undefined,
    );
  });
});
