import { describe, expect, test } from 'vitest';
import { managementCanisterId, managementClient } from '../../src/localnet/index.ts';
import { alice, bob, ManagerFixture, operator, tag } from '../support/manager-fixture.ts';
import { cancelJob } from './support/pool.ts';

const fixture = new ManagerFixture();
const { network, managerId } = fixture;
const management = managementClient({ update: (call) => network.updateAhead(call) }, operator);

/** Longer than a canister rests that a job has given up. */
const restMs = 31 * 60_000;

/** One vacant canister: of a job that was undone. */
function leaveVacant(): void {
  const { id } = fixture.createGreeter(alice);
  while (fixture.job(id).greeterId.length === 0) network.step();
  expect(cancelJob(fixture, id, alice)).toHaveProperty('Ok');
  expect(tag(fixture.settle(id).status)).toBe('compensated');
  network.runFor(restMs);
}

leaveVacant();
const withVacant = network.checkpoint();

describe('a Manager that is set back to when a job was about to get a canister that is somebody else’s by now', () => {
  test('from every other moment of the job, never gives the job that canister', () => {
    network.restore(withVacant);
    const { id } = fixture.createGreeter(alice);
    const ends = { completed: 0, parked: 0 };
    for (;;) {
      const present = network.checkpoint();
      const isTaken = fixture.job(id).greeterId.length > 0;
      const snapshot = management.takeSnapshot(managerId);
      if ('Err' in cancelJob(fixture, id, alice)) break;
      giveItToBob(id);
      management.loadSnapshot(managerId, snapshot.id);
      fixture.upgradeHot();
      network.runFor(3_600_000);
      const job = fixture.settle(id);
      if (isTaken) {
        ends.parked += 1;
        expect(job.parked).toMatchObject([{ reason: 'outcomeUndecided' }]);
        expect(job.steps[2]?.evidence).toEqual([
          expect.stringContaining(`controllers ${bob.toText()}; no change by which the Manager gave it`),
        ]);
      } else {
        ends.completed += 1;
        fixture.expectProvisioned(id, alice);
      }
      network.restore(present);
      network.run(2);
    }
    expect(ends.completed).toBeGreaterThan(2);
    expect(ends.parked).toBeGreaterThan(2);
  });

  /** The job is undone, and Bob's job gets the canister. */
  function giveItToBob(id: bigint): void {
    expect(tag(fixture.settle(id).status)).toBe('compensated');
    network.runFor(restMs);
    const { id: jobOfBob } = fixture.createGreeter(bob);
    fixture.settle(jobOfBob);
    fixture.expectProvisioned(jobOfBob, bob);
    expect(fixture.created()).toHaveLength(1);
  }
});

describe('an owner who puts somebody else in charge before the Manager heard of the handover', () => {
  test('does not park the job: the history of the canister tells', () => {
    network.restore(withVacant);
    network.faults.add(
      { callee: managementCanisterId, method: 'update_settings', nth: 1 },
      { kind: 'dropReply' },
    );
    const { id } = fixture.createGreeter(alice);
    const ofAlice = managementClient({ update: (call) => network.updateAhead(call) }, alice);
    for (;;) {
      const [canister] = fixture.job(id).greeterId;
      if (canister && network.canister(canister).controllers.map(String).includes(alice.toText())) {
        ofAlice.updateSettings(canister, { controllers: [bob] });
        break;
      }
      network.step();
    }
    const job = fixture.settle(id);
    expect(tag(job.status)).toBe('completed');
    expect(job.steps[2]?.evidence).toEqual([
      expect.stringContaining('the owner was made the only one before'),
    ]);
  });
});
