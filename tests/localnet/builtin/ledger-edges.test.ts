import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { accountIdentifier, subaccountOf } from '../../../src/localnet/builtin/account-identifier.ts';
import { CallRejectedError } from '../../../src/localnet/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { alice, anonymous, cyclesMinting, decode, icpFee, icpLedger, ServicesNetwork } from './services.ts';

const governance = Principal.fromText('rrkah-fqaaa-aaaaa-aaaaq-cai');
const largestNat64 = 2n ** 64n - 1n;
const account = IDL.Record({ owner: IDL.Principal, subaccount: IDL.Opt(IDL.Vec(IDL.Nat8)) });
const tokens = IDL.Record({ e8s: IDL.Nat64 });
const topUpMemo = 0x50555054n;

/** The bytes of an answer that is a variant with an `Ok`, and nothing else that matters here. */
const anyResult = IDL.Variant({ Ok: IDL.Nat, Err: IDL.Reserved });

function accountOf(owner: Principal) {
  return { owner, subaccount: [] };
}

function approve(net: ServicesNetwork, owner: Principal, spender: Principal, amount: bigint): unknown {
  const type = IDL.Record({ spender: account, amount: IDL.Nat });
  const argument = { spender: accountOf(spender), amount };
  return decode(anyResult, net.call(owner, icpLedger, 'icrc2_approve', type, argument));
}

function allowance(net: ServicesNetwork, owner: Principal, spender: Principal): bigint {
  const type = IDL.Record({ account, spender: account });
  const arg = IDL.encode([type], [{ account: accountOf(owner), spender: accountOf(spender) }]);
  const reply = net.network.query({ sender: owner, canisterId: icpLedger, method: 'icrc2_allowance', arg });
  return (decode(IDL.Record({ allowance: IDL.Nat }), reply) as { allowance: bigint }).allowance;
}

function transferFrom(net: ServicesNetwork, spender: Principal, from: Principal, amount: bigint): unknown {
  const type = IDL.Record({ from: account, to: account, amount: IDL.Nat });
  const argument = { from: accountOf(from), to: accountOf(spender), amount };
  return decode(anyResult, net.call(spender, icpLedger, 'icrc2_transfer_from', type, argument));
}

function queryBlocks(net: ServicesNetwork, start: bigint): Uint8Array {
  const arg = IDL.encode([IDL.Record({ start: IDL.Nat64, length: IDL.Nat64 })], [{ start, length: 9n }]);
  return net.network.query({ sender: alice, canisterId: icpLedger, method: 'query_blocks', arg });
}

/** Anonymous pays for topping up somebody. @returns the block */
function payForTopUp(net: ServicesNetwork, beneficiary: Principal, e8s: bigint): bigint {
  const to = accountIdentifier({ owner: cyclesMinting, subaccount: [subaccountOf(beneficiary)] });
  const type = IDL.Record({ memo: IDL.Nat64, amount: tokens, fee: tokens, to: IDL.Vec(IDL.Nat8) });
  const argument = { memo: topUpMemo, amount: { e8s }, fee: { e8s: icpFee }, to: Buffer.from(to, 'hex') };
  const result = IDL.Variant({ Ok: IDL.Nat64, Err: IDL.Reserved });
  return (decode(result, net.call(anonymous, icpLedger, 'transfer', type, argument)) as { Ok: bigint }).Ok;
}

function notifyTopUp(net: ServicesNetwork, block_index: bigint, canister_id: Principal): Uint8Array {
  const type = IDL.Record({ block_index: IDL.Nat64, canister_id: IDL.Principal });
  return net.call(anonymous, cyclesMinting, 'notify_top_up', type, { block_index, canister_id });
}

describe('the ICP ledger', () => {
  test('lets nobody but the minting account itself mint', () => {
    const net = new ServicesNetwork();
    const supply = net.supply(icpLedger);
    expect(thrownBy(CallRejectedError, () => transferFrom(net, alice, governance, 1_000n)).errorCode).toBe(
      'IC0503',
    );
    expect(net.supply(icpLedger)).toBe(supply);
    expect(net.transfer(icpLedger, governance, alice, 1_000n)).toHaveProperty('Ok');
    expect(net.supply(icpLedger)).toBe(supply + 1_000n);
    expect(thrownBy(CallRejectedError, () => approve(net, governance, alice, 5n)).errorCode).toBe('IC0503');
  });

  test('keeps an allowance without bound as the largest it can show in a block', () => {
    const net = new ServicesNetwork();
    expect(approve(net, anonymous, alice, 2n ** 100n)).toHaveProperty('Ok');
    expect(allowance(net, anonymous, alice)).toBe(largestNat64);
    expect(queryBlocks(net, 0n).length).toBeGreaterThan(0);
  });

  test('mints no more than its numbers can hold', () => {
    const net = new ServicesNetwork();
    const supply = net.supply(icpLedger);
    for (const amount of [2n ** 64n, largestNat64]) {
      expect(
        thrownBy(CallRejectedError, () => net.transfer(icpLedger, governance, alice, amount)).errorCode,
      ).toBe('IC0503');
    }
    expect(net.supply(icpLedger)).toBe(supply);
    expect(net.transfer(icpLedger, governance, alice, largestNat64 - supply)).toHaveProperty('Ok');
    expect(queryBlocks(net, 0n).length).toBeGreaterThan(0);
  });

  test('burns what is worth less than a fee if it is all there is, and never nothing', () => {
    const net = new ServicesNetwork();
    net.transfer(icpLedger, anonymous, alice, icpFee - 1n);
    const minimum = (min_burn_amount: bigint) => ({ Err: { BadBurn: { min_burn_amount } } });
    expect(net.transfer(icpLedger, alice, governance, 1n)).toEqual(minimum(icpFee - 1n));
    expect(net.transfer(icpLedger, alice, governance, icpFee - 1n)).toHaveProperty('Ok');
    expect(net.transfer(icpLedger, alice, governance, 0n)).toEqual(minimum(icpFee));
  });
});

