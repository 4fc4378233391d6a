import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FaultAction } from '../../../src/localnet/faults/fault-rules.ts';
import {
  alice,
  anonymous,
  bob,
  cyclesFee,
  cyclesLedger,
  cyclesMinting,
  decode,
  ServicesNetwork,
  trillion,
} from './services.ts';

const account = IDL.Record({ owner: IDL.Principal, subaccount: IDL.Opt(IDL.Vec(IDL.Nat8)) });
const block = IDL.Opt(IDL.Nat);
const code = IDL.Variant({
  SysTransient: IDL.Null,
  DestinationInvalid: IDL.Null,
  CanisterError: IDL.Null,
  Unknown: IDL.Null,
});
const rejection = { rejection_code: code, rejection_reason: IDL.Text };
const refusals = {
  InsufficientFunds: IDL.Record({ balance: IDL.Nat }),
  InsufficientAllowance: IDL.Record({ allowance: IDL.Nat }),
  Duplicate: IDL.Record({ duplicate_of: IDL.Nat }),
  GenericError: IDL.Record({ message: IDL.Text, error_code: IDL.Nat }),
  InvalidReceiver: IDL.Record({ receiver: IDL.Principal }),
};
const methods = {
  withdraw_from: {
    argument: IDL.Record({
      from: account,
      to: IDL.Principal,
      amount: IDL.Nat,
      created_at_time: IDL.Opt(IDL.Nat64),
    }),
    result: IDL.Variant({
      Ok: IDL.Nat,
      Err: IDL.Variant({
        ...refusals,
        FailedToWithdrawFrom: IDL.Record({
          withdraw_from_block: block,
          refund_block: block,
          approval_refund_block: block,
          ...rejection,
        }),
      }),
    }),
  },
  create_canister_from: {
    argument: IDL.Record({
      from: account,
      amount: IDL.Nat,
      creation_args: IDL.Opt(
        IDL.Record({
          subnet_selection: IDL.Opt(IDL.Variant({ Subnet: IDL.Record({ subnet: IDL.Principal }) })),
        }),
      ),
    }),
    result: IDL.Variant({
      Ok: IDL.Record({ block_id: IDL.Nat, canister_id: IDL.Principal }),
      Err: IDL.Variant({
        ...refusals,
        FailedToCreateFrom: IDL.Record({
          create_from_block: block,
          refund_block: block,
          approval_refund_block: block,
          ...rejection,
        }),
      }),
    }),
  },
};

const owned = (owner: Principal) => ({ owner, subaccount: [] });
const nobody = Principal.fromText('rwlgt-iiaaa-aaaaa-aaaaa-cai');

interface Allowed {
  readonly allowance: bigint;
  readonly expires_at: [] | [bigint];
}

/** Alice owns ten trillion and lets Bob spend five of them. */
class SharedNetwork extends ServicesNetwork {
  constructor(expiresAtNanos?: (now: bigint) => bigint) {
    super();
    this.transfer(cyclesLedger, anonymous, alice, 10n * trillion);
    const type = IDL.Record({ spender: account, amount: IDL.Nat, expires_at: IDL.Opt(IDL.Nat64) });
    const expires_at = expiresAtNanos === undefined ? [] : [expiresAtNanos(this.network.timeNanos)];
    const approval = { spender: owned(bob), amount: 5n * trillion, expires_at };
    this.call(alice, cyclesLedger, 'icrc2_approve', type, approval);
  }

  get allowance(): Allowed {
    const arg = IDL.encode(
      [IDL.Record({ account, spender: account })],
      [{ account: owned(alice), spender: owned(bob) }],
    );
    const call = { sender: bob, canisterId: cyclesLedger, method: 'icrc2_allowance', arg };
    const type = IDL.Record({ allowance: IDL.Nat, expires_at: IDL.Opt(IDL.Nat64) });
    return decode(type, this.network.query(call)) as Allowed;
  }

  byBob(method: keyof typeof methods, argument: Record<string, unknown>): unknown {
    const { argument: type, result } = methods[method];
    const wanted = { from: owned(alice), created_at_time: [], creation_args: [], ...argument };
    return decode(result, this.call(bob, cyclesLedger, method, type, wanted));
  }

  /** What accounts hold is there as the ledger's own cycles, and nothing else is. */
  expectBacked(): void {
    expect(this.network.canister(cyclesLedger).cycles).toBe(this.supply(cyclesLedger));
    expect(this.network.canister(cyclesMinting).cycles).toBe(0n);
  }
}

