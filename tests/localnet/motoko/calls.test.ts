import { IDL } from '@dfinity/candid';
import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../support/thrown-by.ts';
import { CallRejectedError } from '../../../src/localnet/index.ts';
import { motokoNetwork, nat, text } from './motoko-network.ts';

function setup(options?: Parameters<typeof motokoNetwork>[0]) {
  const { network, management, install } = motokoNetwork(options);
  return { network, management, counter: install('counter', [nat(0)]), caller: install('caller') };
}

const rejected = (call: () => unknown): CallRejectedError => thrownBy(CallRejectedError, call);

describe('Motoko canisters that call each other', () => {
  test('a call changes the callee and answers the caller', () => {
    const { caller, counter } = setup();
    expect(caller.update('add', [counter.asActor, nat(5)], IDL.Nat)).toBe(5n);
    expect(counter.count).toBe(5n);
  });

  test('calls made together are executed in the order they were made', () => {
    const { caller, counter } = setup();
    expect(caller.update('addInParallel', [counter.asActor], IDL.Vec(IDL.Nat))).toEqual([1n, 2n, 3n]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'with seed %i too: calls from one canister to another keep their order',
    (seed) => {
      const { caller, counter } = setup({ seed });
      expect(caller.update('addInParallel', [counter.asActor], IDL.Vec(IDL.Nat))).toEqual([1n, 2n, 3n]);
    },
  );

  test('a query leaves no trace', () => {
    const { counter } = setup();
    expect(counter.query('writeInQuery', [], IDL.Nat)).toBe(1_000n);
    expect(counter.count).toBe(0n);
  });

  test('a query called as an update leaves no trace either', () => {
    const { counter } = setup();
    expect(counter.update('writeInQuery', [], IDL.Nat)).toBe(1_000n);
    expect(counter.count).toBe(0n);
  });

  test('printing goes to the log', () => {
    const { counter } = setup();
    counter.update('print', [text('hello')]);
    expect(counter.view.log).toEqual(['hello']);
  });

  test('certified data is set by an update', () => {
    const { counter } = setup();
    counter.update('certify');
    expect(new TextDecoder().decode(counter.view.certifiedData)).toBe('certified');
  });
});

describe('traps in Motoko canisters', () => {
  test('a trap undoes its message and its text reaches the user', () => {
    const { counter } = setup();
    const error = rejected(() => counter.update('trapAfterWriting'));
    expect(error).toMatchObject({ rejectCode: 5, errorCode: 'IC0503' });
    expect(error.rejectMessage).toContain(
      `Error from Canister ${counter.id.toText()}: Canister called \`ic0.trap\` with message: 'counter trapped'.`,
    );
    expect(counter.count).toBe(0n);
  });

  test('a trap after an await undoes what came after the await, and nothing before', () => {
    const { counter } = setup();
    expect(rejected(() => counter.update('trapAfterAwait')).rejectMessage).toContain('trapped after await');
    expect(counter.count).toBe(1n);
    expect(counter.view).toMatchObject({ openCallContexts: 0, openCallbacks: 0 });
  });

  test('a trap after the answer of another canister keeps what that canister did', () => {
    const { caller, counter } = setup();
    expect(rejected(() => caller.update('trapAfterAnswer', [counter.asActor])).rejectMessage).toContain(
      'caller trapped',
    );
    expect(caller.query('getSteps', [], IDL.Vec(IDL.Text))).toEqual(['before']);
    expect(counter.count).toBe(1n);
  });

  test('`finally` runs in the cleanup callback and its changes stay', () => {
    const { caller, counter } = setup();
    expect(rejected(() => caller.update('cleansUp', [counter.asActor])).rejectMessage).toContain(
      'caller trapped',
    );
    expect(caller.query('getSteps', [], IDL.Vec(IDL.Text))).toEqual(['cleaned up']);
  });

  test('the caller catches the trap of a callee, with its code in front of the text', () => {
    const { caller, counter } = setup();
    const caught = caller.update('trapCaught', [counter.asActor], IDL.Text);
    expect(caught).toMatch(
      /^canister_error: IC0503: Error from Canister .*: Canister called `ic0.trap` with message: 'counter trapped'/,
    );
    expect(counter.count).toBe(0n);
  });

  test('an error that is thrown on purpose arrives as it was written', () => {
    const { caller, counter } = setup();
    expect(caller.update('refusalCaught', [counter.asActor], IDL.Text)).toBe('canister_reject: not today');
  });

  test('a division by zero is caught as an error of the canister', () => {
    const { caller, counter } = setup();
    expect(caller.update('divisionCaught', [counter.asActor], IDL.Text)).toMatch(
      /^canister_error: IC050[23]: /,
    );
  });

  test('an endless loop runs into the instruction limit and the network lives on', () => {
    const { caller, counter } = setup({ instructionLimits: { update: 200_000_000n } });
    expect(caller.update('endlessCaught', [counter.asActor], IDL.Text)).toContain(
      'canister_error: IC0522: Error from Canister',
    );
    expect(caller.update('add', [counter.asActor, nat(1)], IDL.Nat)).toBe(1n);
  });

  test('a method that does not exist is an error of the canister', () => {
    const { caller, counter } = setup();
    expect(caller.update('absentCaught', [counter.asActor], IDL.Text)).toContain(
      `canister_error: IC0536: Error from Canister ${counter.id.toText()}: Canister has no update method 'absent'.`,
    );
  });

  test('a stopped callee is an error of the canister, a deleted one an invalid destination', () => {
    const { caller, counter, management } = setup();
    management.stopCanister(counter.id);
    expect(caller.update('addCaught', [counter.asActor], IDL.Text)).toMatch(/^canister_error: IC0508: /);
    management.deleteCanister(counter.id);
    expect(caller.update('addCaught', [counter.asActor], IDL.Text)).toBe(
      `destination_invalid: IC0301: Canister ${counter.id.toText()} not found.`,
    );
  });

  test('an empty callee is an error of the canister', () => {
    const { caller, counter, management } = setup();
    management.uninstallCode(counter.id);
    expect(caller.update('addCaught', [counter.asActor], IDL.Text)).toMatch(/^canister_error: IC0537: /);
  });
});
