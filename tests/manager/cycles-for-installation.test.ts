import { describe, expect, test } from 'vitest';
import { managementCanisterId, managementClient } from '../../src/localnet/index.ts';
import { alice, ManagerFixture, operator, tag } from '../support/manager-fixture.ts';

const trillion = 1_000_000_000_000n;
const risenFee = (14n * trillion) / 10n;
const minimumCycles = (9n * trillion) / 10n;
const callee = managementCanisterId;

const fixture = new ManagerFixture({ cycles: 100n * trillion });
const { network, managerId } = fixture;
const deployed = network.checkpoint();
const management = managementClient({ update: (call) => network.updateAhead(call) }, operator);

/** A network that leaves a new canister too few of the cycles attached to be installed with. */
function startWithRisenFee(): void {
  network.restore(deployed);
  network.setCreationFee(risenFee);
}

/** Counts the calls of a method from now on, and does nothing to them. */
function countOf(method: string): () => number {
  const rule = network.faults.add({ callee, method, nth: 1_000_000 }, { kind: 'dropReply' });
  return () => network.faults.matchCount(rule);
}

describe('a canister that creation left too few cycles for its installation', () => {
  test('is given what it lacks, and the job completes at its own cost', () => {
    startWithRisenFee();
    const [deposits, installs] = [countOf('deposit_cycles'), countOf('install_chunked_code')];
    const { id } = fixture.createGreeter(alice);
    network.run();
    fixture.expectProvisioned(id, alice);
    expect(deposits()).toBe(1);
    expect(installs()).toBe(2);
    const job = fixture.job(id);
    const attached = (15n * trillion) / 10n;
    expect(job.cyclesSpent).toBeGreaterThan(attached + minimumCycles - (attached - risenFee));
    expect(job.cyclesSpent).toBeLessThan(attached + minimumCycles);
    // Nothing of this uses up attempts.
    expect(job.steps.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
  });

  test('waits when the Manager would have to pay with its reserve', () => {
    startWithRisenFee();
    const { id } = fixture.createGreeter(alice);
    while (fixture.job(id).greeterId.length === 0) network.step();
    fixture.configure({ managerReserveCycles: network.canister(managerId).cycles - trillion / 2n });
    network.runFor(2 * 3_600_000);
    const waiting = fixture.job(id);
    expect(tag(waiting.status)).toBe('waitingRetry');
    expect(waiting.steps[1]?.attempt).toBe(0);
    expect(waiting.lastError[0]).toMatchObject({
      class: { interrupted: null },
      code: 'awaitingCycles',
      message: expect.stringContaining('deposit_cycles') as string,
    });
    management.topUpCanister(managerId, trillion);
    network.runFor(6 * 60_000);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
  });

  test('is not given it twice when the answer to the deposit is lost', () => {
    startWithRisenFee();
    const deposits = countOf('deposit_cycles');
    network.faults.add(
      { callee, method: 'deposit_cycles', nth: 1 },
      { kind: 'trapCallback', message: 'the answer is lost' },
    );
    const { id } = fixture.createGreeter(alice);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(deposits()).toBe(1);
  });

  test('is topped up a few times only, and then its job parks with a code of its own', () => {
    network.restore(deployed);
    const message = 'Canister installation failed with `Canister is out of cycles`';
    const rejection = { rejectCode: 2, errorCode: 'IC0207', message } as const;
    network.faults.add({ callee, method: 'install_chunked_code' }, { kind: 'reject', rejection });
    fixture.configure({ vacantMinimumCycles: 5n * trillion });
    const [deposits, installs] = [countOf('deposit_cycles'), countOf('install_chunked_code')];
    const { id } = fixture.createGreeter(alice);
    const parked = fixture.settle(id);
    expect(parked.parked[0]?.reason).toBe('attemptsExhausted');
    expect(parked.lastError[0]).toMatchObject({ class: { retryable: null }, code: 'greeterOutOfCycles' });
    expect(deposits()).toBe(1);
    expect(installs()).toBe(4);
    // What it was given is still there: it is not given more.
    fixture.retry(id);
    expect(fixture.settle(id).lastError[0]?.code).toBe('greeterOutOfCycles');
    expect(deposits()).toBe(1);
    // Once the network is content with that, a retry is enough.
    network.faults.clear();
    fixture.retry(id);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
  });
});
