import { createHash } from 'node:crypto';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { birthTagHash } from '../../../src/manager/management-canister/birth-tag.ts';
import { decodeCanisterInfoWithBirth } from '../../../src/manager/management-canister/canister-info.ts';
import {
  canisterIdOfNumber,
  canisterNumberOf,
} from '../../../src/manager/management-canister/canister-number.ts';
import { decodeCanisterStatus } from '../../../src/manager/management-canister/canister-status.ts';

const blob = IDL.Vec(IDL.Nat8);
const manager = Principal.fromText('rwlgt-iiaaa-aaaaa-aaaaa-cai');
const user = Principal.selfAuthenticating(new Uint8Array([7]));

/** The reply as a later network might have it: with kinds of changes and origins that nobody knows yet. */
const Change = IDL.Record({
  timestamp_nanos: IDL.Nat64,
  canister_version: IDL.Nat64,
  origin: IDL.Variant({
    from_user: IDL.Record({ user_id: IDL.Principal }),
    from_canister: IDL.Record({ canister_id: IDL.Principal, canister_version: IDL.Opt(IDL.Nat64) }),
    from_afar: IDL.Text,
  }),
  details: IDL.Variant({
    creation: IDL.Record({ controllers: IDL.Vec(IDL.Principal), environment_variables_hash: IDL.Opt(blob) }),
    code_uninstall: IDL.Null,
    something_new: IDL.Record({ amount: IDL.Nat }),
  }),
});
const InfoReply = IDL.Record({
  total_num_changes: IDL.Nat64,
  recent_changes: IDL.Vec(Change),
  module_hash: IDL.Opt(blob),
  controllers: IDL.Vec(IDL.Principal),
});

function infoReply(changes: object[]): Uint8Array {
  const reply = {
    total_num_changes: BigInt(changes.length),
    recent_changes: changes.map((change) => ({
      timestamp_nanos: 5_000_000n,
      canister_version: 1n,
      ...change,
    })),
    module_hash: [],
    controllers: [manager],
  };
  return IDL.encode([InfoReply], [reply]);
}

const fromManager = { from_canister: { canister_id: manager, canister_version: [9n] } };

describe('the reply of canister_info', () => {
  test('tells who made the canister, at which version, when, and with which environment variables', () => {
    const hash = birthTagHash('17');
    const reply = infoReply([
      {
        origin: fromManager,
        details: { creation: { controllers: [manager], environment_variables_hash: [hash] } },
      },
    ]);
    expect(decodeCanisterInfoWithBirth(reply)).toEqual({
      totalChanges: 1n,
      controllers: [manager.toUint8Array()],
      birth: {
        creator: manager.toUint8Array(),
        creatorVersion: 9n,
        environmentVariablesHash: hash,
        atMs: 5,
      },
      existedAtMs: 5,
    });
  });

  test('is understood whatever kinds of changes and origins it also has', () => {
    const reply = infoReply([
      {
        origin: { from_user: { user_id: user } },
        details: { creation: { controllers: [], environment_variables_hash: [] } },
      },
      { origin: { from_afar: 'x' }, details: { something_new: { amount: 3n } } },
      { origin: fromManager, details: { code_uninstall: null } },
    ]);
    const info = decodeCanisterInfoWithBirth(reply);
    expect(info?.totalChanges).toBe(3n);
    expect(info?.birth).toEqual({ atMs: 5 });
  });

  test('that does not tell the creation has no birth', () => {
    const reply = infoReply([{ origin: fromManager, details: { code_uninstall: null } }]);
    expect(decodeCanisterInfoWithBirth(reply)).toMatchObject({ totalChanges: 1n });
    expect(decodeCanisterInfoWithBirth(reply)).not.toHaveProperty('birth');
  });

  test('is undefined when the bytes are something else', () => {
    expect(decodeCanisterInfoWithBirth(IDL.encode([IDL.Text], ['no']))).toBeUndefined();
    expect(decodeCanisterStatus(infoReply([]))).toBeUndefined();
  });
});

test('the hash of a birth tag is that of the map from its name to its value', () => {
  const sha256 = (...parts: Uint8Array[]): Buffer =>
    parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  const expected = sha256(sha256(Buffer.from('SAGA_ID')), sha256(Buffer.from('42')));
  expect(birthTagHash('42')).toEqual(new Uint8Array(expected));
});

describe('canister ids', () => {
  test('and numbers turn into each other', () => {
    expect(canisterIdOfNumber(0n)).toEqual(manager.toUint8Array());
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (number) => {
        expect(canisterNumberOf(canisterIdOfNumber(number))).toBe(number);
      }),
    );
  });

  test('of people and of the management canister have no number', () => {
    expect(canisterNumberOf(user.toUint8Array())).toBeUndefined();
    expect(canisterNumberOf(new Uint8Array())).toBeUndefined();
  });
});
