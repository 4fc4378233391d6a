import { describe, expect, test } from 'vitest';
import { managementCanisterId, managementClient } from '../../src/localnet/index.ts';
import { alice, bob, ManagerFixture, operator, tag } from '../support/manager-fixture.ts';

const trillion = 1_000_000_000_000n;
const hourMs = 3_600_000;
const fixture = new ManagerFixture({ cycles: 100n * trillion });
const { network, managerId } = fixture;
const deployed = network.checkpoint();
/** Calls as the operator makes them, delivered at once, also between two messages. */
const management = managementClient({ update: (call) => network.updateAhead(call) }, operator);

/** Moves the freezing limit, so that so many cycles remain above it. */
function leaveAvailable(cycles: bigint): void {
  const perDay = management.canisterStatus(managerId).idle_cycles_burned_per_day;
  const limit = network.canister(managerId).cycles - cycles;
  management.updateSettings(managerId, { freezing_threshold: (limit * 86_400n) / perDay });
}

function thaw(): void {
  management.updateSettings(managerId, { freezing_threshold: 2_592_000n });
}

/* More of it, without faults, is tested in tests/pocket-ic/manager/cycles.test.ts. */

describe('a Manager short of cycles', () => {
  test('lets a job wait with a reason, for as long as it takes, without using up attempts', () => {
    network.restore(deployed);
    const { id } = fixture.createGreeter(alice);
    leaveAvailable((14n * trillion) / 10n);
    const match = { method: '<ic-cdk internal> timer_executor', nth: 1_000_000 };
    const runs = network.faults.add(match, { kind: 'dropReply' });
    network.runFor(20 * hourMs);
    // The watchdog and the job's own attempt, each in five minutes, and no more of them from hour to hour.
    expect(network.faults.matchCount(runs)).toBeLessThan(20 * 12 * 3);
    const waiting = fixture.job(id);
    expect(tag(waiting.status)).toBe('waitingRetry');
    expect(waiting.steps[0]?.attempt).toBe(0);
    expect(waiting.lastError[0]).toMatchObject({ class: { interrupted: null }, code: 'awaitingCycles' });
    expect(waiting.nextAttemptAt[0]).toBeLessThanOrEqual(network.timeNanos + 300_000_000_000n);
    expect(waiting.summary).toMatch(
      /^There were not enough cycles for creating the canister \(awaitingCycles: .*\). Waiting for cycles. It goes on by itself once the Manager has been topped up; it looks again at .*Z.$/,
    );
    thaw();
    network.runFor(6 * 60_000);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
  });

  test('too short even to read evidence goes on reading once it can, and does nothing twice', () => {
    network.restore(deployed);
    network.faults.add(
      { callee: managementCanisterId, method: 'install_chunked_code', nth: 1 },
      { kind: 'dropReply' },
    );
    const { id } = fixture.createGreeter(alice);
    while (tag(fixture.job(id).status) !== 'reconciling') network.step();
    // Enough to run (an execution must be able to pay for 40 billion instructions), not enough to call.
    leaveAvailable(60_000_000_000n);
    network.runFor(20 * hourMs);
    const waiting = fixture.job(id);
    expect(tag(waiting.status)).toBe('reconciling');
    expect(waiting.summary).toContain('Reading the evidence waits for cycles.');
    thaw();
    network.runFor(6 * 60_000);
    fixture.expectProvisioned(id, alice);
    expect(fixture.job(id).steps[1]?.attempt).toBe(1);
  });

  test('even to run, at any message of a saga, goes on when it is topped up', () => {
    network.restore(deployed);
    const { id } = fixture.createGreeter(alice);
    for (let present = network.checkpoint(), more = true; more; present = network.checkpoint()) {
      network.restore(present);
      leaveAvailable(1_000_000n);
      network.runFor(hourMs);
      thaw();
      fixture.settle(id, 20 * 60_000);
      fixture.expectProvisioned(id, alice);
      expect(fixture.created()).toHaveLength(1);
      network.restore(present);
      more = network.step() !== undefined;
    }
  });
});

describe('a creation fee that rises fivefold', () => {
  const fee = trillion / 2n;

  /** A job that has met the fee, and has waited for hours. */
  function jobThatWaits(): bigint {
    network.restore(deployed);
    network.setCreationFee(5n * fee);
    const { id } = fixture.createGreeter(alice);
    network.run();
    const before = network.canister(managerId).cycles;
    network.runFor(3 * hourMs);
    const waiting = fixture.job(id);
    expect(tag(waiting.status)).toBe('waitingRetry');
    expect(waiting.steps[0]?.attempt).toBe(0);
    expect(waiting.lastError[0]).toMatchObject({
      code: 'awaitingCycles',
      message: expect.stringContaining('requires a fee of 2500000000000') as string,
    });
    expect(fixture.created()).toEqual([]);
    // Not a cycle of what was attached is gone: only the Manager's own messages and calls cost something.
    expect(waiting.cyclesSpent).toBeLessThan(trillion / 1_000n);
    expect(before - network.canister(managerId).cycles).toBeLessThan(trillion / 20n);
    return id;
  }

  test('makes jobs wait and burns nothing, and they go on when it falls', () => {
    const id = jobThatWaits();
    network.setCreationFee(fee);
    network.runFor(6 * 60_000);
    fixture.expectProvisioned(id, alice);
  });

  test('or when the configuration attaches more', () => {
    const id = jobThatWaits();
    fixture.configure({ creationCycles: 4n * trillion });
    network.runFor(6 * 60_000);
    fixture.expectProvisioned(id, alice);
    expect(fixture.job(id).cyclesSpent).toBeGreaterThan(4n * trillion);
    expect(fixture.stats().cyclesReserved).toBe(0n);
    // Jobs from now on reserve what a creation costs now.
    expect(fixture.createGreeter(bob).cyclesReserved).toBe((41n * trillion) / 10n);
  });
});

describe('cycles reserved', () => {
  test('are what open jobs have not spent, no more and never less than nothing', () => {
    network.restore(deployed);
    network.faults.add(
      { callee: managementCanisterId, method: 'install_chunked_code' },
      { kind: 'reject', rejection: { rejectCode: 4, errorCode: 'IC0402', message: 'no' } },
    );
    const unspent: bigint[] = [];
    const jobs = [alice, bob].map((owner) => fixture.createGreeter(owner));
    unspent.push(BigInt(fixture.stats().cyclesReserved ?? -1));
    network.run();
    unspent.push(BigInt(fixture.stats().cyclesReserved ?? -1));
    network.faults.clear();
    for (const { id } of jobs) fixture.retry(id);
    network.run();
    unspent.push(BigInt(fixture.stats().cyclesReserved ?? -1));
    const fees = (2n * trillion) / 10n - (unspent[1] ?? 0n);
    expect(unspent).toEqual([(32n * trillion) / 10n, (2n * trillion) / 10n - fees, 0n]);
    expect(fees > 0n && fees < 10_000_000n).toBe(true);
  });
});
