import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { alice, bob, greeterModule, ManagerFixture, operator, tag } from '../support/manager-fixture.ts';
import {
  adoptCanister,
  cancelJob,
  canisterCycles,
  management,
  terminateJob,
  vacantCanisters,
} from './support/pool.ts';

const fixture = new ManagerFixture();
const restMs = 30 * 60_000;
const minimumCycles = 900_000_000_000n;

/** A network where Alice's cancelled job has left a vacant canister that has rested. */
const prepared = (() => {
  const { id } = fixture.createGreeter(alice);
  cancelAfterInstall(fixture, id);
  const [canisterId] = fixture.created();
  if (!canisterId) throw new Error('no canister');
  const resting = fixture.network.checkpoint();
  fixture.network.runFor(restMs);
  return { canisterId, formerJob: id, resting, rested: fixture.network.checkpoint() };
})();

function settleJobOf(owner: Principal): bigint {
  const { id } = fixture.createGreeter(owner);
  fixture.settle(id);
  return id;
}

/** As the Manager: nobody else may do anything to its canisters. */
function asManager(): ReturnType<typeof management> {
  return management(fixture, fixture.managerId);
}

/** The Greeter's init argument, as the Manager makes it. */
function ownerArgument(owner: Principal): Uint8Array {
  const Init = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });
  return IDL.encode([Init], [{ owner, greeting: [] }]);
}

/** Cancels a job as soon as its Greeter is installed. */
function cancelAfterInstall(manager: ManagerFixture, id: bigint): void {
  manager.network.faults.add(
    { callee: managementCanisterId, method: 'update_settings', nth: 1 },
    { kind: 'reject', rejection: { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } },
  );
  manager.network.run();
  expect(tag(manager.job(id).steps[1]?.state ?? {})).toBe('succeeded');
  expect(tag(cancelJob(manager, id, alice))).toBe('Ok');
  expect(tag(manager.settle(id).status)).toBe('compensated');
}

