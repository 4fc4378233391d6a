import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemCanisters } from '../../../src/localnet/builtin/index.ts';
import { CallRejectedError } from '../../../src/localnet/index.ts';
import { alice, anonymous, icpLedger, ServicesNetwork } from './services.ts';

const account = IDL.Record({ owner: IDL.Principal, subaccount: IDL.Opt(IDL.Vec(IDL.Nat8)) });
const tokens = IDL.Record({ e8s: IDL.Nat64 });

/** One record with every field that any method reads, so that it decodes as the argument of most of them. */
const everything = IDL.Record({
  owner: IDL.Principal,
  subaccount: IDL.Opt(IDL.Vec(IDL.Nat8)),
  from_subaccount: IDL.Opt(IDL.Vec(IDL.Nat8)),
  from: account,
  spender: account,
  account,
  amount: IDL.Nat,
  block_index: IDL.Nat64,
  controller: IDL.Principal,
  canister_id: IDL.Principal,
  memo: IDL.Opt(IDL.Vec(IDL.Nat8)),
  created_at_time: IDL.Opt(IDL.Nat64),
  expires_at: IDL.Opt(IDL.Nat64),
  start: IDL.Nat64,
  length: IDL.Nat64,
});

const principals = fc
  .uint8Array({ maxLength: 40, size: 'max' })
  .map((bytes) => Principal.fromUint8Array(bytes));
const optionalBytes = fc
  .option(fc.uint8Array({ maxLength: 40 }))
  .map((bytes) => (bytes === null ? [] : [bytes]));
const nat64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const optionalNat64 = fc.option(nat64).map((value) => (value === null ? [] : [value]));
/** The Candid encoder asks values for their own properties by a method. */
const withPrototype = { noNullPrototype: true } as const;
const accounts = fc.record({ owner: principals, subaccount: optionalBytes }, withPrototype);
const records = fc.record(
  {
    owner: principals,
    subaccount: optionalBytes,
    from_subaccount: optionalBytes,
    from: accounts,
    spender: accounts,
    account: accounts,
    amount: fc.bigInt({ min: 0n, max: 2n ** 130n }),
    // Often the block of the payment below.
    block_index: fc.oneof(nat64, fc.constant(1n)),
    controller: principals,
    canister_id: principals,
    memo: optionalBytes,
    created_at_time: optionalNat64,
    expires_at: optionalNat64,
    start: nat64,
    length: nat64,
  },
  withPrototype,
);

/** Fields whose types differ between methods. */
const variants = fc.oneof(
  accounts.map((to) => ({ type: IDL.Record({ to: account }), value: { to } })),
  principals.map((to) => ({ type: IDL.Record({ to: IDL.Principal }), value: { to } })),
  fc.record({ to: fc.uint8Array({ maxLength: 40 }), e8s: nat64 }).map(({ to, e8s }) => ({
    type: IDL.Record({ to: IDL.Vec(IDL.Nat8), amount: tokens, fee: tokens, memo: IDL.Nat64 }),
    value: { to, amount: { e8s }, fee: { e8s: 10_000n }, memo: e8s },
  })),
);

const wellFormed = fc.tuple(records, variants).map(([record, { type, value }]) => {
  const fields = new Map([...everything._fields, ...type._fields]);
  return IDL.encode([IDL.Record(Object.fromEntries(fields))], [{ ...record, ...value }]);
});
const spoilt = fc
  .tuple(wellFormed, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }))
  .map(([bytes, changes]) => {
    const changed = Uint8Array.from(bytes);
    for (const [at, byte] of changes) changed[at % changed.length] = byte;
    return changed;
  });

const methods = systemCanisters().flatMap(({ id, updates, queries }) => [
  ...[...updates].map((method) => ({ canisterId: id, method })),
  ...[...queries].map((method) => ({ canisterId: id, method })),
]);

describe('whatever is sent to the system canisters', () => {
  test('is answered or rejected, and no cycles appear or vanish', () => {
    const net = new ServicesNetwork();
    const calls = fc.record({
      target: fc.constantFrom(...methods),
      arg: fc.oneof(wellFormed, spoilt, fc.uint8Array({ maxLength: 60 })),
      sender: fc.constantFrom(alice, anonymous),
    });
    net.transfer(icpLedger, anonymous, alice, 5n);
    let answered = 0;
    fc.assert(
      fc.property(calls, ({ target, arg, sender }) => {
        try {
          net.network.update({ sender, ...target, arg });
          answered += 1;
        } catch (error) {
          if (!(error instanceof CallRejectedError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
    // Otherwise only the decoder was tested.
    expect(answered).toBeGreaterThan(100);
    net.network.checkCycles();
  });
});
