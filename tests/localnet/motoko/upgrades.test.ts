import { IDL } from '@dfinity/candid';
import { describe, expect, test } from 'vitest';
import { encode, motokoModule, motokoNetwork, type MotokoSource, nat } from './motoko-network.ts';

function setup(first = 0) {
  const { management, install } = motokoNetwork();
  const counter = install('counter', [nat(first)]);
  return {
    management,
    counter,
    upgrade: (to: MotokoSource) => {
      management.installCode(counter.id, {
        mode: 'upgrade',
        module: motokoModule(to),
        arg: encode([nat(99)]),
      });
    },
  };
}

describe('upgrades of Motoko canisters', () => {
  test('stable variables survive, transient ones begin anew', () => {
    const { counter, upgrade } = setup();
    counter.update('add', [nat(5)], IDL.Nat);
    upgrade('counter');
    expect(counter.count).toBe(5n);
    expect(counter.query('sinceUpgrade', [], IDL.Nat)).toBe(0n);
  });

  test('the new code finds the variables of the old one, adds its own and runs its hook', () => {
    const { counter, upgrade } = setup();
    counter.update('add', [nat(5)], IDL.Nat);
    upgrade('counter-next');
    expect(counter.count).toBe(6n);
    expect(counter.query('getLabel', [], IDL.Text)).toBe('new');
    expect(counter.update('add', [nat(1)], IDL.Nat)).toBe(16n);
  });

  test('the pre-upgrade hook of the old code writes what the new code reads', () => {
    const { counter, upgrade } = setup();
    upgrade('counter-next');
    upgrade('counter-next');
    expect(counter.query('getLabel', [], IDL.Text)).toBe('kept');
  });

  test('a trap in the pre-upgrade hook leaves everything as it was', () => {
    const { counter, upgrade } = setup();
    upgrade('counter-next');
    counter.update('refuseUpgrades');
    const before = counter.view;
    expect(() => {
      upgrade('counter');
    }).toThrow(/not now/);
    expect(counter.view).toMatchObject({ version: before.version, moduleHash: before.moduleHash });
    expect(counter.count).toBe(1n);
  });

  test('a trap in the post-upgrade hook leaves the old code in place, running', () => {
    const { counter, upgrade } = setup(13);
    expect(() => {
      upgrade('counter-next');
    }).toThrow(/unlucky/);
    expect(counter.update('add', [nat(1)], IDL.Nat)).toBe(14n);
  });

  test('skipping the pre-upgrade hook loses what it would have saved', () => {
    const { counter, management } = setup(5);
    const mode = { kind: 'upgrade', skipPreUpgrade: true, wasmMemoryPersistence: undefined } as const;
    management.installCode(counter.id, { mode, module: motokoModule('counter'), arg: encode([nat(99)]) });
    expect(counter.count).toBe(99n);
  });

  test('a reinstall begins anew with its argument', () => {
    const { counter, management } = setup(5);
    const arg = encode([nat(7)]);
    management.installCode(counter.id, { mode: 'reinstall', module: motokoModule('counter'), arg });
    expect(counter.count).toBe(7n);
  });
});
