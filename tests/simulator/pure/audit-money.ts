import { promise, shown } from './broken-promise.ts';
import { priceCycles } from './admissions.ts';
import type { Run } from './audit.ts';
import type { Saga } from './watch-transitions.ts';

/** What is reserved, spent, paid and owed is what the jobs say: in all, and for each caller. */
export function auditMoney(run: Run): void {
  const { ledger } = run.world.manager.stores;
  const sagas = [...run.watch.sagas.values()];
  const { reservedCycles, spentCycles } = ledger.totals();
  const sums = sumsOf(run, sagas);
  promise(
    reservedCycles === sums.reservedCycles && spentCycles === sums.spentCycles,
    'cycles of all jobs are those of each',
    () => `${reservedCycles} reserved, ${spentCycles} spent; jobs say ${shown(sums)}`,
  );
  const owners = new Map(sagas.map(({ facts: { owner } }) => [Buffer.from(owner).toString('hex'), owner]));
  for (const [hex, owner] of owners) {
    const own = sagas.filter(({ facts }) => Buffer.from(facts.owner).toString('hex') === hex);
    const caller = ledger.caller(owner);
    const expected = sumsOf(run, own);
    promise(
      caller.reservedCycles === expected.reservedCycles && caller.spentCycles === expected.spentCycles,
      'cycles of a caller are those of the jobs',
      () => `${shown(caller)}; jobs say ${shown(expected)}`,
    );
    auditCredit(run, hex, caller.creditCycles, own);
  }
}

function sumsOf(
  { world }: Run,
  sagas: readonly Saga[],
): { readonly reservedCycles: bigint; readonly spentCycles: bigint } {
  const { ledger, reservedCyclesOf } = world.manager.stores;
  let [reservedCycles, spentCycles] = [0n, 0n];
  for (const { id } of sagas) {
    const account = ledger.account(id);
    reservedCycles += reservedCyclesOf(account);
    spentCycles += account.spentCycles;
  }
  return { reservedCycles, spentCycles };
}

/** What is left of the price when the cycles of one creation are taken off: no job that made one call with cycles costs more. */
const leastGivenBackCycles = priceCycles - 1_600_000_000_000n;

/**
 * What a caller is owed was paid for jobs that ended without a Greeter: never more than their prices, and the whole price
 * of a job that an operator ended before its handover, and of one that was undone what it cannot have cost.
 */
function auditCredit(
  { watch, population: { users } }: Run,
  hex: string,
  creditCycles: bigint,
  own: readonly Saga[],
): void {
  const paidJobs = own.filter(({ id }) => users.jobs.get(id)?.admittance.policy === 'paid');
  if (paidJobs.length === 0 && creditCycles === 0n) return;
  const prices = (jobs: readonly Saga[]): bigint => BigInt(jobs.length) * priceCycles;
  const paidCycles = users.paidCycles.get(hex.toUpperCase()) ?? 0n;
  const givenBack = creditCycles + prices(paidJobs) - paidCycles;
  const handover = 2;
  const without = paidJobs.filter(({ status }) => status === 'compensated' || status === 'terminated');
  const ended = without.filter(({ status, cursor }) => status === 'terminated' && cursor < handover);
  const cheap = without.filter(
    ({ id, status }) => status === 'compensated' && (watch.dearCalls.get(id) ?? 0) <= 1,
  );
  const least = prices(ended) + BigInt(cheap.length) * leastGivenBackCycles;
  promise(
    givenBack <= prices(without) && givenBack >= least,
    'what was paid for nothing is given back, and no more',
    () =>
      `${givenBack} given back to ${hex}; ${without.length} jobs without a Greeter, ${ended.length} ended`,
  );
}