describe('the old interface of the ICP ledger', () => {
  const argument = IDL.Record({
    memo: IDL.Nat64,
    amount: tokens,
    fee: tokens,
    to: IDL.Vec(IDL.Nat8),
    created_at_time: IDL.Opt(IDL.Record({ timestamp_nanos: IDL.Nat64 })),
  });
  const result = IDL.Variant({
    Ok: IDL.Nat64,
    Err: IDL.Variant({
      TxDuplicate: IDL.Record({ duplicate_of: IDL.Nat64 }),
      TxTooOld: IDL.Record({ allowed_window_nanos: IDL.Nat64 }),
      TxCreatedInFuture: IDL.Null,
    }),
  });
  const send = (
    net: ServicesNetwork,
    to: Principal,
    options: { fee?: bigint; amount?: bigint; memo?: bigint; at?: bigint } = {},
  ) => {
    const { fee = icpFee, amount = 5n, memo = 0n, at } = options;
    const wanted = {
      memo,
      amount: { e8s: amount },
      fee: { e8s: fee },
      to: Buffer.from(accountIdentifier({ owner: to, subaccount: [] }), 'hex'),
      created_at_time: at === undefined ? [] : [{ timestamp_nanos: at }],
    };
    return decode(result, net.call(anonymous, icpLedger, 'transfer', argument, wanted));
  };

  test('recognises what was sent through the new one, and the other way round', () => {
    const net = new ServicesNetwork();
    const createdAtNanos = net.network.timeNanos;
    expect(net.transfer(icpLedger, anonymous, alice, 5n, { createdAtNanos })).toEqual({ Ok: 1n });
    expect(send(net, alice, { at: createdAtNanos })).toEqual({ Err: { TxDuplicate: { duplicate_of: 1n } } });
    expect(send(net, alice, { at: createdAtNanos, memo: 1n })).toEqual({ Ok: 2n });
    expect(send(net, alice, { at: createdAtNanos + 1n })).toEqual({ Ok: 3n });
    expect(net.transfer(icpLedger, anonymous, alice, 5n, { createdAtNanos: createdAtNanos + 1n })).toEqual({
      Err: { Duplicate: { duplicate_of: 3n } },
    });
  });

  test('takes the present time for a missing one, so that the same twice in a block is a duplicate', () => {
    const net = new ServicesNetwork();
    expect(send(net, alice)).toEqual({ Ok: 1n });
    expect(send(net, alice)).toEqual({ Err: { TxDuplicate: { duplicate_of: 1n } } });
    net.network.advanceTime(1);
    expect(send(net, alice)).toEqual({ Ok: 2n });
  });

  test('says how old a transaction may be', () => {
    const net = new ServicesNetwork();
    const day = 86_400n * 10n ** 9n;
    const now = net.network.timeNanos;
    expect(send(net, alice, { at: now - day })).toEqual({ Ok: 1n });
    expect(send(net, alice, { at: now - day - 1n })).toEqual({
      Err: { TxTooOld: { allowed_window_nanos: day } },
    });
    expect(send(net, alice, { at: now + 60n * 10n ** 9n + 1n })).toEqual({
      Err: { TxCreatedInFuture: null },
    });
  });

  test('burns no less than a fee, and takes none for burning', () => {
    const net = new ServicesNetwork();
    const supply = net.supply(icpLedger);
    for (const [options, text] of [
      [{ fee: 0n, amount: icpFee - 1n }, 'Burns lower than 10000 e8s are not allowed'],
      [{ fee: icpFee, amount: icpFee }, 'Fee for burning should be zero'],
    ] as const) {
      const burn = () => send(net, governance, options);
      expect(thrownBy(CallRejectedError, burn).rejectMessage).toContain(text);
    }
    expect(net.supply(icpLedger)).toBe(supply);
    expect(send(net, governance, { fee: 0n, amount: icpFee })).toEqual({ Ok: 1n });
    expect(net.supply(icpLedger)).toBe(supply - icpFee);
  });
});

describe('the cycles minting canister', () => {
  test('goes on working after somebody notified it of a payment in the name of no principal', () => {
    const net = new ServicesNetwork();
    const canister = net.canister();
    const block = payForTopUp(net, canister, 100_000_000n);
    const tooLong = Principal.fromUint8Array(new Uint8Array(30));
    expect(thrownBy(CallRejectedError, () => notifyTopUp(net, block, tooLong)).errorCode).toBe('IC0503');
    expect(decode(anyResult, notifyTopUp(net, block, canister))).toHaveProperty('Ok');
  });

  test('burns no payment that is worth less than a fee', () => {
    const net = new ServicesNetwork();
    const canister = net.canister();
    const supply = net.supply(icpLedger);
    const block = payForTopUp(net, canister, icpFee / 2n);
    notifyTopUp(net, block, canister);
    net.network.run();
    expect(net.supply(icpLedger)).toBe(supply - icpFee);
  });
});
