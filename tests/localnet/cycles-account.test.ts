import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../../src/localnet/canister-settings.ts';
import {
  assertCyclesConserved,
  balanceToFlight,
  burn,
  flightToBalance,
  mint,
  recountCycles,
} from '../../src/localnet/cycles-account.ts';
import { CyclesNotConservedError } from '../../src/localnet/index.ts';
import { createCanister } from '../../src/localnet/lifecycle.ts';
import { initialState } from '../../src/localnet/initial-state.ts';
import type { World } from '../../src/localnet/world.ts';

function accounts() {
  const state = initialState({});
  const canister = createCanister({ state } as World, defaultSettings([Principal.anonymous()]));
  mint(state, canister, 100n);
  return { state, canister };
}

describe('the account of all cycles', () => {
  test('holds after every move', () => {
    const { state, canister } = accounts();
    balanceToFlight(state, canister, 60n);
    flightToBalance(state, canister, 20n);
    burn(state, canister, 5n);
    assertCyclesConserved(state);
    expect(state.cycles).toMatchObject({ minted: 100n, burned: 5n, balances: 55n, inFlight: 40n });
  });

  test('finds cycles that vanished from a holder', () => {
    const { state, canister } = accounts();
    recountCycles(state);
    canister.cycles -= 1n;
    assertCyclesConserved(state);
    expect(() => {
      recountCycles(state);
    }).toThrow(CyclesNotConservedError);
  });

  test('finds totals that do not add up', () => {
    const { state } = accounts();
    state.cycles.inFlight += 1n;
    expect(() => {
      assertCyclesConserved(state);
    }).toThrow(CyclesNotConservedError);
  });

  test('refuses to take more than there is', () => {
    const { state, canister } = accounts();
    expect(() => {
      burn(state, canister, 101n);
    }).toThrow('Cannot take 101 cycles');
    expect(() => {
      flightToBalance(state, canister, 1n);
    }).toThrow('Cannot take 1 cycles');
  });
});
