import { IDL } from '@dfinity/candid';
import { describe, expect, test } from 'vitest';
import { bool, encode, motokoModule, motokoNetwork, nat, nat64 } from './motoko-network.ts';

const second = 1_000_000_000n;

function setup() {
  const { network, management, install } = motokoNetwork();
  return { network, management, counter: install('counter', [nat(0)]) };
}

describe('timers in Motoko canisters', () => {
  test('a timer runs once its time has come, not before, and once', () => {
    const { network, counter } = setup();
    counter.update('countLater', [nat64(5n * second), bool(false)], IDL.Nat);
    network.runFor(4_999);
    expect(counter.count).toBe(0n);
    network.runFor(1);
    expect(counter.count).toBe(1n);
    network.runFor(60_000);
    expect(counter.count).toBe(1n);
  });

  test('a recurring timer runs at each interval until it is cancelled', () => {
    const { network, counter } = setup();
    const timer = counter.update('countLater', [nat64(second), bool(true)], IDL.Nat);
    network.runFor(10_000);
    expect(counter.count).toBe(10n);
    counter.update('stopCounting', [nat(timer)]);
    network.runFor(10_000);
    expect(counter.count).toBe(10n);
  });

  test('a timer that traps undoes its own message only and appears in the log', () => {
    const { network, counter } = setup();
    counter.update('countLater', [nat64(second), bool(false)], IDL.Nat);
    counter.update('trapLater', [nat64(2n * second)]);
    network.runFor(10_000);
    expect(counter.count).toBe(1n);
    expect(counter.view.log.join()).toContain('timer trapped');
  });

  test('a timer of a stopped canister waits and fires after the start', () => {
    const { network, management, counter } = setup();
    counter.update('countLater', [nat64(second), bool(false)], IDL.Nat);
    management.stopCanister(counter.id);
    network.runFor(60_000);
    management.startCanister(counter.id);
    network.run();
    expect(counter.count).toBe(1n);
  });

  test('an upgrade forgets timers', () => {
    const { network, management, counter } = setup();
    counter.update('countLater', [nat64(second), bool(true)], IDL.Nat);
    const arg = encode([nat(0)]);
    management.installCode(counter.id, { mode: 'upgrade', module: motokoModule('counter'), arg });
    network.runFor(60_000);
    expect(counter.count).toBe(0n);
  });
});
