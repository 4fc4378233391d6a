import { IDL } from '@dfinity/candid';
import { describe, expect, test } from 'vitest';
import { motokoNetwork, nat } from './motoko-network.ts';

// The network of these tests recounts all cycles after every step and throws when one is missing.

const billion = 1_000_000_000n;

function setup() {
  const { network, install } = motokoNetwork();
  return { network, counter: install('counter', [nat(0)]), caller: install('caller') };
}

describe('cycles between Motoko canisters', () => {
  test('the callee keeps what it accepts, the rest returns with the answer', () => {
    const { caller, counter } = setup();
    const before = counter.view.cycles;
    expect(caller.update('send', [counter.asActor, nat(10n * billion), nat(3n * billion)], IDL.Nat)).toBe(
      3n * billion,
    );
    const gained = counter.view.cycles - before;
    // Less what its own execution cost.
    expect(gained).toBeLessThanOrEqual(3n * billion);
    expect(gained).toBeGreaterThan(2n * billion);
  });

  test('a callee that accepts and traps keeps nothing, and the caller gets everything back', () => {
    const { caller, counter } = setup();
    const before = { caller: caller.view.cycles, counter: counter.view.cycles };
    caller.update('sendInVain', [counter.asActor, nat(10n * billion)]);
    expect(counter.view.cycles).toBeLessThan(before.counter);
    expect(caller.view.cycles).toBeGreaterThan(before.caller - billion);
  });

  test('the caller pays for what it sent and for its calls, no more', () => {
    const { caller, counter } = setup();
    const before = caller.view.cycles;
    caller.update('send', [counter.asActor, nat(10n * billion), nat(10n * billion)], IDL.Nat);
    const spent = before - caller.view.cycles;
    expect(spent).toBeGreaterThan(10n * billion);
    expect(spent).toBeLessThan(11n * billion);
  });
});
