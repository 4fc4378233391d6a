import { IDL } from '@dfinity/candid';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CallRejectedError } from '../../../src/localnet/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import {
  alice,
  anonymous,
  bob,
  cyclesFee,
  cyclesLedger,
  decode,
  icpFee,
  icpLedger,
  ServicesNetwork,
  trillion,
} from './services.ts';

const nothing = IDL.encode([], []);
const dayNanos = 86_400_000_000_000n;
const minuteNanos = 60_000_000_000n;

const icp = {
  name: 'the ICP ledger',
  ledger: icpLedger,
  fee: icpFee,
  symbol: 'ICP',
  decimals: 8,
  windowNanos: dayNanos,
  feeIdentifies: false,
};
const cycles = {
  name: 'the cycles ledger',
  ledger: cyclesLedger,
  fee: cyclesFee,
  symbol: 'TCYCLES',
  decimals: 12,
  windowNanos: dayNanos + minuteNanos,
  feeIdentifies: true,
};

describe.each([icp, cycles])('$name', ({ ledger, fee, symbol, decimals, windowNanos, feeIdentifies }) => {
  test('tells its symbol, decimals and fee', () => {
    const { network } = new ServicesNetwork();
    const ask = (method: string) =>
      network.query({ sender: alice, canisterId: ledger, method, arg: nothing });
    expect(decode(IDL.Text, ask('icrc1_symbol'))).toBe(symbol);
    expect(decode(IDL.Nat8, ask('icrc1_decimals'))).toBe(decimals);
    expect(decode(IDL.Nat, ask('icrc1_fee'))).toBe(fee);
  });

  test('moves an amount and burns the fee', () => {
    const net = new ServicesNetwork();
    const [supply, rich] = [net.supply(ledger), net.balance(ledger, anonymous)];
    expect(net.transfer(ledger, anonymous, alice, trillion)).toEqual({ Ok: 1n });
    expect(net.balance(ledger, alice)).toBe(trillion);
    expect(net.balance(ledger, anonymous)).toBe(rich - trillion - fee);
    expect(net.supply(ledger)).toBe(supply - fee);
  });

  test('refuses a wrong fee and what an account has not, and changes nothing', () => {
    const net = new ServicesNetwork();
    net.transfer(ledger, anonymous, alice, trillion);
    expect(net.transfer(ledger, alice, bob, trillion)).toEqual({
      Err: { InsufficientFunds: { balance: trillion } },
    });
    expect(net.transfer(ledger, alice, bob, 1n, { fee: fee + 1n })).toEqual({
      Err: { BadFee: { expected_fee: fee } },
    });
    expect(net.balance(ledger, alice)).toBe(trillion);
    expect(net.balance(ledger, bob)).toBe(0n);
  });

  test('recognises the same transfer for a day by its creation time, and refuses it afterwards', () => {
    const net = new ServicesNetwork();
    const createdAtNanos = net.network.timeNanos;
    const again = (memo?: Uint8Array) =>
      net.transfer(ledger, anonymous, alice, 5n, { createdAtNanos, ...(memo && { memo }) });
    expect(again()).toEqual({ Ok: 1n });
    expect(again(new Uint8Array([1]))).toEqual({ Ok: 2n });
    expect(again()).toEqual({ Err: { Duplicate: { duplicate_of: 1n } } });
    net.network.advanceTime(Number(windowNanos / 1_000_000n));
    expect(again()).toEqual({ Err: { Duplicate: { duplicate_of: 1n } } });
    net.network.advanceTime(1);
    expect(again(new Uint8Array([2]))).toEqual({ Err: { TooOld: null } });
    net.network.advanceTime(120_000);
    net.transfer(ledger, anonymous, bob, 5n);
    expect(again(), 'what is forgotten is too old').toEqual({ Err: { TooOld: null } });
    expect(net.balance(ledger, alice)).toBe(10n);
  });

  test('tells transfers apart by memo, subaccount, amount and receiver, each recognised on its own', () => {
    const net = new ServicesNetwork();
    const createdAtNanos = net.network.timeNanos;
    const variants = [
      { to: alice, amount: 1n },
      { to: bob, amount: 1n },
      { to: alice, amount: 2n },
      { to: alice, amount: 1n, memo: new Uint8Array([0]) },
      { to: alice, amount: 1n, memo: new Uint8Array(0) },
      { to: alice, amount: 1n, toSubaccount: new Uint8Array(32).fill(1) },
    ];
    const sent = variants.map(({ to, amount, ...more }) =>
      net.transfer(ledger, anonymous, to, amount, { createdAtNanos, ...more }),
    );
    expect(sent).toEqual(variants.map((_, index) => ({ Ok: BigInt(index + 1) })));
    for (const [index, { to, amount, ...more }] of variants.entries()) {
      expect(net.transfer(ledger, anonymous, to, amount, { createdAtNanos, ...more })).toEqual({
        Err: { Duplicate: { duplicate_of: BigInt(index + 1) } },
      });
    }
  });

  test('a transfer that names its fee is the same as without on the ICP ledger, and another one for cycles', () => {
    const net = new ServicesNetwork();
    const createdAtNanos = net.network.timeNanos;
    net.transfer(ledger, anonymous, alice, 1n, { createdAtNanos });
    expect(net.transfer(ledger, anonymous, alice, 1n, { createdAtNanos, fee })).toEqual(
      feeIdentifies ? { Ok: 2n } : { Err: { Duplicate: { duplicate_of: 1n } } },
    );
  });

  test('lets nobody approve transfers by themselves, under whatever subaccount', () => {
    const net = new ServicesNetwork();
    const account = IDL.Record({ owner: IDL.Principal, subaccount: IDL.Opt(IDL.Vec(IDL.Nat8)) });
    const type = IDL.Record({ spender: account, amount: IDL.Nat });
    const spender = { owner: anonymous, subaccount: [new Uint8Array(32).fill(9)] };
    const approve = () => net.call(anonymous, ledger, 'icrc2_approve', type, { spender, amount: 1n });
    expect(thrownBy(CallRejectedError, approve).rejectMessage).toContain('self approval is not allowed');
  });

  test('names its standards', () => {
    const { network } = new ServicesNetwork();
    for (const method of ['icrc1_supported_standards', 'icrc10_supported_standards']) {
      const reply = network.query({ sender: alice, canisterId: ledger, method, arg: nothing });
      const names = (decode(IDL.Vec(IDL.Record({ name: IDL.Text })), reply) as { name: string }[]).map(
        ({ name }) => name,
      );
      expect(names).toEqual(['ICRC-1', 'ICRC-2', 'ICRC-10']);
    }
  });

  test('refuses a transfer from the future, but allows for a minute between clocks', () => {
    const net = new ServicesNetwork();
    const now = net.network.timeNanos;
    expect(net.transfer(ledger, anonymous, alice, 1n, { createdAtNanos: now + minuteNanos + 1n })).toEqual({
      Err: { CreatedInFuture: { ledger_time: now } },
    });
    expect(net.transfer(ledger, anonymous, alice, 1n, { createdAtNanos: now + minuteNanos })).toEqual({
      Ok: 1n,
    });
  });

  test('without a creation time every transfer is a new one', () => {
    const net = new ServicesNetwork();
    net.transfer(ledger, anonymous, alice, 1n);
    net.transfer(ledger, anonymous, alice, 1n);
    expect(net.balance(ledger, alice)).toBe(2n);
  });

  test('lets somebody else spend what was approved, once', () => {
    const net = new ServicesNetwork();
    net.transfer(ledger, anonymous, alice, trillion);
    const spend = (amount: bigint) => {
      const account = IDL.Record({ owner: IDL.Principal, subaccount: IDL.Opt(IDL.Vec(IDL.Nat8)) });
      const type = IDL.Record({ from: account, to: account, amount: IDL.Nat });
      const argument = {
        from: { owner: alice, subaccount: [] },
        to: { owner: bob, subaccount: [] },
        amount,
      };
      return decode(
        IDL.Variant({
          Ok: IDL.Nat,
          Err: IDL.Variant({ InsufficientAllowance: IDL.Record({ allowance: IDL.Nat }) }),
        }),
        net.call(bob, ledger, 'icrc2_transfer_from', type, argument),
      );
    };
    expect(spend(10n)).toEqual({ Err: { InsufficientAllowance: { allowance: 0n } } });
    const account = IDL.Record({ owner: IDL.Principal });
    net.call(alice, ledger, 'icrc2_approve', IDL.Record({ spender: account, amount: IDL.Nat }), {
      spender: { owner: bob },
      amount: 10n + fee,
    });
    expect(spend(10n)).toEqual({ Ok: 3n });
    expect(spend(10n)).toEqual({ Err: { InsufficientAllowance: { allowance: 0n } } });
    expect(net.balance(ledger, alice)).toBe(trillion - 2n * fee - 10n);
    expect(net.balance(ledger, bob)).toBe(10n);
  });

  test('rejects what is no argument, a subaccount of a wrong length and a method it has not', () => {
    const { network } = new ServicesNetwork();
    const code = (method: string, arg: Uint8Array) =>
      thrownBy(CallRejectedError, () => network.update({ sender: alice, canisterId: ledger, method, arg }));
    expect(code('icrc1_transfer', new Uint8Array([1, 2, 3]))).toMatchObject({ errorCode: 'IC0503' });
    expect(code('mint_everything', nothing)).toMatchObject({ errorCode: 'IC0536' });
    const account = IDL.Record({ owner: IDL.Principal, subaccount: IDL.Opt(IDL.Vec(IDL.Nat8)) });
    const odd = IDL.encode([account], [{ owner: alice, subaccount: [new Uint8Array(31)] }]);
    const query = () =>
      network.query({ sender: alice, canisterId: ledger, method: 'icrc1_balance_of', arg: odd });
    expect(thrownBy(CallRejectedError, query)).toMatchObject({ errorCode: 'IC0503' });
  });

  test('keeps supply equal to the sum of balances under any transfers', () => {
    const owners = [anonymous, alice, bob];
    const transfers = fc.array(
      fc.record({
        from: fc.integer({ min: 0, max: 2 }),
        to: fc.integer({ min: 0, max: 2 }),
        amount: fc.bigInt({ min: 0n, max: 3n * trillion }),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(transfers, (list) => {
        const net = new ServicesNetwork();
        for (const { from, to, amount } of list) {
          net.transfer(ledger, owners[from] ?? alice, owners[to] ?? bob, amount);
        }
        const sum = owners.reduce((total, owner) => total + net.balance(ledger, owner), 0n);
        expect(net.supply(ledger)).toBe(sum);
      }),
      { numRuns: 30 },
    );
  });

  test('returns to a checkpoint with the rest of the network', () => {
    const net = new ServicesNetwork();
    const createdAtNanos = net.network.timeNanos;
    const checkpoint = net.network.checkpoint();
    net.transfer(ledger, anonymous, alice, 7n, { createdAtNanos });
    net.network.restore(checkpoint);
    expect(net.balance(ledger, alice)).toBe(0n);
    expect(net.transfer(ledger, anonymous, alice, 7n, { createdAtNanos })).toEqual({ Ok: 1n });
    net.network.restore(checkpoint);
    expect(net.balance(ledger, alice)).toBe(0n);
  });
});
