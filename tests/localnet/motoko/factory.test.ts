import { createHash } from 'node:crypto';
import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import {
  blob,
  developer,
  encode,
  MotokoCanister,
  motokoModule,
  motokoNetwork,
  nat,
  principal,
  stranger,
  text,
} from './motoko-network.ts';

const trillion = 1_000_000_000_000n;
const creationFee = 500_000_000_000n;

function setup() {
  const { network, management, install } = motokoNetwork();
  const factory = install('caller');
  return {
    network,
    management,
    factory,
    spawn: (owner: Principal) => {
      const parameters = [
        blob(motokoModule('counter')),
        blob(encode([nat(40)])),
        nat(2n * trillion),
        principal(owner),
      ];
      const id = factory.update('spawn', parameters, IDL.Principal);
      return new MotokoCanister(network, id);
    },
  };
}

describe('a Motoko canister that creates canisters through aaaaa-aa', () => {
  test('creates, installs and hands over a canister that works', () => {
    const { spawn, factory } = setup();
    const spawned = spawn(developer);
    expect(spawned.update('add', [nat(2)], IDL.Nat)).toBe(42n);
    expect(spawned.view.controllers.map((id) => id.toText())).toEqual([developer.toText()]);
    expect(spawned.update('environment', [text('SAGA_ID')], IDL.Opt(IDL.Text))).toEqual(['7']);
    expect(
      factory
        .update('controllersOf', [principal(spawned.id)], IDL.Vec(IDL.Principal))
        .map((id) => id.toText()),
    ).toEqual([developer.toText()]);
  });

  test('the new canister starts with the attached cycles less the fee and what its installation cost', () => {
    const { spawn } = setup();
    const { cycles } = spawn(developer).view;
    expect(cycles).toBeLessThan(2n * trillion - creationFee);
    expect(cycles).toBeGreaterThan(2n * trillion - creationFee - 10_000_000_000n);
  });

  test('its history tells who did what, with the version of the factory where it was stated', () => {
    const { spawn, factory } = setup();
    const versionBefore = factory.view.version;
    const { history, totalChanges } = spawn(developer).view;
    expect(totalChanges).toBe(3n);
    const moduleHash = Uint8Array.from(createHash('sha256').update(motokoModule('counter')).digest());
    expect(history).toMatchObject([
      {
        canisterVersion: 0n,
        origin: { kind: 'canister', canisterVersion: versionBefore },
        details: { kind: 'creation' },
      },
      {
        canisterVersion: 1n,
        origin: { canisterVersion: undefined },
        details: { mode: 'install', moduleHash },
      },
      { details: { kind: 'controllersChange' } },
    ]);
    expect(history.map(({ origin }) => origin.kind === 'canister' && origin.canisterId.toText())).toEqual(
      history.map(() => factory.id.toText()),
    );
  });

  test('too few cycles for the fee are refused and returned', () => {
    const { factory, network } = setup();
    const before = { canisters: network.canisterIds().length, cycles: factory.view.cycles };
    expect(factory.update('createWith', [nat(creationFee - 1n)], IDL.Text)).toMatch(
      /^canister_reject: IC0403: Creating a canister requires a fee of 500000000000 .* but only 499999999999 cycles/,
    );
    expect(network.canisterIds()).toHaveLength(before.canisters);
    expect(factory.view.cycles).toBeGreaterThan(before.cycles - 1_000_000_000n);
  });

  test('after the handover the factory has no say any more', () => {
    const { factory, spawn } = setup();
    const spawned = spawn(stranger);
    expect(factory.update('stopCaught', [principal(spawned.id)], IDL.Text)).toMatch(
      /^canister_error: IC0512: Only the controllers of the canister .* can control it\./,
    );
  });

  test('a canister that the factory still controls can be stopped and deleted by it', () => {
    const { factory, network, spawn } = setup();
    const spawned = spawn(factory.id);
    factory.update('stopAndDelete', [principal(spawned.id)]);
    expect(network.canisterIds().map((id) => id.toText())).not.toContain(spawned.id.toText());
  });

  test('cycles can be deposited into any canister', () => {
    const { factory, spawn } = setup();
    const spawned = spawn(stranger);
    const before = spawned.view.cycles;
    factory.update('deposit', [principal(spawned.id), nat(trillion)]);
    expect(spawned.view.cycles).toBe(before + trillion);
  });

  test('randomness is 32 bytes that follow from the network’s seed and differ from call to call', () => {
    const draw = () => {
      const { factory } = setup();
      return [1, 2].map(() =>
        Buffer.from(factory.update('random', [], IDL.Vec(IDL.Nat8)).map(Number)).toString('hex'),
      );
    };
    const [first, second] = draw();
    expect(first).toHaveLength(64);
    expect(first).not.toBe(second);
    expect(draw()).toEqual([first, second]);
  });

  test('a method that aaaaa-aa does not have is refused by name', () => {
    const { factory } = setup();
    expect(factory.update('unknownManagementMethod', [], IDL.Text)).toBe(
      "canister_error: IC0536: Management canister has no method 'nonexistent_method'",
    );
  });
});
