import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import { alice, bob, tag } from '../../support/manager-fixture.ts';
import { auditRows, ok, queueVerb } from './support.ts';
import type { QueueControl } from './support.ts';
import { managerAsDeployed } from '../support/manager-as-deployed.ts';

const fixture = managerAsDeployed();
const { network } = fixture;
const hourMs = 3_600_000;

function verb(
  ...[name, options]: [Parameters<typeof queueVerb>[1], Parameters<typeof queueVerb>[2]?]
): QueueControl {
  return ok(queueVerb(fixture, name, options));
}

describe('a paused queue', () => {
  test('still handles the answers to what is under way, and ends its leases', () => {
    network.faults.add(
      { callee: managementCanisterId, method: 'install_chunked_code' },
      {
        kind: 'trapCallback',
        message: 'lost',
      },
    );
    const { id } = fixture.createGreeter(alice);
    while (tag(fixture.job(id).steps[1]?.state ?? {}) !== 'inFlight') network.step();
    expect(verb('pauseQueue')).toMatchObject({ openAttempts: 1, ready: false });
    network.runFor(hourMs);
    expect(tag(fixture.job(id).status)).toBe('reconciling');
    expect(fixture.stats()).toMatchObject({ openAttempts: 0, unreadAnswers: 0 });
    verb('resumeQueue');
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
  });
});

describe('an upgrade that was prepared', () => {
  /** One job whose unbounded creation is open, and one whose bounded installation is. */
  function bothKindsOfCallsOpen(): bigint[] {
    const reply = { kind: 'delayReply', milliseconds: 20_000 } as const;
    network.faults.add({ callee: managementCanisterId, method: 'install_chunked_code', nth: 1 }, reply);
    network.faults.add({ callee: managementCanisterId, method: 'create_canister', nth: 2 }, reply);
    const first = fixture.createGreeter(alice).id;
    while (tag(fixture.job(first).steps[1]?.state ?? {}) !== 'inFlight') network.step();
    const second = fixture.createGreeter(bob).id;
    while (tag(fixture.job(second).steps[0]?.state ?? {}) !== 'inFlight') network.step();
    expect(fixture.stats()).toMatchObject({ openAttempts: 2 });
    return [first, second];
  }

  test('waits for what is open, starts nothing new, is ready, and goes on by itself after the upgrade', () => {
    const [first = 0n, second = 0n] = bothKindsOfCallsOpen();
    expect(verb('prepareUpgrade')).toMatchObject({ openAttempts: 2, ready: false });
    const third = fixture.createGreeter(alice).id;
    network.runFor(15_000);
    expect(verb('prepareUpgrade')).toMatchObject({ openAttempts: 2, ready: false });
    network.runFor(15_000);
    expect(verb('prepareUpgrade')).toMatchObject({ openAttempts: 0, ready: true, paused: [] });
    network.runFor(hourMs);
    expect([first, second, third].map((id) => tag(fixture.job(id).status))).toEqual([
      'running',
      'running',
      'queued',
    ]);
    expect(auditRows(fixture)).toHaveLength(1);

    const before = network.timeNanos;
    fixture.upgradeStopped();
    expect(network.timeNanos - before).toBeLessThan(5_000_000_000n);
    expect(fixture.stats()).toMatchObject({ draining: [] });
    for (const id of [first, second, third]) fixture.settle(id);
    fixture.expectProvisioned(first, alice);
    fixture.expectProvisioned(second, bob);
    fixture.expectProvisioned(third, alice);
  });

  test('is stopped without waiting to be ready: the stop ends with the last answer, and nothing is lost', () => {
    const [first = 0n, second = 0n] = bothKindsOfCallsOpen();
    verb('prepareUpgrade');
    const before = network.timeNanos;
    fixture.upgradeStopped();
    expect(network.timeNanos - before).toBeLessThan(30_000_000_000n);
    for (const id of [first, second]) fixture.settle(id);
    fixture.expectProvisioned(first, alice);
    fixture.expectProvisioned(second, bob);
    expect(fixture.created()).toHaveLength(2);
  });

  test('waits for a call that is no attempt’s, too', () => {
    const match = { callee: managementCanisterId, method: 'upload_chunk', nth: 1 };
    network.faults.add(match, { kind: 'delayReply', milliseconds: 60_000 });
    fixture.publish('2.0.0', fixture.template);
    expect(verb('prepareUpgrade')).toMatchObject({ openAttempts: 0, ready: false });
    network.runFor(61_000);
    expect(verb('prepareUpgrade')).toMatchObject({ openAttempts: 0, ready: true });
    const before = network.timeNanos;
    fixture.upgradeStopped();
    expect(network.timeNanos - before).toBeLessThan(5_000_000_000n);
  });

  test('does not wait for ever for an answer that was lost', () => {
    const match = { callee: managementCanisterId, method: 'canister_info', nth: 1 };
    const lost = { kind: 'trapCallback', message: 'lost' } as const;
    const unknown = { callee: managementCanisterId, method: 'install_chunked_code', nth: 1 };
    network.faults.add(unknown, { kind: 'dropReply' });
    network.faults.add(match, lost);
    const { id } = fixture.createGreeter(alice);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(verb('prepareUpgrade')).toMatchObject({ openAttempts: 0, ready: false });
    network.runFor(15 * 60_000);
    expect(verb('prepareUpgrade')).toMatchObject({ openAttempts: 0, ready: true });
    // From then on it counts for nothing.
    fixture.upgradeStopped();
    fixture.settle(fixture.createGreeter(bob).id);
    expect(verb('prepareUpgrade')).toMatchObject({ openAttempts: 0, ready: true });
  });
});