describe('a vacant canister', () => {
  test('is given to the next job in place of a new one', () => {
    fixture.network.restore(prepared.rested);
    const before = fixture.network.canister(fixture.managerId).cycles;
    const id = settleJobOf(bob);
    fixture.expectProvisioned(id, bob);
    expect(fixture.job(id).greeterId.map(String)).toEqual([prepared.canisterId.toText()]);
    expect(fixture.created()).toHaveLength(1);
    expect(vacantCanisters(fixture)).toEqual([]);
    // Far less than a creation costs.
    expect(before - fixture.network.canister(fixture.managerId).cycles).toBeLessThan(100_000_000_000n);
  });

  test('rests before another job may have it', () => {
    fixture.network.restore(prepared.resting);
    const id = settleJobOf(bob);
    fixture.expectProvisioned(id, bob);
    expect(fixture.created()).toHaveLength(2);
    expect(vacantCanisters(fixture).map(({ canisterId }) => canisterId.toText())).toEqual([
      prepared.canisterId.toText(),
    ]);
  });

  test('is emptied when a late call of its former job left a module in it', () => {
    fixture.network.restore(prepared.rested);
    asManager().installCode(prepared.canisterId, { module: fixture.template, arg: ownerArgument(alice) });
    const id = settleJobOf(bob);
    fixture.expectProvisioned(id, bob);
    expect(fixture.job(id).greeterId.map(String)).toEqual([prepared.canisterId.toText()]);
    const changes = fixture.network.canister(prepared.canisterId).history.map(({ details }) => details.kind);
    expect(changes.slice(-4)).toEqual([
      'codeDeployment',
      'codeUninstall',
      'codeDeployment',
      'controllersChange',
    ]);
  });

  test('that somebody else controls, too, is never used, and listed as unfit', () => {
    fixture.network.restore(prepared.rested);
    asManager().updateSettings(prepared.canisterId, { controllers: [fixture.managerId, alice] });
    const id = settleJobOf(bob);
    fixture.expectProvisioned(id, bob);
    expect(fixture.created()).toHaveLength(2);
    expect(vacantCanisters(fixture)).toMatchObject([{ unfit: ['wrongControllers'], availableAt: [] }]);

    // Once it is the Manager's alone again, an operator can have it looked at.
    expect(adoptCanister(fixture, prepared.canisterId)).toMatchObject({ Ok: { state: { refused: null } } });
    asManager().updateSettings(prepared.canisterId, { controllers: [fixture.managerId] });
    expect(adoptCanister(fixture, prepared.canisterId)).toMatchObject({ Ok: { state: { adopted: null } } });
    fixture.network.runFor(restMs);
    const next = settleJobOf(alice);
    expect(fixture.job(next).greeterId.map(String)).toEqual([prepared.canisterId.toText()]);
    fixture.expectProvisioned(next, alice);
  });

  test('that does not exist any more is dropped from the list, and its account says so', () => {
    fixture.network.restore(prepared.rested);
    asManager().stopCanister(prepared.canisterId);
    asManager().deleteCanister(prepared.canisterId);
    const id = settleJobOf(bob);
    fixture.expectProvisioned(id, bob);
    expect(vacantCanisters(fixture)).toEqual([]);
    expect(adoptCanister(fixture, prepared.canisterId)).toMatchObject({
      Err: { AccountedFor: { use: 'gone' } },
    });
  });

  test('with too few cycles is given what it lacks, at the cost of the job that takes it', () => {
    fixture.network.restore(prepared.rested);
    fixture.configure({ vacantMinimumCycles: 1_200_000_000_000n });
    const had = canisterCycles(fixture, prepared.canisterId);
    const rule = fixture.network.faults.add(
      { callee: managementCanisterId, method: 'install_chunked_code' },
      { kind: 'delay', milliseconds: 1_000 },
    );
    const { id } = fixture.createGreeter(bob);
    fixture.network.run();
    expect(fixture.network.faults.matchCount(rule)).toBe(1);
    expect(canisterCycles(fixture, prepared.canisterId)).toBe(1_210_000_000_000n);
    fixture.settle(id);
    fixture.expectProvisioned(id, bob);
    expect(fixture.job(id).cyclesSpent).toBeGreaterThanOrEqual(1_210_000_000_000n - had);
    expect(fixture.created()).toHaveLength(1);
  });

  test('that cannot be looked at goes back, and the job creates one', () => {
    fixture.network.restore(prepared.rested);
    const rejection = { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } as const;
    fixture.network.faults.add(
      { callee: managementCanisterId, method: 'canister_status' },
      { kind: 'reject', rejection },
    );
    const id = settleJobOf(bob);
    fixture.expectProvisioned(id, bob);
    expect(fixture.created()).toHaveLength(2);
    const [vacancy] = vacantCanisters(fixture);
    expect(vacancy?.unfit).toEqual([]);
    expect(vacancy?.availableAt[0]).toBeLessThanOrEqual(fixture.network.timeNanos);
    // It costs the job no attempt: the only one is the creation.
    expect(fixture.job(id).steps[0]?.attempt).toBe(1);
  });

  test('goes back when the answer about it is lost, and its job is not the worse for it', () => {
    fixture.network.restore(prepared.rested);
    fixture.network.faults.add(
      { callee: managementCanisterId, method: 'canister_status', nth: 1 },
      { kind: 'trapCallback', message: 'lost' },
    );
    const id = settleJobOf(bob);
    fixture.expectProvisioned(id, bob);
    expect(fixture.created()).toHaveLength(2);
    expect(vacantCanisters(fixture)).toHaveLength(1);
  });

  test('goes back when its job is cancelled while it is looked at', () => {
    fixture.network.restore(prepared.rested);
    fixture.network.faults.add(
      { callee: managementCanisterId, method: 'canister_status', nth: 1 },
      { kind: 'trapCallback', message: 'lost' },
    );
    const { id } = fixture.createGreeter(bob);
    fixture.network.run();
    cancelJob(fixture, id, bob);
    expect(tag(fixture.settle(id).status)).toBe('compensated');
    expect(vacantCanisters(fixture)).toMatchObject([{ unfit: [] }]);
    expect(fixture.created()).toHaveLength(1);
  });

  test('is given to one job only, however many ask at once', () => {
    fixture.network.restore(prepared.rested);
    const ids = [alice, bob, alice, bob].map((owner) => fixture.createGreeter(owner).id);
    const greeters = ids.map((id) => String(fixture.settle(id).greeterId[0]));
    expect(new Set(greeters).size).toBe(4);
    expect(greeters).toContain(prepared.canisterId.toText());
    expect(fixture.created()).toHaveLength(4);
    ids.forEach((id, index) => {
      fixture.expectProvisioned(id, index % 2 === 0 ? alice : bob);
    });
  });

  test('left by a job that an operator ended is unfit until somebody has it looked at', () => {
    fixture.network.restore(prepared.rested);
    const rejection = { rejectCode: 4, errorCode: 'IC0402', message: 'refused' } as const;
    const rule = fixture.network.faults.add(
      { callee: managementCanisterId, method: 'update_settings' },
      { kind: 'reject', rejection },
    );
    const { id } = fixture.createGreeter(bob);
    expect(fixture.settle(id).parked[0]?.reason).toBe('terminalError');
    expect(tag(terminateJob(fixture, id))).toBe('Ok');
    expect(vacantCanisters(fixture)).toMatchObject([
      { unfit: ['jobTerminated'], formerJobId: [id], cycles: [] },
    ]);

    fixture.network.faults.remove(rule);
    fixture.network.runFor(restMs);
    const other = settleJobOf(alice);
    expect(fixture.job(other).greeterId.map(String)).not.toEqual([prepared.canisterId.toText()]);
    expect(adoptCanister(fixture, prepared.canisterId)).toMatchObject({ Ok: { state: { adopted: null } } });
    fixture.network.runFor(restMs);
    // It still has the Greeter of the job that was ended: taking it replaces that.
    const last = settleJobOf(alice);
    expect(fixture.job(last).greeterId.map(String)).toEqual([prepared.canisterId.toText()]);
    fixture.expectProvisioned(last, alice);
  });

  test('has at least the cycles that a job needs', () => {
    fixture.network.restore(prepared.rested);
    expect(canisterCycles(fixture, prepared.canisterId)).toBeGreaterThan(minimumCycles);
  });
});

