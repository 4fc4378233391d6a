import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { systemCanisters } from '../../../src/localnet/builtin/index.ts';
import type { LocalNetworkOptions } from '../../../src/localnet/index.ts';
import { TestNetwork } from '../support/test-network.ts';

export const icpLedger = Principal.fromText('ryjl3-tyaaa-aaaaa-aaaba-cai');
export const cyclesLedger = Principal.fromText('um5iw-rqaaa-aaaaq-qaaba-cai');
export const cyclesMinting = Principal.fromText('rkp4c-7iaaa-aaaaa-aaaca-cai');

export const trillion = 1_000_000_000_000n;
export const cyclesFee = 100_000_000n;
export const icpFee = 10_000n;
export const anonymous = Principal.anonymous();
export const alice = Principal.selfAuthenticating(new Uint8Array([1]));
export const bob = Principal.selfAuthenticating(new Uint8Array([2]));

/** A user's view of an account: Candid of the token standards, written down a second time to notice a change. */
const account = IDL.Record({ owner: IDL.Principal, subaccount: IDL.Opt(IDL.Vec(IDL.Nat8)) });
const blob = IDL.Vec(IDL.Nat8);
const transferArgument = IDL.Record({
  from_subaccount: IDL.Opt(blob),
  to: account,
  amount: IDL.Nat,
  fee: IDL.Opt(IDL.Nat),
  memo: IDL.Opt(blob),
  created_at_time: IDL.Opt(IDL.Nat64),
});

/** A network with the system canisters. */
export class ServicesNetwork extends TestNetwork {
  constructor(options: LocalNetworkOptions = {}) {
    super({ nativeCanisters: systemCanisters(), ...options });
  }

  /** The one result of an update call, read without knowing its type. */
  call(
    sender: Principal,
    canisterId: Principal,
    method: string,
    type: IDL.Type,
    argument: unknown,
  ): Uint8Array {
    return this.network.update({ sender, canisterId, method, arg: IDL.encode([type], [argument]) });
  }

  balance(ledger: Principal, owner: Principal): bigint {
    const arg = IDL.encode([account], [{ owner, subaccount: [] }]);
    const reply = this.network.query({ sender: owner, canisterId: ledger, method: 'icrc1_balance_of', arg });
    return decode(IDL.Nat, reply) as bigint;
  }

  supply(ledger: Principal): bigint {
    const call = { sender: alice, canisterId: ledger, method: 'icrc1_total_supply', arg: IDL.encode([], []) };
    return decode(IDL.Nat, this.network.query(call)) as bigint;
  }

  transfer(
    ledger: Principal,
    from: Principal,
    to: Principal,
    amount: bigint,
    more: TransferOptions = {},
  ): unknown {
    const argument = {
      from_subaccount: [],
      to: { owner: to, subaccount: more.toSubaccount === undefined ? [] : [more.toSubaccount] },
      amount,
      fee: more.fee === undefined ? [] : [more.fee],
      memo: more.memo === undefined ? [] : [more.memo],
      created_at_time: more.createdAtNanos === undefined ? [] : [more.createdAtNanos],
    };
    return decode(transferResult, this.call(from, ledger, 'icrc1_transfer', transferArgument, argument));
  }
}

export interface TransferOptions {
  readonly toSubaccount?: Uint8Array;
  readonly fee?: bigint;
  readonly memo?: Uint8Array;
  readonly createdAtNanos?: bigint;
}

const transferResult = IDL.Variant({
  Ok: IDL.Nat,
  Err: IDL.Variant({
    BadFee: IDL.Record({ expected_fee: IDL.Nat }),
    BadBurn: IDL.Record({ min_burn_amount: IDL.Nat }),
    InsufficientFunds: IDL.Record({ balance: IDL.Nat }),
    TooOld: IDL.Null,
    CreatedInFuture: IDL.Record({ ledger_time: IDL.Nat64 }),
    TemporarilyUnavailable: IDL.Null,
    Duplicate: IDL.Record({ duplicate_of: IDL.Nat }),
    GenericError: IDL.Record({ error_code: IDL.Nat, message: IDL.Text }),
  }),
});

export function decode(type: IDL.Type, bytes: Uint8Array): unknown {
  return IDL.decode([type], bytes)[0];
}
