import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { CallRejectedError } from '../../../src/localnet/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { program } from '../support/program.ts';
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

const creationFee = trillion / 2n;
const penalty = 100_000_000n;

const settings = IDL.Record({ controllers: IDL.Opt(IDL.Vec(IDL.Principal)) });
const createArgument = IDL.Record({
  created_at_time: IDL.Opt(IDL.Nat64),
  amount: IDL.Nat,
  creation_args: IDL.Opt(
    IDL.Record({
      settings: IDL.Opt(settings),
      subnet_selection: IDL.Opt(IDL.Variant({ Subnet: IDL.Record({ subnet: IDL.Principal }) })),
    }),
  ),
});
const createResult = IDL.Variant({
  Ok: IDL.Record({ block_id: IDL.Nat, canister_id: IDL.Principal }),
  Err: IDL.Variant({
    InsufficientFunds: IDL.Record({ balance: IDL.Nat }),
    Duplicate: IDL.Record({ duplicate_of: IDL.Nat, canister_id: IDL.Opt(IDL.Principal) }),
    FailedToCreate: IDL.Record({
      fee_block: IDL.Opt(IDL.Nat),
      refund_block: IDL.Opt(IDL.Nat),
      error: IDL.Text,
    }),
  }),
});
const withdrawArgument = IDL.Record({ to: IDL.Principal, amount: IDL.Nat });
const withdrawResult = IDL.Variant({
  Ok: IDL.Nat,
  Err: IDL.Variant({
    InvalidReceiver: IDL.Record({ receiver: IDL.Principal }),
    FailedToWithdraw: IDL.Record({
      fee_block: IDL.Opt(IDL.Nat),
      rejection_code: IDL.Variant({ DestinationInvalid: IDL.Null, CanisterError: IDL.Null }),
      rejection_reason: IDL.Text,
    }),
  }),
});
const depositArgument = IDL.Record({
  to: IDL.Record({ owner: IDL.Principal }),
  memo: IDL.Opt(IDL.Vec(IDL.Nat8)),
});

interface Wish {
  readonly amount: bigint;
  readonly createdAtNanos?: bigint;
  readonly controllers?: Principal[];
  readonly subnet?: Principal;
}

function encodeWish({ amount, createdAtNanos, controllers, subnet }: Wish): Uint8Array {
  const creation = {
    settings: controllers === undefined ? [] : [{ controllers: [controllers] }],
    subnet_selection: subnet === undefined ? [] : [{ Subnet: { subnet } }],
  };
  const argument = {
    created_at_time: createdAtNanos === undefined ? [] : [createdAtNanos],
    amount,
    creation_args: controllers === undefined && subnet === undefined ? [] : [creation],
  };
  return IDL.encode([createArgument], [argument]);
}

/** Alice has ten trillion. */
function withRichAlice(): ServicesNetwork {
  const net = new ServicesNetwork();
  net.transfer(cyclesLedger, anonymous, alice, 10n * trillion);
  return net;
}

function create(net: ServicesNetwork, wish: Wish): Answer {
  const call = { sender: alice, canisterId: cyclesLedger, method: 'create_canister', arg: encodeWish(wish) };
  return decode(createResult, net.network.update(call)) as Answer;
}

interface Answer {
  readonly Ok?: { readonly block_id: bigint; readonly canister_id: Principal };
  readonly Err?: unknown;
}

/** What accounts hold must be there as the ledger's own cycles. */
function expectBacked(net: ServicesNetwork): void {
  expect(net.network.canister(cyclesLedger).cycles).toBe(net.supply(cyclesLedger));
  expect(net.network.canister(cyclesMinting).cycles).toBe(0n);
}

