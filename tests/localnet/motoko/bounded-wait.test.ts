import { IDL } from '@dfinity/candid';
import { describe, expect, test } from 'vitest';
import type { FaultAction } from '../../../src/localnet/index.ts';
import { motokoNetwork, nat, nat32 } from './motoko-network.ts';

function setup() {
  const { network, install } = motokoNetwork();
  const counter = install('counter', [nat(0)]);
  const caller = install('caller');
  return {
    network,
    counter,
    add: () => caller.update('addBounded', [counter.asActor, nat32(10)], IDL.Text),
    /** What happens to the caller's one call to the counter. */
    disturb: (action: FaultAction) => network.faults.add({ caller: caller.id, callee: counter.id }, action),
  };
}

const tenSeconds = 10_000_000_000n;

describe('bounded-wait calls between Motoko canisters', () => {
  test('an answer in time arrives like any other', () => {
    const { add, counter } = setup();
    expect(add()).toBe('answered');
    expect(counter.count).toBe(1n);
  });

  test('an answer that comes too late is not waited for, although the callee has executed the call', () => {
    const { network, add, counter, disturb } = setup();
    disturb({ kind: 'delayReply', milliseconds: 60_000 });
    const begin = network.timeNanos;
    expect(add()).toBe('system_unknown: Call deadline has expired.');
    const waited = network.timeNanos - begin;
    expect(waited).toBeGreaterThanOrEqual(tenSeconds);
    // Deadlines are whole seconds.
    expect(waited).toBeLessThanOrEqual(tenSeconds + 1_000_000_000n);
    expect(counter.count).toBe(1n);
    network.runFor(120_000);
    expect(counter.count).toBe(1n);
  });

  test('a request that waits at the callee until the deadline is never executed', () => {
    const { network, add, counter, disturb } = setup();
    disturb({ kind: 'delay', milliseconds: 60_000 });
    expect(add()).toBe('system_unknown: Call deadline has expired.');
    network.runFor(120_000);
    expect(counter.count).toBe(0n);
  });

  test('a request that does not leave the caller in time is surely not executed, and the caller knows', () => {
    const { network, add, counter, disturb } = setup();
    disturb({ kind: 'delay', milliseconds: 60_000, place: 'outputQueue' });
    expect(add()).toBe('system_transient: Request timed out.');
    network.runFor(120_000);
    expect(counter.count).toBe(0n);
  });

  test('a call whose outcome is unknown may still be executed later', () => {
    const { network, add, counter, disturb } = setup();
    disturb({ kind: 'applyLater', milliseconds: 30_000 });
    expect(add()).toMatch(/^system_unknown: /);
    expect(counter.count).toBe(0n);
    network.runFor(60_000);
    expect(counter.count).toBe(1n);
  });
});
