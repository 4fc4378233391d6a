import { expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import type { NetworkEvent } from '../../src/localnet/index.ts';
import { ManagerFixture, user } from '../support/manager-fixture.ts';

/** What one execution costs besides its instructions (13 nodes). */
const executionBaseFeeCycles = 5_000_000n;
/** What receiving a user's message costs (13 nodes): once, and for each byte of the method's name and the argument. */
const ingressFee = { baseCycles: 1_200_000n, byteCycles: 2_000n };
const timerExecutor = '<ic-cdk internal> timer_executor';

/** What the Manager burned by executing its own messages, and how often it called itself for a timer. */
class OwnExpenses {
  private cycles = 0n;
  private timers = 0n;
  private managerId = '';

  readonly onEvent = (event: NetworkEvent): void => {
    if (event.event !== 'step' || event.canisterId !== this.managerId) return;
    this.cycles += executionBaseFeeCycles + event.instructions;
    if (event.kind === 'update' && event.method === timerExecutor) this.timers += 1n;
  };

  /** Runs something and answers what it cost the Manager beyond its own executions. */
  beyond(fixture: ManagerFixture, action: () => void): { cycles: bigint; timers: bigint } {
    this.managerId = fixture.managerId.toText();
    [this.cycles, this.timers] = [0n, 0n];
    const before = fixture.network.canister(fixture.managerId).cycles;
    action();
    const taken = before - fixture.network.canister(fixture.managerId).cycles;
    return { cycles: taken - this.cycles, timers: this.timers };
  }
}

const transient = { rejectCode: 2, errorCode: 'IC0204', message: 'the subnet is busy' } as const;

test('what jobs say they spent is to the last cycle what the network took from the Manager for them', () => {
  const expenses = new OwnExpenses();
  // What storage costs is the Manager's own expense and no job's.
  const fixture = new ManagerFixture({ onEvent: expenses.onEvent, chargesForTime: false });
  const { network } = fixture;
  network.runFor(1_000);
  // A timer is a call of the Manager to itself. An idle watchdog shows what one costs.
  const idle = expenses.beyond(fixture, () => {
    network.runFor(3_600_000);
  });
  expect(idle.timers).toBeGreaterThan(5n);
  const timerCycles = idle.cycles / idle.timers;
  expect(timerCycles * idle.timers).toBe(idle.cycles);

  const callee = managementCanisterId;
  const { faults } = network;
  faults.add({ callee, method: 'create_canister', nth: 2 }, { kind: 'reject', rejection: transient });
  faults.add({ callee, method: 'install_chunked_code', nth: 1 }, { kind: 'reject', rejection: transient });
  faults.add({ callee, method: 'install_chunked_code', nth: 3 }, { kind: 'dropReply' });
  faults.add({ callee, method: 'update_settings', nth: 2 }, { kind: 'dropBeforeExecution' });
  faults.add({ callee, method: 'canister_info', nth: 1 }, { kind: 'reject', rejection: transient });
  const jobs: bigint[] = [];
  const busy = expenses.beyond(fixture, () => {
    for (let number = 0; number < 4; number += 1) jobs.push(fixture.createGreeter(user(number)).id);
    network.runFor(3_600_000);
  });
  const requestBytes = fixture.encodeCreateGreeter().length + 'createGreeter'.length;
  const requestCycles = 4n * (ingressFee.baseCycles + BigInt(requestBytes) * ingressFee.byteCycles);

  expect(fixture.stats()).toMatchObject({ completed: 4 });
  const spent = jobs.reduce((sum, id) => sum + fixture.job(id).cyclesSpent, 0n);
  expect(spent).toBe(busy.cycles - busy.timers * timerCycles - requestCycles);
  // Attempts that failed are in it: the job whose creation was refused once paid for sending it twice.
  const costs = jobs.map((id) => fixture.job(id).cyclesSpent);
  expect(new Set(costs).size).toBeGreaterThan(1);
  expect(costs.every((cost) => cost > 1_500_000_000_000n && cost < 1_500_010_000_000n)).toBe(true);
});
