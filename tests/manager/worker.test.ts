import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import type { FaultAction } from '../../src/localnet/index.ts';
import { alice, bob, ManagerFixture, tag, user } from '../support/manager-fixture.ts';

const timerExecutor = '<ic-cdk internal> timer_executor';
const fixture = new ManagerFixture();
const { network } = fixture;
const deployed = network.checkpoint();

/** The present build with one text in it replaced by another of the same length. */
function editedManager(text: string, replacement: string): Uint8Array {
  const module = readFileSync('.canisters/manager/manager.wasm');
  const at = module.indexOf(text);
  expect(at, `"${text}" in the Manager's code`).toBeGreaterThan(0);
  expect(replacement.length).toBe(text.length);
  module.write(replacement, at);
  return new Uint8Array(module);
}

describe('a run of the worker whose message', () => {
  const lost: [string, FaultAction][] = [
    ['trapped', { kind: 'trap', message: 'broken' }],
    [
      'was refused for now',
      { kind: 'reject', rejection: { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } },
    ],
    ['was answered with SYS_UNKNOWN and did not run', { kind: 'dropBeforeExecution' }],
    ['was answered with SYS_UNKNOWN and ran', { kind: 'dropReply' }],
  ];
  test.each(lost)('%s is made up for by the watchdog, whichever run of a saga it is', (_, action) => {
    let runs = 0;
    for (let nth = 1; nth <= runs + 1; nth += 1) {
      network.restore(deployed);
      const rule = network.faults.add({ method: timerExecutor, nth }, action);
      const { id } = fixture.createGreeter(alice);
      fixture.settle(id, 20 * 60_000);
      fixture.expectProvisioned(id, alice);
      expect(fixture.created()).toHaveLength(1);
      runs = Math.max(runs, network.faults.matchCount(rule));
      network.faults.clear();
    }
    expect(runs).toBeGreaterThan(4);
  });

  test('never came to its end is made up for by the next request, without waiting for the watchdog', () => {
    network.restore(deployed);
    network.faults.add({ method: timerExecutor, nth: 1 }, { kind: 'trap', message: 'broken' });
    const { id } = fixture.createGreeter(alice);
    network.runFor(15_000);
    expect(tag(fixture.job(id).status)).toBe('queued');
    fixture.createGreeter(bob);
    network.run();
    fixture.expectProvisioned(id, alice);
  });

  test('traps for an hour leaves jobs that finish afterwards', () => {
    network.restore(deployed);
    const rule = network.faults.add({ method: timerExecutor }, { kind: 'trap', message: 'broken' });
    const { id } = fixture.createGreeter(alice);
    network.runFor(3_600_000);
    expect(tag(fixture.job(id).status)).toBe('queued');
    network.faults.remove(rule);
    fixture.settle(id, 20 * 60_000);
    fixture.expectProvisioned(id, alice);
  });
});

describe('a job whose record the Manager cannot read', () => {
  test('keeps no other job waiting, burns next to nothing, is shown, and goes on after the next upgrade', () => {
    network.restore(deployed);
    const broken = fixture.createGreeter(alice, { greeting: 'Salut' });
    // The field of the greeting gets another number, so that every record with a greeting becomes unreadable.
    fixture.upgradeHot(editedManager('greeting:3,', 'greeting:9,'));
    const whole = fixture.createGreeter(bob);
    network.run();
    fixture.expectProvisioned(whole.id, bob);
    expect(fixture.stats()).toMatchObject({
      defects: 1,
      lastDefect: [{ text: `job ${broken.id} could not be woken: provisioning facts: unknown field 3` }],
    });
    const before = network.canister(fixture.managerId).cycles;
    network.runFor(3_600_000);
    // An hour of one attempt in ten minutes and of the watchdog.
    expect(before - network.canister(fixture.managerId).cycles).toBeLessThan(3_000_000_000n);
    expect(fixture.stats().defects).toBeLessThan(10);

    fixture.upgradeHot();
    fixture.settle(broken.id);
    fixture.expectProvisioned(broken.id, alice);
    expect(fixture.stats()).toMatchObject({ openAttempts: 0, nextWakeAt: [] });
  });
});

describe('an answer the Manager cannot handle', () => {
  test('is set aside, keeps no other answer waiting, and is handled after the next upgrade', () => {
    network.restore(deployed);
    const first = fixture.createGreeter(alice, { greeting: 'Salut' });
    // The answer to create_canister is stored, and nobody has looked at it yet.
    while (fixture.stats().unreadAnswers === 0) network.step();
    fixture.upgradeHot(editedManager('greeting:3,', 'greeting:9,'));
    const second = fixture.createGreeter(bob);
    network.run();
    fixture.expectProvisioned(second.id, bob);
    expect(fixture.stats()).toMatchObject({ unreadAnswers: 1 });
    expect(fixture.stats().defects).toBeGreaterThan(0);

    fixture.upgradeHot();
    fixture.settle(first.id);
    fixture.expectProvisioned(first.id, alice);
    expect(fixture.created()).toHaveLength(2);
    expect(fixture.stats()).toMatchObject({ unreadAnswers: 0, openAttempts: 0 });
  });
});

