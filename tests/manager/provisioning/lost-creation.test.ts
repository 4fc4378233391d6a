import { describe, expect, test } from 'vitest';
import { maximumSearchedNumbers } from '../../../src/manager/limits.ts';
import { alice, bob, tag, user } from '../../support/manager-fixture.ts';
import {
  busy,
  createForeign,
  expectAllAccountedFor,
  fault,
  lost,
  minuteMs,
  settleJobWith,
} from './support-creations.ts';
import { managerAsDeployed } from '../support/manager-as-deployed.ts';

const fixture = managerAsDeployed();

describe('a creation whose answer was lost', () => {
  test('is found by its birth tag, and nothing is created again', () => {
    const job = settleJobWith(fixture, lost);
    fixture.expectProvisioned(job.id, alice);
    expect(job.steps[0]?.attempt).toBe(1);
    expect(job.steps[0]?.evidence[0]).toMatch(
      /^canister_info: \S+ bears the birth tag of this job and attempt$/,
    );
    expect(fixture.created()).toHaveLength(1);
    expectAllAccountedFor(fixture);
  });

  test('is found among many canisters of others, in as many messages as it takes', () => {
    const { id: first } = fixture.createGreeter(bob);
    fixture.settle(first);
    createForeign(fixture, 40);
    fault(fixture, 'create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    createForeign(fixture, 40);
    const job = fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(job.steps[0]?.attempt).toBe(1);
    expectAllAccountedFor(fixture);
  });

  test.each([
    ['is found', lost, 1],
    ['is made again', { kind: 'dropBeforeExecution' }, 2],
  ] as const)('%s however many others were created before it', (_, action, attempt) => {
    createForeign(fixture, maximumSearchedNumbers + 1);
    fixture.network.runFor(minuteMs);
    fault(fixture, 'create_canister', action, 1);
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    createForeign(fixture, 20);
    const job = fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(job.steps[0]?.attempt).toBe(attempt);
    expectAllAccountedFor(fixture);
  });

  test('is found although the network is busy at first, and across upgrades', () => {
    for (const nth of [1, 3, 10]) fault(fixture, 'canister_info', busy, nth);
    fault(fixture, 'canister_info', { kind: 'dropReply' }, 4);
    createForeign(fixture, 20);
    fault(fixture, 'create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    let reads = 0;
    const unhook = fixture.network.faults.beforeStep((step) => {
      if (step % 7 !== 0 || tag(fixture.job(id).status) !== 'reconciling') return;
      reads += 1;
      if (reads < 8) fixture.upgradeHot();
    });
    fixture.settle(id);
    unhook();
    expect(reads).toBeGreaterThan(2);
    fixture.expectProvisioned(id, alice);
    expectAllAccountedFor(fixture);
  });

  test('and that created nothing is made again once a later canister proves it', () => {
    const job = settleJobWith(fixture, { kind: 'dropBeforeExecution' });
    fixture.expectProvisioned(job.id, alice);
    const { evidence, attempt } = job.steps[0] ?? {};
    expect(attempt).toBeGreaterThan(1);
    expect(evidence).toEqual([]);
    // The later canister was not made for nothing: the job has it.
    expect(fixture.created()).toHaveLength(1);
    expectAllAccountedFor(fixture);
  });

  test.each([
    ['one later canister is begun', false],
    ['the creation of another job', true],
  ] as const)('waits for a slow network: %s is enough', (_, hasOther) => {
    fault(fixture, 'create_canister', { kind: 'dropBeforeExecution' }, 1);
    fault(fixture, 'create_canister', { kind: 'delayReply', milliseconds: minuteMs });
    const { id } = fixture.createGreeter(alice);
    while (tag(fixture.job(id).status) !== 'reconciling') fixture.network.step();
    const other = hasOther ? fixture.createGreeter(bob).id : undefined;
    fixture.settle(id);
    if (other !== undefined) fixture.settle(other);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(hasOther ? 2 : 1);
    expectAllAccountedFor(fixture);
  });

  test('is found out also when the budgets are used up: a later canister is no part of them', () => {
    fault(fixture, 'create_canister', { kind: 'dropBeforeExecution' }, 1);
    const { id } = fixture.createGreeter(alice);
    while (tag(fixture.job(id).status) !== 'reconciling') fixture.network.step();
    fixture.configure({ totalBudgetCycles: { cycles: 1n } });
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
  });

  test('and that created nothing needs no canister more when other jobs create later ones', () => {
    fault(fixture, 'create_canister', { kind: 'dropBeforeExecution' }, 1);
    const { id } = fixture.createGreeter(alice);
    const { id: other } = fixture.createGreeter(bob);
    fixture.network.run();
    const { id: later } = fixture.createGreeter(bob);
    fixture.settle(later);
    fixture.settle(id);
    for (const [jobId, owner] of [
      [id, alice],
      [other, bob],
      [later, bob],
    ] as const) {
      fixture.expectProvisioned(jobId, owner);
    }
    expect(fixture.created()).toHaveLength(3);
    expectAllAccountedFor(fixture);
  });

  test('keeps each of several jobs to its own canister', () => {
    for (const nth of [1, 2, 4]) fault(fixture, 'create_canister', lost, nth);
    const ids = [1, 2, 3, 4, 5].map((number) => fixture.createGreeter(user(number)).id);
    ids.forEach((id, index) => {
      fixture.settle(id);
      fixture.expectProvisioned(id, user(index + 1));
    });
    expect(fixture.created()).toHaveLength(5);
    expectAllAccountedFor(fixture);
  });

  test('parks when the ids cannot be read, naming that; a retry reads on', () => {
    const rule = fault(fixture, 'canister_info', busy);
    fault(fixture, 'create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    const parked = fixture.settle(id);
    expect(parked.parked[0]?.reason).toBe('evidenceUnreadable');
    fixture.network.faults.remove(rule);
    fixture.retry(id);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expectAllAccountedFor(fixture);
  });
});
