import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { accountIdentifier, subaccountOf } from '../../../src/localnet/builtin/account-identifier.ts';
import {
  alice,
  anonymous,
  bob,
  cyclesFee,
  cyclesLedger,
  cyclesMinting,
  decode,
  icpFee,
  icpLedger,
  ServicesNetwork,
  trillion,
} from './services.ts';

const nothing = IDL.encode([], []);
const icp = 100_000_000n;
/** Five XDR an ICP. */
const cyclesPerIcp = 5n * trillion;
const memos = { mint: 0x544e494dn, create: 0x41455243n, topUp: 0x50555054n };

const tokens = IDL.Record({ e8s: IDL.Nat64 });
const payArgument = IDL.Record({ memo: IDL.Nat64, amount: tokens, fee: tokens, to: IDL.Vec(IDL.Nat8) });
const payResult = IDL.Variant({
  Ok: IDL.Nat64,
  Err: IDL.Variant({
    InsufficientFunds: IDL.Record({ balance: tokens }),
    BadFee: IDL.Record({ expected_fee: tokens }),
  }),
});
const notifyErrors = IDL.Variant({
  InvalidTransaction: IDL.Text,
  Processing: IDL.Null,
  Refunded: IDL.Record({ reason: IDL.Text, block_index: IDL.Opt(IDL.Nat64) }),
});
const minted = IDL.Record({ block_index: IDL.Nat, minted: IDL.Nat, balance: IDL.Nat });

/** Anonymous pays ICP into the account that the minting canister keeps for somebody. @returns the block */
function pay(net: ServicesNetwork, beneficiary: Principal, memo: bigint, e8s: bigint): bigint {
  const account = { owner: cyclesMinting, subaccount: [subaccountOf(beneficiary)] as [Uint8Array] };
  const argument = {
    memo,
    amount: { e8s },
    fee: { e8s: icpFee },
    to: Buffer.from(accountIdentifier(account), 'hex'),
  };
  const answer = decode(payResult, net.call(anonymous, icpLedger, 'transfer', payArgument, argument));
  return (answer as { Ok: bigint }).Ok;
}

function notify(net: ServicesNetwork, method: string, argument: Record<string, unknown>): unknown {
  const types = { block_index: IDL.Nat64, controller: IDL.Principal, canister_id: IDL.Principal };
  const ok = { notify_top_up: IDL.Nat, notify_create_canister: IDL.Principal, notify_mint_cycles: minted };
  const present = Object.fromEntries(Object.entries(types).filter(([name]) => name in argument));
  const result = IDL.Variant({ Ok: ok[method as keyof typeof ok], Err: notifyErrors });
  return decode(result, net.call(anonymous, cyclesMinting, method, IDL.Record(present), argument));
}

