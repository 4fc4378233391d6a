import type { Principal } from '@dfinity/principal';
import { promise } from './broken-promise.ts';
import { operator } from './identities.ts';
import { answerOf } from './manager-client.ts';
import type { ManagerClient } from './manager-client.ts';
import type { Remembering } from './remembering.ts';
import { msNs } from './virtual-time.ts';
import type { TransitionWatch } from './watch-transitions.ts';
import type { World } from './world.ts';

export type BudgetName = 'total' | 'daily' | 'caller';

/** The operator sets a budget. */
export interface BudgetChange {
  readonly kind: 'setBudget';
  readonly budget: BudgetName;
  /** For how many jobs it is; null: for any number. */
  readonly jobs: number | null;
}

/** What the budgets are set to, and whether the Manager holds to them: recomputed from the accounts of the jobs. */
export class Budgets implements Remembering {
  private limits: Readonly<Partial<Record<BudgetName, bigint>>> = {};
  private wasRaised = false;

  constructor(
    private readonly world: World,
    private readonly watch: TransitionWatch,
    private readonly client: ManagerClient,
  ) {}

  remember(): () => void {
    const { limits, wasRaised } = this;
    return () => {
      this.limits = limits;
      this.wasRaised = wasRaised;
    };
  }

  change({ budget, jobs }: BudgetChange): void {
    const limit = jobs === null ? undefined : BigInt(jobs) * this.reservation();
    const value = limit === undefined ? { unlimited: null } : { cycles: limit };
    const answer = answerOf(
      this.client.configure({ caller: operator }, { [`${budget}BudgetCycles`]: [value] }),
    );
    this.world.marks.hit(`setBudget answered ${answer}`);
    if (answer !== 'Ok') return;
    const before = this.limits[budget];
    if (before !== undefined && (limit === undefined || limit > before)) this.wasRaised = true;
    const limits = { ...this.limits };
    if (limit === undefined) Reflect.deleteProperty(limits, budget);
    else limits[budget] = limit;
    this.limits = limits;
  }

  /** A job was admitted just now: with it, no budget is exceeded. */
  admitted(owner: Principal): void {
    if (this.wasRaised) this.world.marks.hit('admitted after a budget was raised');
    const today = this.world.manager.stores.ledger.spentTodayCycles(Number(this.world.nowNs / msNs));
    for (const [name, limit] of Object.entries(this.limits) as [BudgetName, bigint][]) {
      const committed = this.committed(name, owner, today);
      promise(committed <= limit, 'no budget is exceeded', () => `${name}: ${committed} of ${limit}`);
    }
  }

  /** A job was refused just now: the budget that was named has no room for it. */
  refused(owner: Principal, name: BudgetName): void {
    this.world.marks.hit(`refused by the ${name} budget`);
    const limit = this.limits[name];
    promise(
      limit !== undefined,
      'a budget refuses only what it has no room for',
      () => `${name} is no limit`,
    );
    const committed = this.committed(name, owner, this.watch.atMostSpentToday()) + this.reservation();
    promise(
      committed > limit,
      'a budget refuses only what it has no room for',
      () => `${name}: ${committed} with the one refused, of ${limit}`,
    );
  }

  private reservation(): bigint {
    return this.world.manager.stores.reservationCyclesPerJob();
  }

  /** What counts against a budget. @param spentToday by all jobs */
  private committed(name: BudgetName, owner: Principal, spentToday: bigint): bigint {
    const { ledger, reservedCyclesOf } = this.world.manager.stores;
    const hex = owner.toHex();
    let committed = name === 'daily' ? spentToday : 0n;
    for (const { id, facts } of this.watch.sagas.values()) {
      if (name === 'caller' && Buffer.from(facts.owner).toString('hex').toUpperCase() !== hex) continue;
      const account = ledger.account(id);
      committed += reservedCyclesOf(account) + (name === 'daily' ? 0n : account.spentCycles);
    }
    return committed;
  }
}