describe('creating a canister through the cycles ledger', () => {
  test('turns cycles of the account into a canister of the caller', () => {
    const net = withRichAlice();
    const id = create(net, { amount: 2n * trillion }).Ok?.canister_id ?? anonymous;
    const canister = net.network.canister(id);
    expect(canister.cycles).toBe(2n * trillion - creationFee);
    expect(canister.controllers.map(String)).toEqual([alice.toText()]);
    expect(net.balance(cyclesLedger, alice)).toBe(8n * trillion - cyclesFee);
    expectBacked(net);
  });

  test('follows the settings that are asked for', () => {
    const net = withRichAlice();
    const answer = create(net, { amount: trillion, controllers: [bob], subnet: net.network.subnetId });
    const canister = net.network.canister(answer.Ok?.canister_id ?? anonymous);
    expect(canister.controllers.map(String)).toEqual([bob.toText()]);
  });

  test('asked for twice with one creation time creates one canister, and names it', () => {
    const net = withRichAlice();
    const wish = { amount: trillion, createdAtNanos: net.network.timeNanos };
    const first = create(net, wish);
    expect(create(net, wish)).toEqual({
      Err: { Duplicate: { duplicate_of: first.Ok?.block_id, canister_id: [first.Ok?.canister_id] } },
    });
    expect(create(net, { ...wish, amount: trillion + 1n }).Ok).toBeDefined();
    expectBacked(net);
  });

  test('asked for again while the canister is being created names no canister yet', () => {
    const net = withRichAlice();
    const arg = encodeWish({ amount: trillion, createdAtNanos: net.network.timeNanos });
    const submit = () =>
      net.network.submitUpdate({ sender: alice, canisterId: cyclesLedger, method: 'create_canister', arg });
    net.network.faults.add(
      { callee: Principal.managementCanister(), method: 'create_canister' },
      { kind: 'delay', milliseconds: 1_000 },
    );
    submit();
    net.network.run();
    const second = submit();
    net.network.run();
    const answer = net.network.ingressStatus(second);
    expect(answer.status === 'replied' && decode(createResult, answer.reply)).toEqual({
      Err: { Duplicate: { duplicate_of: 2n, canister_id: [] } },
    });
  });

  test('gives the cycles back, less fees, when the creation fails', () => {
    const net = withRichAlice();
    expect(create(net, { amount: trillion, subnet: bob })).toEqual({
      Err: {
        FailedToCreate: {
          fee_block: [2n],
          refund_block: [3n],
          error:
            `Subnet ${bob.toText()} does not exist or ${cyclesLedger.toText()} is not authorized to deploy ` +
            'to that subnet.',
        },
      },
    });
    expect(net.balance(cyclesLedger, alice)).toBe(10n * trillion - 2n * cyclesFee - penalty);
    expect(create(net, { amount: creationFee - 1n }).Err).toMatchObject({
      FailedToCreate: {
        refund_block: [5n],
        error: expect.stringContaining(
          `Creating canister in subnet ${net.network.subnetId.toText()} failed with code 4: IC0403: `,
        ) as string,
      },
    });
    expect(create(net, { amount: cyclesFee }).Err).toMatchObject({
      FailedToCreate: { refund_block: [], error: 'Insufficient cycles attached.' },
    });
    expectBacked(net);
  });

  test('needs the amount and the fee', () => {
    const net = withRichAlice();
    expect(create(net, { amount: 10n * trillion })).toEqual({
      Err: { InsufficientFunds: { balance: 10n * trillion } },
    });
  });

  test('works for a canister that owns cycles there', () => {
    const net = new ServicesNetwork();
    const creator = net.canister();
    net.transfer(cyclesLedger, anonymous, creator, 3n * trillion);
    const reply = net.run(
      creator,
      program().call({
        to: cyclesLedger,
        method: 'create_canister',
        arg: encodeWish({ amount: trillion, createdAtNanos: net.network.timeNanos }),
        onReply: program().appendArgument().reply(),
      }),
    );
    const { Ok: created } = decode(createResult, reply) as Answer;
    const child = net.network.canister(created?.canister_id ?? anonymous);
    expect(child.controllers.map(String)).toEqual([creator.toText()]);
    expectBacked(net);
  });
});

describe('withdrawing', () => {
  const withdraw = (net: ServicesNetwork, to: Principal, amount: bigint) =>
    decode(withdrawResult, net.call(alice, cyclesLedger, 'withdraw', withdrawArgument, { to, amount }));

  test('tops up a canister', () => {
    const net = withRichAlice();
    const target = net.canister();
    const before = net.network.canister(target).cycles;
    expect(withdraw(net, target, trillion)).toEqual({ Ok: 2n });
    expect(net.network.canister(target).cycles).toBe(before + trillion);
    expect(net.balance(cyclesLedger, alice)).toBe(9n * trillion - cyclesFee);
    expectBacked(net);
  });

  test('to a user, or to a canister that is not there, gives the cycles back', () => {
    const net = withRichAlice();
    expect(withdraw(net, bob, 1n)).toEqual({ Err: { InvalidReceiver: { receiver: bob } } });
    const nobody = Principal.fromText('rwlgt-iiaaa-aaaaa-aaaaa-cai');
    expect(withdraw(net, nobody, trillion)).toMatchObject({ Err: { FailedToWithdraw: { fee_block: [3n] } } });
    expect(net.balance(cyclesLedger, alice)).toBe(10n * trillion - 2n * cyclesFee);
    expectBacked(net);
  });
});

describe('depositing', () => {
  const arg = IDL.encode([depositArgument], [{ to: { owner: bob }, memo: [] }]);

  test('puts the attached cycles, less the fee, into an account', () => {
    const net = new ServicesNetwork();
    const giver = net.canister();
    const onReply = program().appendNumber('refunded').reply();
    const call = program().call({ to: cyclesLedger, method: 'deposit', arg: arg, cycles: trillion, onReply });
    expect(net.runNumbers(giver, call)).toEqual([0n]);
    expect(net.balance(cyclesLedger, bob)).toBe(trillion - cyclesFee);
    expectBacked(net);
  });

  test('of no more than the fee traps, and everything is refunded', () => {
    const net = new ServicesNetwork();
    const giver = net.canister();
    const onReject = program().appendNumber('refunded').reply();
    const call = program().call({
      to: cyclesLedger,
      method: 'deposit',
      arg: arg,
      cycles: cyclesFee,
      onReject,
    });
    expect(net.runNumbers(giver, call)).toEqual([cyclesFee]);
    const byUser = () =>
      net.call(alice, cyclesLedger, 'deposit', depositArgument, { to: { owner: bob }, memo: [] });
    expect(thrownBy(CallRejectedError, byUser).rejectMessage).toContain(
      'less than the cycles ledger fee: 100000000',
    );
    expectBacked(net);
  });
});
