import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { CallRejectedError } from '../../../src/localnet/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { developer, MotokoCanister, motokoNetwork, type MotokoNetwork, nat, text } from './motoko-network.ts';

const trillion = 10n ** 12n;

interface Library extends MotokoNetwork {
  readonly librarian: MotokoCanister;
  readonly shelves: readonly MotokoCanister[];
}

/** A librarian that has made so many shelves, labelled by their numbers. */
function library(count: number): Library {
  const network = motokoNetwork();
  const librarian = network.install('librarian');
  const shelves = Array.from({ length: count }, (_, index) => {
    const id = librarian.update('open', [text(`shelf ${index}`), nat(2n * trillion)], IDL.Principal);
    return new MotokoCanister(network.network, Principal.fromUint8Array(id.toUint8Array()));
  });
  return { ...network, librarian, shelves };
}

const titleOf = (shelf: MotokoCanister) => shelf.query('title', [], IDL.Text);
const countOf = (shelf: MotokoCanister) => shelf.query('count', [], IDL.Nat);

describe('an actor class', () => {
  test('makes canisters that work, are controlled by their maker and got its cycles', () => {
    const { librarian, shelves } = library(2);
    expect(shelves.map(titleOf)).toEqual(['shelf 0', 'shelf 1']);
    for (const { view } of shelves) {
      expect(view.controllers.map(String)).toEqual([librarian.id.toText()]);
      expect(view.cycles).toBeLessThan(1_500n * 10n ** 9n);
      expect(view.cycles).toBeGreaterThan(1_300n * 10n ** 9n);
      expect(view.history.map(({ details }) => details.kind)).toEqual(['creation', 'codeDeployment']);
    }
  });

  test('with too few cycles fails in its maker, which goes on', () => {
    const { librarian, shelves } = library(1);
    const attempt = () => librarian.update('open', [text('poor'), nat(1)], IDL.Principal);
    expect(thrownBy(CallRejectedError, attempt).rejectMessage).toContain('IC0403');
    expect(librarian.update('addToAll', [nat(2)], IDL.Vec(IDL.Nat))).toEqual([2n]);
    expect(shelves).toHaveLength(1);
  });

  test('upgrades its canisters, whose stable variables stay', () => {
    const { librarian, shelves } = library(2);
    librarian.update('addToAll', [nat(5)], IDL.Vec(IDL.Nat));
    librarian.update('relabel', [text('poetry')]);
    expect(shelves.map(titleOf)).toEqual(['poetry', 'poetry']);
    expect(shelves.map(countOf)).toEqual([5n, 5n]);
    librarian.update('replace', [nat(1), text('empty')]);
    expect(shelves.map(countOf)).toEqual([5n, 0n]);
  });
});

describe('concurrency', () => {
  test('many calls under way at once all come back', () => {
    const { librarian } = library(3);
    expect(librarian.update('addToAll', [nat(4)], IDL.Vec(IDL.Nat))).toEqual([4n, 4n, 4n]);
  });

  test('a trap of one of them reaches the caller; what the others did stays', () => {
    const { network, librarian, shelves } = library(2);
    shelves[0]?.update('add', [nat(6)], IDL.Nat);
    const attempt = () => librarian.update('addToAll', [nat(7)], IDL.Vec(IDL.Nat));
    expect(thrownBy(CallRejectedError, attempt).rejectMessage).toContain('thirteen books');
    network.run();
    expect(shelves.map(countOf)).toEqual([6n, 7n]);
    expect(librarian.view).toMatchObject({ openCallContexts: 0, openCallbacks: 0 });
  });

  test('other messages run while one awaits', () => {
    const { network, librarian } = library(1);
    const call = { sender: developer, canisterId: librarian.id, method: 'overlap', arg: IDL.encode([], []) };
    const ingress = [1, 2, 3].map(() => network.submitUpdate(call));
    network.run();
    const answers = ingress.map((id) => {
      const status = network.ingressStatus(id);
      return status.status === 'replied' ? IDL.decode([IDL.Nat], status.reply)[0] : status.status;
    });
    expect(answers).toEqual([3n, 3n, 3n]);
  });

  test('a function that calls itself and awaits goes to the bottom and comes back', () => {
    const { librarian } = library(0);
    expect(librarian.update('countdown', [nat(20)], IDL.Nat)).toBe(0n);
  });
});

describe('a composite query', () => {
  test('asks the queries and composite queries of others', () => {
    const { librarian } = library(3);
    librarian.update('addToAll', [nat(7)], IDL.Vec(IDL.Nat));
    expect(librarian.query('total', [], IDL.Nat)).toBe(21n);
    expect(librarian.query('doubled', [], IDL.Nat)).toBe(42n);
  });

  test('catches the error of one that does not answer', () => {
    const { librarian, shelves } = library(1);
    const title = () => librarian.query('titleOrError', [nat(0)], IDL.Text);
    expect(title()).toBe('shelf 0');
    const [shelf] = shelves;
    if (shelf === undefined) throw new Error('The librarian made no shelf.');
    const absent = () => librarian.query('titleOrError', [nat(9)], IDL.Text);
    expect(thrownBy(CallRejectedError, absent).errorCode).toBe('IC0503');
    librarian.update('close', [nat(0)]);
    expect(title()).toBe(`IC0508: Canister ${shelf.id.toText()} is not running`);
  });

  test('cannot be called as an update', () => {
    const { librarian } = library(0);
    const attempt = () => librarian.update('total', [], IDL.Nat);
    expect(thrownBy(CallRejectedError, attempt).errorCode).toBe('IC0527');
  });
});

describe('the hook for low memory', () => {
  test('runs when the heap comes near its limit', () => {
    const { network, management, install } = motokoNetwork();
    const shelf = install('shelf', [text('full')]);
    const megabyte = 2n ** 20n;
    management.updateSettings(shelf.id, {
      wasm_memory_limit: 64n * megabyte,
      wasm_memory_threshold: 40n * megabyte,
    });
    network.run();
    expect(shelf.query('wasLow', [], IDL.Bool)).toBe(false);
    shelf.update('hoard', [nat(30)]);
    network.run();
    expect(shelf.query('wasLow', [], IDL.Bool)).toBe(true);
  });
});
