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
  Other: IDL.Record({ error_code: IDL.Nat64, error_message: IDL.Text }),
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

function notify(
  net: ServicesNetwork,
  method: string,
  argument: Record<string, unknown>,
  sender = anonymous,
): unknown {
  const types = {
    block_index: IDL.Nat64,
    controller: IDL.Principal,
    canister_id: IDL.Principal,
    subnet_type: IDL.Opt(IDL.Text),
    subnet_selection: IDL.Opt(IDL.Variant({ Filter: IDL.Record({ subnet_type: IDL.Opt(IDL.Text) }) })),
    deposit_memo: IDL.Opt(IDL.Vec(IDL.Nat8)),
  };
  const ok = { notify_top_up: IDL.Nat, notify_create_canister: IDL.Principal, notify_mint_cycles: minted };
  const present = Object.fromEntries(Object.entries(types).filter(([name]) => name in argument));
  const result = IDL.Variant({ Ok: ok[method as keyof typeof ok], Err: notifyErrors });
  return decode(result, net.call(sender, cyclesMinting, method, IDL.Record(present), argument));
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

  test('turns ICP into a canister of whoever they were paid for', () => {
    const net = new ServicesNetwork();
    const block_index = pay(net, bob, memos.create, icp);
    const answer = notify(net, 'notify_create_canister', { block_index, controller: bob }, bob) as {
      Ok: Principal;
    };
    const canister = net.network.canister(answer.Ok);
    expect(canister.controllers.map(String)).toEqual([bob.toText()]);
    expect(canister.cycles).toBe(cyclesPerIcp - trillion / 2n);
  });

  test('lets nobody else name what becomes of a payment for a canister', () => {
    const net = new ServicesNetwork();
    const block_index = pay(net, bob, memos.create, icp);
    const canisters = net.network.canisterIds().length;
    expect(notify(net, 'notify_create_canister', { block_index, controller: bob }, alice)).toEqual({
      Err: {
        Other: {
          error_code: 5n,
          error_message:
            `${alice.toText()} is not authorized to call notify_create_canister on behalf of ${bob.toText()}. ` +
            '(Do not retry, because the same result will occur.)',
        },
      },
    });
    expect(net.network.canisterIds()).toHaveLength(canisters);
    expect(notify(net, 'notify_create_canister', { block_index, controller: bob }, bob)).toHaveProperty('Ok');
  });

  test('creates no canister on a type of subnets, and sends the ICP back less a penalty', () => {
    const net = new ServicesNetwork();
    const supply = net.supply(icpLedger);
    const before = net.balance(icpLedger, anonymous);
    const create = (wish: object) => {
      net.network.advanceTime(1);
      const block_index = pay(net, bob, memos.create, icp);
      return notify(net, 'notify_create_canister', { block_index, controller: bob, ...wish }, bob);
    };
    const selection = { Filter: { subnet_type: ['fast'] } };
    expect(create({ subnet_selection: [selection] })).toEqual({
      Err: { Refunded: { reason: 'Provided subnet type fast does not exist', block_index: [2n] } },
    });
    expect(net.balance(icpLedger, anonymous)).toBe(before - 6n * icpFee);
    expect(net.supply(icpLedger), 'the penalty is burned').toBe(supply - 6n * icpFee);
    expect(create({ subnet_selection: [selection], subnet_type: ['fast'] })).toEqual({
      Err: {
        Other: {
          error_code: 4n,
          error_message: 'Cannot specify subnet_type and subnet_selection at the same time.',
        },
      },
    });
    expect(net.network.canister(cyclesMinting).cycles).toBe(0n);
  });

  test('sends back what was paid for nothing, once', () => {
    const net = new ServicesNetwork();
    const before = net.balance(icpLedger, anonymous);
    const canister = net.canister();
    const block_index = pay(net, canister, 7n, icp);
    const refunded = {
      Err: {
        Refunded: {
          reason:
            'Memo (0x000007) in the incoming ICP transfer does not correspond to any of the operations that the ' +
            'Cycles Minting canister offers.',
          block_index: [2n],
        },
      },
    };
    const tell = () => notify(net, 'notify_top_up', { block_index, canister_id: canister });
    expect(tell()).toEqual(refunded);
    expect(tell()).toEqual(refunded);
    expect(net.balance(icpLedger, anonymous)).toBe(before - 2n * icpFee);
  });

  test('tries again what failed because the ICP ledger did not answer', () => {
    const net = new ServicesNetwork();
    const nobody = Principal.fromText('rwlgt-iiaaa-aaaaa-aaaaa-cai');
    const block_index = pay(net, nobody, memos.topUp, icp);
    const rejection = { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } as const;
    for (const method of ['query_blocks', 'transfer']) {
      net.network.faults.add({ caller: cyclesMinting, method, nth: 1 }, { kind: 'reject', rejection });
    }
    const tell = () => notify(net, 'notify_top_up', { block_index, canister_id: nobody });
    const failed = (error_code: bigint, text: string) => ({
      Err: { Other: { error_code, error_message: expect.stringContaining(text) as string } },
    });
    expect(tell()).toEqual(failed(2n, 'Failed to fetch block: '));
    expect(tell()).toEqual(failed(3n, 'Refund to '));
    expect(tell()).toHaveProperty('Err.Refunded');
    expect(tell()).toHaveProperty('Err.Refunded');
    expect(net.balance(icpLedger, cyclesMinting)).toBe(0n);
  });

  test('mints no cycles with a memo that the cycles ledger could not keep', () => {
    const net = new ServicesNetwork();
    const block_index = pay(net, anonymous, memos.mint, icp);
    expect(
      notify(net, 'notify_mint_cycles', { block_index, deposit_memo: [new Uint8Array(33)] }),
    ).toMatchObject({
      Err: { Other: { error_code: 6n, error_message: 'Memo length 33 exceeds the maximum length of 32' } },
    });
    expect(notify(net, 'notify_mint_cycles', { block_index, deposit_memo: [] })).toHaveProperty('Ok');
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
      Err: {
        Refunded: {
          reason: `Depositing cycles failed with code 3: "IC0301: Canister ${nobody.toText()} not found."`,
          block_index: [2n],
        },
      },
    });
    expect(net.balance(icpLedger, anonymous)).toBe(before - 4n * icpFee);
    expect(net.network.canister(cyclesMinting).cycles).toBe(0n);
  });

  test('refuses a payment for something else, to somebody else, or none at all, and does so again', () => {
    const net = new ServicesNetwork();
    const block_index = pay(net, bob, memos.create, icp);
    const error = (argument: Record<string, unknown>, sender = bob, method = 'notify_create_canister') =>
      (notify(net, method, argument, sender) as { Err: { InvalidTransaction: string } }).Err
        .InvalidTransaction;
    expect(error({ block_index, canister_id: bob }, bob, 'notify_top_up')).toBe(
      'The memo (CreateCanister (1095062083)) in the transaction does not match the expected memo ' +
        '(TopUp (1347768404)) for the operation.',
    );
    expect(error({ block_index, controller: alice }, alice)).toContain('different than in the notification');
    expect(error({ block_index: 0n, controller: bob })).toBe(
      'Notification transaction must be of type Transfer',
    );
    expect(error({ block_index: 99n, controller: bob })).toBe('Block 99 not found');
    expect(notify(net, 'notify_create_canister', { block_index, controller: bob }, bob)).toHaveProperty('Ok');
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
