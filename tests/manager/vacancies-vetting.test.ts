import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { alice, bob, ManagerFixture } from '../support/manager-fixture.ts';
import { management, vacantCanisters } from './support/pool.ts';

const callee = managementCanisterId;
const warmCanisters = 5;

const fixture = new ManagerFixture();
const { network } = fixture;

/** A network with five vacant canisters. */
const prepared = (() => {
  fixture.configure({ warmCanisters });
  network.run();
  fixture.configure({ warmCanisters: 0 });
  return network.checkpoint();
})();

function vacantIds(): string[] {
  return vacantCanisters(fixture).map(({ canisterId }) => canisterId.toText());
}

function stopAll(): readonly Principal[] {
  const ids = vacantCanisters(fixture).map(({ canisterId }) => canisterId);
  for (const id of ids) management(fixture, fixture.managerId).stopCanister(id);
  return ids;
}

describe('a vacant canister that was stopped', () => {
  test('and cannot be started goes back, and the job creates one', () => {
    network.restore(prepared);
    const stopped = stopAll();
    const rejection = { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } as const;
    network.faults.add({ callee, method: 'start_canister' }, { kind: 'reject', rejection });
    const { id } = fixture.createGreeter(alice);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(warmCanisters + 1);
    expect(vacantIds().toSorted()).toEqual(stopped.map(String).toSorted());
  });
});

describe('while the network answers no question about vacant canisters', () => {
  const rejection = { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } as const;

  test('a job looks at one, goes on with creating its own, and all of them stay available', () => {
    network.restore(prepared);
    const before = vacantIds().toSorted();
    const match = { callee, method: 'canister_status' };
    const rule = network.faults.add(match, { kind: 'reject', rejection });
    const { id } = fixture.createGreeter(alice);
    network.run();
    fixture.expectProvisioned(id, alice);
    expect(network.faults.matchCount(rule)).toBe(1);
    expect(fixture.job(id).steps[0]?.attempt).toBe(1);
    expect(vacantIds().toSorted()).toEqual(before);
    const { timeNanos } = network;
    for (const { unfit, availableAt } of vacantCanisters(fixture)) {
      expect(unfit).toEqual([]);
      expect(availableAt[0]).toBeLessThanOrEqual(timeNanos);
    }
    // The busy minute is over: the next job takes one.
    network.faults.clear();
    const next = fixture.settle(fixture.createGreeter(bob).id);
    expect(before).toContain(String(next.greeterId[0]));
  });

  test('a job whose creation fails, too, is offered one again', () => {
    network.restore(prepared);
    const before = vacantIds();
    network.faults.add({ callee, method: 'canister_status', nth: 1 }, { kind: 'reject', rejection });
    network.faults.add({ callee, method: 'create_canister', nth: 1 }, { kind: 'reject', rejection });
    const { id } = fixture.createGreeter(alice);
    const job = fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(before).toContain(String(job.greeterId[0]));
  });

  test('a job that cannot create one either waits no longer than its attempts last', () => {
    network.restore(prepared);
    network.faults.add({ callee, method: 'canister_status' }, { kind: 'reject', rejection });
    const rule = network.faults.add({ callee, method: 'create_canister' }, { kind: 'reject', rejection });
    const { id } = fixture.createGreeter(alice);
    expect(fixture.settle(id).parked[0]?.reason).toBe('attemptsExhausted');
    expect(network.faults.matchCount(rule)).toBe(8);
    expect(vacantIds()).toHaveLength(warmCanisters);
  });
});