describe('spending in the name of another owner of cycles', () => {
  test('tops up a canister, and uses up the allowance', () => {
    const net = new SharedNetwork();
    const target = net.canister();
    const before = net.network.canister(target).cycles;
    expect(net.byBob('withdraw_from', { to: target, amount: trillion })).toEqual({ Ok: 3n });
    expect(net.network.canister(target).cycles).toBe(before + trillion);
    expect(net.balance(cyclesLedger, alice)).toBe(9n * trillion - 2n * cyclesFee);
    expect(net.allowance.allowance).toBe(4n * trillion - cyclesFee);
    net.expectBacked();
  });

  test('creates a canister that the spender controls', () => {
    const net = new SharedNetwork();
    const answer = net.byBob('create_canister_from', { amount: trillion }) as {
      Ok: { canister_id: Principal };
    };
    const canister = net.network.canister(answer.Ok.canister_id);
    expect(canister.controllers.map(String)).toEqual([bob.toText()]);
    expect(net.allowance.allowance).toBe(4n * trillion - cyclesFee);
    net.expectBacked();
  });

  test('needs the allowance, the funds, something to send and a canister to send it to', () => {
    const net = new SharedNetwork();
    const refused = (argument: Record<string, unknown>) =>
      (net.byBob('withdraw_from', { to: nobody, amount: trillion, ...argument }) as { Err: unknown }).Err;
    const allowance = 5n * trillion;
    expect(refused({ amount: allowance })).toEqual({ InsufficientAllowance: { allowance } });
    expect(refused({ amount: 0n })).toEqual({
      GenericError: { message: 'The withdraw_from 0 cycles is not possible', error_code: 100_002n },
    });
    expect(refused({ to: alice })).toEqual({ InvalidReceiver: { receiver: alice } });
    const left = net.balance(cyclesLedger, alice) - trillion;
    net.transfer(cyclesLedger, alice, anonymous, left);
    const balance = trillion - cyclesFee;
    expect(refused({ amount: trillion })).toEqual({ InsufficientFunds: { balance } });
    expect(net.allowance.allowance).toBe(allowance);
    net.expectBacked();
  });

  test('gives back what did not arrive, and the allowance, at the price of three blocks', () => {
    const net = new SharedNetwork();
    const owned = net.balance(cyclesLedger, alice);
    expect(net.byBob('withdraw_from', { to: nobody, amount: trillion })).toEqual({
      Err: {
        FailedToWithdrawFrom: {
          withdraw_from_block: [3n],
          refund_block: [4n],
          approval_refund_block: [5n],
          rejection_code: { DestinationInvalid: null },
          rejection_reason: `IC0301: Canister ${nobody.toText()} not found.`,
        },
      },
    });
    expect(net.balance(cyclesLedger, alice)).toBe(owned - 3n * cyclesFee);
    expect(net.allowance.allowance).toBe(5n * trillion - 3n * cyclesFee);
    const creation = {
      amount: trillion,
      creation_args: [{ subnet_selection: [{ Subnet: { subnet: bob } }] }],
    };
    expect(net.byBob('create_canister_from', creation)).toMatchObject({
      Err: {
        FailedToCreateFrom: {
          create_from_block: [6n],
          refund_block: [7n],
          approval_refund_block: [8n],
          rejection_code: { CanisterError: null },
        },
      },
    });
    const penalty = 100_000_000n;
    expect(net.balance(cyclesLedger, alice)).toBe(owned - 6n * cyclesFee - penalty);
    expect(net.allowance.allowance).toBe(5n * trillion - 6n * cyclesFee - penalty);
    net.expectBacked();
  });

  test('gives no allowance back for an amount that is not worth it', () => {
    const net = new SharedNetwork();
    expect(net.byBob('withdraw_from', { to: nobody, amount: 2n * cyclesFee })).toMatchObject({
      Err: { FailedToWithdrawFrom: { refund_block: [4n], approval_refund_block: [] } },
    });
    expect(net.byBob('withdraw_from', { to: nobody, amount: cyclesFee })).toMatchObject({
      Err: { FailedToWithdrawFrom: { refund_block: [], approval_refund_block: [] } },
    });
    net.expectBacked();
  });

  test.each([
    ['ends while the call is under way is not given back', 1_000, []],
    ['is still good is given back until it ends', 5_000, [5n]],
  ] as const)('an allowance that %s', (_case, milliseconds, approvalBlock) => {
    const end = (now: bigint) => now + BigInt(milliseconds) * 1_000_000n;
    const net = new SharedNetwork(end);
    const expires = end(net.network.timeNanos);
    net.network.faults.add({ caller: cyclesLedger }, { kind: 'delayReply', milliseconds: 2_000 });
    const target = net.canister();
    net.management.stopCanister(target);
    net.management.deleteCanister(target);
    expect(net.byBob('withdraw_from', { to: target, amount: trillion })).toMatchObject({
      Err: { FailedToWithdrawFrom: { refund_block: [4n], approval_refund_block: approvalBlock } },
    });
    const expected = approvalBlock.length === 0 ? [] : [expires];
    expect(net.allowance.expires_at).toEqual(expected);
    net.expectBacked();
  });

  test('recognises the same call again', () => {
    const net = new SharedNetwork();
    const wish = { to: net.canister(), amount: trillion, created_at_time: [net.network.timeNanos] };
    expect(net.byBob('withdraw_from', wish)).toEqual({ Ok: 3n });
    expect(net.byBob('withdraw_from', wish)).toEqual({ Err: { Duplicate: { duplicate_of: 3n } } });
  });
});

describe('cycles of the ledgers when answers get lost', () => {
  /** What a call may suffer; a cycle may not vanish, nor appear, nor be owed to an account that is not backed. */
  const faults = fc.constantFrom<FaultAction>(
    { kind: 'dropReply' },
    { kind: 'dropBeforeExecution' },
    { kind: 'applyLater', milliseconds: 1_000 },
    { kind: 'reject', rejection: { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } },
  );
  const calls = fc.constantFrom(
    { caller: cyclesLedger },
    { caller: cyclesMinting },
    { caller: cyclesLedger, nth: 2 },
    { caller: cyclesMinting, nth: 2 },
  );

  test('stay within the network, and cover what accounts hold, whatever is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(calls, faults), { minLength: 1, maxLength: 3 }), (rules) => {
        const net = new SharedNetwork();
        for (const [match, action] of rules) net.network.faults.add(match, action);
        net.byBob('create_canister_from', { amount: trillion });
        net.byBob('withdraw_from', { to: nobody, amount: trillion });
        net.byBob('withdraw_from', { to: net.canister(), amount: trillion });
        net.network.runFor(10_000);
        net.network.checkCycles();
        expect(net.network.canister(cyclesLedger).cycles).toBeGreaterThanOrEqual(net.supply(cyclesLedger));
      }),
      { numRuns: 60 },
    );
  });
});