test('a canister used again greets for its new owner and knows nothing of the former one', () => {
  const azle = new ManagerFixture({ template: greeterModule });
  const first = azle.createGreeter(alice, { greeting: 'Secret' });
  cancelAfterInstall(azle, first.id);
  azle.network.runFor(restMs);
  const { id } = azle.createGreeter(bob);
  const [greeterId] = azle.settle(id).greeterId;
  if (!greeterId) throw new Error('no Greeter');
  expect(azle.created().map(String)).toEqual([greeterId.toText()]);
  expect(azle.greet(greeterId, bob, 'Bob')).toBe('Hello, Bob!');
  // The birth tag named the former job.
  expect(azle.network.canister(greeterId).settings.environmentVariables).toEqual([]);
  azle.expectProvisioned(id, bob);
});

describe('warm canisters', () => {
  test('are made in advance, so that a job creates none', () => {
    fixture.network.restore(prepared.rested);
    fixture.configure({ warmCanisters: 3 });
    fixture.network.run();
    const made = vacantCanisters(fixture);
    expect(made).toHaveLength(3);
    for (const { canisterId, cycles, unfit } of made) {
      expect(unfit).toEqual([]);
      expect(cycles).toEqual([canisterCycles(fixture, canisterId)]);
    }
    const known = made.map(({ canisterId }) => canisterId.toText());
    const id = settleJobOf(bob);
    fixture.expectProvisioned(id, bob);
    expect(known).toContain(String(fixture.job(id).greeterId[0]));
    // The one that was taken is replaced.
    fixture.network.runFor(restMs);
    expect(vacantCanisters(fixture)).toHaveLength(3);
    fixture.network.checkCycles();
  });

  test('that cannot be made are not asked for again and again', () => {
    fixture.network.restore(prepared.rested);
    const rejection = { rejectCode: 4, errorCode: 'IC0402', message: 'refused' } as const;
    const rule = fixture.network.faults.add(
      { callee: managementCanisterId, method: 'create_canister' },
      { kind: 'reject', rejection },
    );
    fixture.configure({ warmCanisters: 3 });
    fixture.network.runFor(24 * 3_600_000);
    expect(fixture.network.faults.matchCount(rule)).toBe(2);
    expect(fixture.stats()['parked']).toBe(2);
  });

  test('belong to nobody’s jobs', () => {
    fixture.network.restore(prepared.rested);
    fixture.configure({ warmCanisters: 2 });
    fixture.network.run();
    expect(fixture.myJobs(operator).jobs).toEqual([]);
    expect(fixture.myJobs(alice).jobs).toHaveLength(1);
  });
});
