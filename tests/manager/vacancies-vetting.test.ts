import { readFileSync } from 'node:fs';
import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { alice, bob, ManagerFixture } from '../support/manager-fixture.ts';
import { adoptCanister, management, vacantCanisters } from './support/pool.ts';

const callee = managementCanisterId;
const restMs = 30 * 60_000;
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

function asManager(): ReturnType<typeof management> {
  return management(fixture, fixture.managerId);
}

/** The Greeter's init argument, as the Manager makes it. */
function ownerArgument(owner: Principal): Uint8Array {
  const Init = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });
  return IDL.encode([Init], [{ owner, greeting: [] }]);
}

/** A Manager that expects another reply of `canister_status` than the network gives. */
function managerThatMisreadsStatus(): Uint8Array {
  const module = readFileSync('.canisters/manager/manager.wasm');
  const at = module.lastIndexOf('running:', module.indexOf(',stopping:'));
  expect(at).toBeGreaterThan(0);
  module.write('Running:', at);
  return new Uint8Array(module);
}

function stopAll(): readonly Principal[] {
  const ids = vacantCanisters(fixture).map(({ canisterId }) => canisterId);
  for (const id of ids) asManager().stopCanister(id);
  return ids;
}

describe('a vacant canister that was stopped', () => {
  test('is started before a job gets it', () => {
    network.restore(prepared);
    const stopped = stopAll().map(String);
    const { id } = fixture.createGreeter(alice);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(stopped).toContain(String(fixture.job(id).greeterId[0]));
  });

  test('may be adopted, and is started, emptied and filled when it is given to a job', () => {
    network.restore(prepared);
    const [canisterId] = stopAll();
    if (!canisterId) throw new Error('no canister');
    for (const id of vacantCanisters(fixture).map((row) => row.canisterId)) {
      asManager().updateSettings(id, { controllers: [fixture.managerId, alice] });
    }
    for (let job = 0; job < 2; job += 1) fixture.settle(fixture.createGreeter(bob).id);
    expect(vacantCanisters(fixture).every(({ unfit }) => unfit[0] === 'wrongControllers')).toBe(true);
    asManager().updateSettings(canisterId, { controllers: [fixture.managerId] });
    expect(adoptCanister(fixture, canisterId)).toMatchObject({ Ok: { state: { adopted: null } } });
    network.runFor(restMs);
    asManager().installCode(canisterId, { module: fixture.template, arg: ownerArgument(bob) });
    fixture.configure({ vacantMinimumCycles: 2_000_000_000_000n });
    const { id } = fixture.createGreeter(alice);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.job(id).greeterId.map(String)).toEqual([canisterId.toText()]);
  });

  test('that cannot be started goes back, and the job creates one', () => {
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

test('a status that the Manager does not understand empties no pool: the job creates its canister, and operators are told once', () => {
  network.restore(prepared);
  const before = vacantIds().toSorted();
  fixture.upgradeHot(managerThatMisreadsStatus());
  const { id } = fixture.createGreeter(alice);
  network.run();
  fixture.expectProvisioned(id, alice);
  expect(before).not.toContain(String(fixture.job(id).greeterId[0]));
  expect(vacantIds().toSorted()).toEqual(before);
  expect(fixture.stats()).toMatchObject({
    defects: 1,
    lastDefect: [{ text: expect.stringContaining(`job ${id} could not take the vacant canister`) as string }],
  });
  // An upgrade that understands it finds them all.
  fixture.upgradeHot();
  const next = fixture.settle(fixture.createGreeter(bob).id);
  expect(before).toContain(String(next.greeterId[0]));
});
