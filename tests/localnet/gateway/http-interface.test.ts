import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { expect, test } from 'vitest';
import { decodeHttpReply, UndecodableReplyError } from '../../../src/localnet/gateway/http-interface.ts';

/** A canister's answer whose rest is to be asked for with a callback of any type. */
function replyWith(callbackType: IDL.Type, callback: unknown): Uint8Array {
  const strategy = IDL.Variant({ Callback: IDL.Record({ callback: callbackType, token: IDL.Text }) });
  const type = IDL.Record({
    status_code: IDL.Nat16,
    headers: IDL.Vec(IDL.Tuple(IDL.Text, IDL.Text)),
    body: IDL.Vec(IDL.Nat8),
    streaming_strategy: IDL.Opt(strategy),
  });
  const value = {
    status_code: 200,
    headers: [],
    body: [],
    streaming_strategy: [{ Callback: { callback, token: 'next' } }],
  };
  return new Uint8Array(IDL.encode([type], [value]));
}

test('a streaming callback is a method of a canister', () => {
  const canisterId = Principal.fromUint8Array(Uint8Array.of(1, 2));
  const reply = replyWith(IDL.Func([IDL.Text], [], ['query']), [canisterId, 'more']);
  expect(decodeHttpReply(reply).stream).toMatchObject({
    canisterId,
    method: 'more',
    token: { value: 'next' },
  });
});

test.each([
  ['null', IDL.Null, null],
  ['a number', IDL.Nat, 5n],
  ['a record', IDL.Record({}), {}],
  ['two numbers', IDL.Vec(IDL.Nat16), [1, 2]],
])("a streaming callback that is %s is refused as the canister's mistake", (_name, type, value) => {
  expect(() => decodeHttpReply(replyWith(type, value))).toThrow(UndecodableReplyError);
});
