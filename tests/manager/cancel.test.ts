import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { alice, ManagerFixture, tag } from '../support/manager-fixture.ts';
import { cancelJob, canisterCycles, vacantCanisters } from './support/pool.ts';

const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();

/** What must be true of a canister that its job gave up. */
function expectVacant(canisterId: Principal, jobId: bigint): void {
  const canister = fixture.network.canister(canisterId);
  expect(canister.moduleHash).toBeUndefined();
  expect(canister.controllers.map(String)).toEqual([fixture.managerId.toText()]);
  const vacancy = vacantCanisters(fixture).find(
    (vacant) => vacant.canisterId.toText() === canisterId.toText(),
  );
  expect(vacancy).toMatchObject({ unfit: [], formerJobId: [jobId] });
  expect(vacancy?.cycles).toEqual([canisterCycles(fixture, canisterId)]);
}

/** Lets the network take so many steps, then cancels; answers the tag of the answer. */
function cancelAfterSteps(steps: number): { id: bigint; answer: string; before: string } {
  fixture.network.restore(deployed);
  const { id } = fixture.createGreeter(alice);
  for (let step = 0; step < steps; step += 1) fixture.network.step();
  const before = tag(fixture.job(id).status);
  const result = cancelJob(fixture, id, alice);
  return { id, before, answer: 'Err' in result ? tag(result['Err'] as Record<string, unknown>) : 'Ok' };
}

test('cancelling between any two messages ends in a vacant canister, or comes too late and the job completes', () => {
  const answers = new Set<string>();
  let undone = 0;
  for (let steps = 0; !answers.has('TooLate'); steps += 1) {
    const { id, answer } = cancelAfterSteps(steps);
    answers.add(answer);
    const job = fixture.settle(id);
    if (answer === 'TooLate') fixture.expectProvisioned(id, alice);
    else {
      expect(tag(job.status)).toBe('compensated');
      for (const canisterId of fixture.created()) {
        expectVacant(canisterId, id);
        undone += 1;
      }
      expect(vacantCanisters(fixture)).toHaveLength(fixture.created().length);
      expect(fixture.greeters().greeters).toEqual([]);
      expect(fixture.stats()['openAttempts']).toBe(0);
    }
    fixture.network.checkCycles();
  }
  expect([...answers].sort()).toEqual(['Ok', 'TooLate']);
  expect(undone).toBeGreaterThan(5);
});

describe('a cancelled job', () => {
  test('whose creation is under way waits for its answer, and then gives the canister up', () => {
    fixture.network.restore(deployed);
    fixture.network.faults.add(
      { callee: managementCanisterId, method: 'create_canister' },
      { kind: 'delayReply', milliseconds: 5_000 },
    );
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    expect(tag(cancelJob(fixture, id, alice))).toBe('Ok');
    expect(tag(fixture.job(id).status)).toBe('running');
    fixture.settle(id);
    expect(tag(fixture.job(id).status)).toBe('compensated');
    const [canisterId] = fixture.created();
    if (!canisterId) throw new Error('no canister');
    expectVacant(canisterId, id);
  });

  test.each(['install_chunked_code', 'create_canister'])(
    'whose %s has an unknown outcome finds out before it undoes anything',
    (method) => {
      fixture.network.restore(deployed);
      fixture.network.faults.add(
        { callee: managementCanisterId, method, nth: 1 },
        { kind: 'trapCallback', message: 'lost' },
      );
      const { id } = fixture.createGreeter(alice);
      fixture.network.run();
      cancelJob(fixture, id, alice);
      fixture.settle(id);
      expect(tag(fixture.job(id).status)).toBe('compensated');
      const made = fixture.created();
      expect(made).toHaveLength(1);
      for (const canisterId of made) expectVacant(canisterId, id);
    },
  );
});

describe('undoing that fails', () => {
  /** Cancels a job whose canister exists, while `method` fails in this way every time. */
  function cancelWhile(method: string, errorCode: string): { id: bigint; rule: number } {
    fixture.network.restore(deployed);
    const rejection = { rejectCode: 2, errorCode, message: 'busy' } as const;
    fixture.network.faults.add(
      { callee: managementCanisterId, method: 'install_chunked_code' },
      { kind: 'reject', rejection },
    );
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    const rule = fixture.network.faults.add(
      { callee: managementCanisterId, method },
      { kind: 'reject', rejection },
    );
    cancelJob(fixture, id, alice);
    return { id, rule };
  }

  test.each(['uninstall_code', 'canister_status'])(
    'because of %s is tried longer than a step, parks, and a retry heals it',
    (method) => {
      const { id, rule } = cancelWhile(method, 'IC0204');
      const parked = fixture.settle(id);
      expect(parked.parked[0]?.reason).toBe('compensationFailed');
      expect(fixture.network.faults.matchCount(rule)).toBe(20);

      fixture.network.faults.remove(rule);
      expect(tag(fixture.retry(id))).toBe('Ok');
      expect(tag(fixture.settle(id).status)).toBe('compensated');
      for (const canisterId of fixture.created()) expectVacant(canisterId, id);
    },
  );

  test('for a while only is undone in the end', () => {
    const { id, rule } = cancelWhile('uninstall_code', 'IC0204');
    fixture.network.runFor(10_000);
    expect(tag(fixture.job(id).status)).toBe('compensating');
    fixture.network.faults.remove(rule);
    expect(tag(fixture.settle(id).status)).toBe('compensated');
  });
});
