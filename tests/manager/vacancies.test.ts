import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { alice, bob, ManagerFixture, tag } from '../support/manager-fixture.ts';
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

/** A network where Alice's cancelled job has left a vacant canister that has rested. */
const prepared = (() => {
  const { id } = fixture.createGreeter(alice);
  cancelAfterInstall(fixture, id);
  const [canisterId] = fixture.created();
  if (!canisterId) throw new Error('no canister');
  fixture.network.runFor(restMs);
  return { canisterId, rested: fixture.network.checkpoint() };
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

/* What needs no fault is tested in tests/pocket-ic/manager/vacancies.test.ts. */

describe('a vacant canister', () => {
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
});

describe('warm canisters', () => {
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
});