describe('the cycles minting canister', () => {
  test('names the one subnet and a price', () => {
    const { network } = new ServicesNetwork();
    const ask = (method: string) =>
      network.query({ sender: alice, canisterId: cyclesMinting, method, arg: nothing });
    const subnets = decode(IDL.Vec(IDL.Principal), ask('get_default_subnets')) as Principal[];
    expect(subnets.map(String)).toEqual([network.subnetId.toText()]);
    const rate = IDL.Record({ data: IDL.Record({ xdr_permyriad_per_icp: IDL.Nat64 }) });
    expect(decode(rate, ask('get_icp_xdr_conversion_rate'))).toEqual({
      data: { xdr_permyriad_per_icp: 50_000n },
    });
  });

  test('turns ICP into cycles of an account, once per payment, and burns the ICP', () => {
    const net = new ServicesNetwork();
    const supply = net.supply(icpLedger);
    const before = net.balance(cyclesLedger, anonymous);
    const block_index = pay(net, anonymous, memos.mint, 2n * icp);
    const answer = notify(net, 'notify_mint_cycles', { block_index });
    const gained = 2n * cyclesPerIcp - cyclesFee;
    expect(answer).toEqual({
      Ok: { block_index: 1n, minted: 2n * cyclesPerIcp, balance: before + gained },
    });
    expect(notify(net, 'notify_mint_cycles', { block_index })).toEqual(answer);
    net.network.run();
    expect(net.balance(cyclesLedger, anonymous)).toBe(before + gained);
    expect(net.supply(icpLedger)).toBe(supply - 2n * icp - icpFee);
    expect(net.network.canister(cyclesLedger).cycles).toBe(net.supply(cyclesLedger));
    expect(net.network.canister(cyclesMinting).cycles).toBe(0n);
  });

  test('turns ICP into a canister of whoever is named', () => {
    const net = new ServicesNetwork();
    const block_index = pay(net, bob, memos.create, icp);
    const answer = notify(net, 'notify_create_canister', { block_index, controller: bob }) as {
      Ok: Principal;
    };
    const canister = net.network.canister(answer.Ok);
    expect(canister.controllers.map(String)).toEqual([bob.toText()]);
    expect(canister.cycles).toBe(cyclesPerIcp - trillion / 2n);
  });

  test('tops up a canister', () => {
    const net = new ServicesNetwork();
    const canister = net.canister();
    const before = net.network.canister(canister).cycles;
    const block_index = pay(net, canister, memos.topUp, icp);
    expect(notify(net, 'notify_top_up', { block_index, canister_id: canister })).toEqual({
      Ok: cyclesPerIcp,
    });
    expect(net.network.canister(canister).cycles).toBe(before + cyclesPerIcp);
  });

  test('gives the ICP back, less fees, when the canister is not there', () => {
    const net = new ServicesNetwork();
    const nobody = Principal.fromText('rwlgt-iiaaa-aaaaa-aaaaa-cai');
    const before = net.balance(icpLedger, anonymous);
    const block_index = pay(net, nobody, memos.topUp, icp);
    expect(notify(net, 'notify_top_up', { block_index, canister_id: nobody })).toMatchObject({
      Err: { Refunded: { reason: expect.stringContaining('not found') as string, block_index: [2n] } },
    });
    expect(net.balance(icpLedger, anonymous)).toBe(before - 2n * icpFee);
    expect(net.network.canister(cyclesMinting).cycles).toBe(0n);
  });

  test('refuses a payment for something else, to somebody else, or none at all, and does so again', () => {
    const net = new ServicesNetwork();
    const block_index = pay(net, bob, memos.create, icp);
    const error = (argument: Record<string, unknown>, method = 'notify_create_canister') =>
      (notify(net, method, argument) as { Err: { InvalidTransaction: string } }).Err.InvalidTransaction;
    expect(error({ block_index, canister_id: bob }, 'notify_top_up')).toContain(
      'does not say that the payment is for',
    );
    expect(error({ block_index, controller: alice })).toContain('different than in the notification');
    expect(error({ block_index: 0n, controller: bob })).toBe('Block 0 is not a transfer');
    expect(error({ block_index: 99n, controller: bob })).toBe('Block 99 does not exist on the ICP ledger');
    expect(notify(net, 'notify_create_canister', { block_index, controller: bob })).toHaveProperty('Ok');
  });

  test('answers a second notification while the first is under way', () => {
    const net = new ServicesNetwork();
    const block_index = pay(net, anonymous, memos.mint, icp);
    const arg = IDL.encode([IDL.Record({ block_index: IDL.Nat64 })], [{ block_index }]);
    const submit = () =>
      net.network.submitUpdate({
        sender: anonymous,
        canisterId: cyclesMinting,
        method: 'notify_mint_cycles',
        arg,
      });
    const [first, second] = [submit(), submit()];
    net.network.run();
    const answer = (id: number) => {
      const status = net.network.ingressStatus(id);
      return status.status === 'replied'
        ? decode(IDL.Variant({ Ok: minted, Err: notifyErrors }), status.reply)
        : status;
    };
    expect(answer(first)).toHaveProperty('Ok');
    expect(answer(second)).toEqual({ Err: { Processing: null } });
  });
});
