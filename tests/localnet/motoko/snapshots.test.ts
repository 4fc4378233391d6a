import { IDL } from '@dfinity/candid';
import { expect, test } from 'vitest';
import { bool, encode, motokoModule, motokoNetwork, nat, nat64 } from './motoko-network.ts';

function setup() {
  const { network, management, install } = motokoNetwork();
  const counter = install('counter', [nat(5)]);
  return { network, management, counter };
}

test('a loaded snapshot brings back the memory of a canister, whatever happened since', () => {
  const { management, counter } = setup();
  const { id } = management.takeSnapshot(counter.id);
  counter.update('add', [nat(10)], IDL.Nat);
  counter.update('certify');
  const before = counter.view.version;
  management.loadSnapshot(counter.id, id);
  expect(counter.count).toBe(5n);
  expect(counter.view.certifiedData).toHaveLength(0);
  // The version tells the state before the loading from the one after it, although they are alike.
  expect(counter.view.version).toBe(before + 1n);
});

test('a snapshot can be loaded again and again, and what follows does not change it', () => {
  const { management, counter } = setup();
  const { id } = management.takeSnapshot(counter.id);
  for (const amount of [1, 2, 3]) {
    expect(counter.update('add', [nat(amount)], IDL.Nat)).toBe(5n + BigInt(amount));
    management.loadSnapshot(counter.id, id);
  }
  expect(counter.count).toBe(5n);
});

test('a snapshot brings back the code it was taken of', () => {
  const { management, counter } = setup();
  const { id } = management.takeSnapshot(counter.id);
  management.installCode(counter.id, {
    mode: 'upgrade',
    module: motokoModule('counter-next'),
    arg: encode([nat(0)]),
  });
  expect(counter.update('add', [nat(1)], IDL.Nat)).toBe(16n);
  management.loadSnapshot(counter.id, id);
  expect(counter.update('add', [nat(1)], IDL.Nat)).toBe(6n);
});

test('loading a snapshot deactivates timers', () => {
  const { network, management, counter } = setup();
  const { id } = management.takeSnapshot(counter.id);
  counter.update('countLater', [nat64(1_000_000_000n), bool(false)], IDL.Nat);
  management.loadSnapshot(counter.id, id);
  network.runFor(60_000);
  expect(counter.count).toBe(5n);
});
