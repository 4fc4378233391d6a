import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId, managementClient } from '../../src/localnet/index.ts';
import type { ManagementClient } from '../../src/localnet/index.ts';
import { createStep } from '../../src/manager/provisioning/create-step.ts';
import { alice, bob, managerModule, ManagerFixture, operator, tag } from '../support/manager-fixture.ts';

const fixture = new ManagerFixture();
const { network, managerId } = fixture;
const deployed = network.checkpoint();
const management = managementClient({ update: (call) => network.updateAhead(call) }, operator);

function provisionBob(): void {
  const { id } = fixture.createGreeter(bob);
  fixture.settle(id);
  fixture.expectProvisioned(id, bob);
}

describe('the Manager reinstalled with calls open', () => {
  test('at every other message boundary of a saga starts anew, and an answer from before does not go astray', () => {
    network.restore(deployed);
    fixture.createGreeter(alice);
    let strays = 0;
    for (let present = network.checkpoint(), more = true; more; present = network.checkpoint()) {
      network.restore(present);
      management.installCode(managerId, { module: managerModule, mode: 'reinstall' });
      fixture.publish('1.0.0', fixture.template);
      fixture.activate('1.0.0');
      provisionBob();
      network.runFor(3_600_000);
      const stats = fixture.stats();
      expect(stats).toMatchObject({ openAttempts: 0, unreadAnswers: 0, completed: 1, defects: 0 });
      strays += stats.strayAnswers ?? 0;
      network.restore(present);
      more = network.run(2) === 2;
    }
    expect(strays).toBeGreaterThan(2);
  });
});

describe('a snapshot of the Manager loaded with calls open, and the Manager upgraded to arm its timers', () => {
  test('at every other message boundary of a saga: every job ends or is parked with evidence', () => {
    network.restore(deployed);
    management.stopCanister(managerId);
    const snapshot = management.takeSnapshot(managerId);
    management.startCanister(managerId);
    const { id } = fixture.createGreeter(alice);
    const midway: Uint8Array[] = [];
    for (let present = network.checkpoint(), more = true; more; present = network.checkpoint()) {
      for (const older of [snapshot.id, ...midway]) {
        network.restore(present);
        management.loadSnapshot(managerId, older);
        fixture.upgradeHot();
        network.runFor(3_600_000);
        provisionBob();
        expect(fixture.stats()).toMatchObject({ openAttempts: 0, unreadAnswers: 0, defects: 0, queued: 0 });
        if (older !== snapshot.id) expectEndedOrParked(id);
      }
      network.restore(present);
      if (midway.length === 0 && fixture.job(id).greeterId.length > 0) {
        midway.push(management.takeSnapshot(managerId).id);
      }
      more = network.run(2) === 2;
    }
    expect(midway).toHaveLength(1);
  });

  function expectEndedOrParked(id: bigint): void {
    const job = fixture.job(id);
    if (tag(job.status) === 'completed') fixture.expectProvisioned(id, alice);
    // A create whose answer came to the timeline that the snapshot ended: nobody can know.
    else expect(job.parked[0]?.reason).toBe('outcomeUndecided');
  }
});

describe('the owner who is quick, before the Manager heard that the canister was handed over,', () => {
  test.each([
    [
      'to share the Greeter',
      (management: ManagementClient, canister: Principal): void => {
        management.updateSettings(canister, { controllers: [alice, bob] });
      },
    ],
    [
      'to delete it',
      (management: ManagementClient, canister: Principal): void => {
        management.stopCanister(canister);
        management.deleteCanister(canister);
      },
    ],
  ])('%s does not park the job', (_, act) => {
    network.restore(deployed);
    network.faults.add(
      { callee: managementCanisterId, method: 'update_settings', nth: 1 },
      { kind: 'dropReply' },
    );
    const { id } = fixture.createGreeter(alice);
    act(managementClient({ update: (call) => network.updateAhead(call) }, alice), handedOver(id));
    const job = fixture.settle(id);
    expect(tag(job.status)).toBe('completed');
    expect(job.steps[2]?.attempt).toBe(1);
  });

  /** Runs until the job's canister belongs to its owner. */
  function handedOver(id: bigint): Principal {
    for (;;) {
      const [canister] = fixture.job(id).greeterId;
      const controllers = canister ? network.canister(canister).controllers : [];
      if (canister && controllers.some((controller) => controller.toText() === alice.toText()))
        return canister;
      network.step();
    }
  }
});

describe('an answer to create_canister that cannot be decoded', () => {
  test('parks the job and keeps the bytes, for they may be all that tells of the canister', () => {
    // A management canister that answers so cannot be had: the job is told what the Manager makes of such bytes.
    const reply = IDL.encode([IDL.Text], ['surprise']);
    expect(createStepReads(reply)).toMatchObject({
      kind: 'unknown',
      error: {
        code: 'undecodableReply',
        message: expect.stringContaining(Buffer.from(reply).toString('hex')) as string,
      },
    });
  });
});

function createStepReads(bytes: Uint8Array): unknown {
  const saga = { facts: { cyclesSpent: 0n } } as never;
  const call = { purpose: 'createCanister', attachedCycles: 0n } as never;
  return createStep.readAnswer({ kind: 'reply', bytes, cyclesRefunded: 0n }, saga, call);
}