describe('the Manager stopped and started, not upgraded,', () => {
  test('at each message boundary of a saga goes on by itself', () => {
    network.restore(deployed);
    const { id } = fixture.createGreeter(alice);
    for (let present = network.checkpoint(), more = true; more; present = network.checkpoint()) {
      network.restore(present);
      fixture.stopAndStart(600_000);
      fixture.settle(id, 20 * 60_000);
      fixture.expectProvisioned(id, alice);
      expect(fixture.created()).toHaveLength(1);
      network.restore(present);
      more = network.step() !== undefined;
    }
  });
});

describe('a clock that jumps by a day', () => {
  test('at each message boundary of a saga does no harm', () => {
    network.restore(deployed);
    const { id } = fixture.createGreeter(alice);
    for (let present = network.checkpoint(), more = true; more; present = network.checkpoint()) {
      network.restore(present);
      network.advanceTime(24 * 3_600_000);
      fixture.settle(id);
      fixture.expectProvisioned(id, alice);
      expect(fixture.created()).toHaveLength(1);
      network.restore(present);
      more = network.step() !== undefined;
    }
  });
});

describe('when every place is taken by a call that is not answered', () => {
  test('the worker rests until an answer comes', () => {
    network.restore(deployed);
    const delay = { kind: 'delayReply', milliseconds: 600_000 } as const;
    network.faults.add({ callee: managementCanisterId, method: 'create_canister' }, delay);
    for (let index = 0; index < 60; index += 1) fixture.createGreeter(user(Math.floor(index / 5)));
    network.run();
    expect(fixture.stats()).toMatchObject({ openAttempts: 50, queued: 10 });
    let executorCalls = 0;
    const rule = network.faults.add({ method: timerExecutor, nth: 1_000_000 }, { kind: 'dropReply' });
    network.runFor(500_000);
    executorCalls = network.faults.matchCount(rule);
    expect(executorCalls).toBeLessThanOrEqual(2);
    network.runFor(3_600_000);
    expect(fixture.stats()).toMatchObject({ completed: 60, openAttempts: 0 });
  });

  test('and leases that ran out free the places, for the jobs that wait', () => {
    network.restore(deployed);
    const lose = { kind: 'trapCallback', message: 'lost' } as const;
    for (let nth = 1; nth <= 50; nth += 1) {
      network.faults.add({ callee: managementCanisterId, method: 'create_canister', nth }, lose);
    }
    for (let index = 0; index < 60; index += 1) fixture.createGreeter(user(Math.floor(index / 5)));
    network.runFor(3_600_000);
    // Those whose answer was lost are found by their birth tags: each job has the one canister that was made for it.
    expect(fixture.stats()).toMatchObject({ completed: 60, parked: 0, openAttempts: 0 });
    expect(fixture.created()).toHaveLength(60);
  });
});

test('a job that waits for hours costs one run each time it is due, and the watchdog', () => {
  network.restore(deployed);
  network.faults.add(
    { callee: managementCanisterId, method: 'install_chunked_code' },
    {
      kind: 'reject',
      rejection: { rejectCode: 2, errorCode: 'IC0209', message: 'Canister is rate limited' },
    },
  );
  const { id } = fixture.createGreeter(alice);
  const rule = network.faults.add({ method: timerExecutor, nth: 1_000_000 }, { kind: 'dropReply' });
  network.runFor(30 * 60_000);
  const { steps } = fixture.job(id);
  expect(steps[1]?.attempt).toBeGreaterThan(4);
  // Per attempt a run that sends and one that reads the answer, and timers that were overtaken.
  expect(network.faults.matchCount(rule)).toBeLessThan(40);
});

test('an idle Manager runs its watchdog and nothing else', () => {
  network.restore(deployed);
  for (let index = 0; index < 20; index += 1) fixture.createGreeter(user(Math.floor(index / 5)));
  network.run();
  expect(fixture.stats()).toMatchObject({ completed: 20 });
  const rule = network.faults.add({ method: timerExecutor, nth: 1_000_000 }, { kind: 'dropReply' });
  network.runFor(3_600_000);
  expect(network.faults.matchCount(rule)).toBeLessThanOrEqual(12);
});
