import binaryen from 'binaryen';
import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { TestNetwork, user } from '../support/test-network.ts';

const wantedFunction = '(func $callback (param i32) (call $reply))';
const tableWithCallback = '(table 2 funcref) (elem (i32.const 0) $callback)';

/** Calls itself and passes element 0 of its table, or another, as callback. */
function moduleOf(callback: string, table = tableWithCallback, element = 0): Uint8Array {
  const module = binaryen.parseText(`(module
    (import "ic0" "call_new" (func $callNew (param i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "ic0" "call_perform" (func $callPerform (result i32)))
    (import "ic0" "canister_self_size" (func $selfSize (result i32)))
    (import "ic0" "canister_self_copy" (func $selfCopy (param i32 i32 i32)))
    (import "ic0" "msg_reply" (func $reply))
    (memory 1)
    (data (i32.const 100) "pong")
    ${table}
    ${callback}
    (func $pong (call $reply))
    (func $ping
      (call $selfCopy (i32.const 0) (i32.const 0) (call $selfSize))
      (call $callNew (i32.const 0) (call $selfSize) (i32.const 100) (i32.const 4)
        (i32.const ${element}) (i32.const 7) (i32.const ${element}) (i32.const 7))
      (drop (call $callPerform)))
    (export "canister_update pong" (func $pong))
    (export "canister_update ping" (func $ping)))`);
  module.setFeatures(binaryen.Features.All);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

function install(net: TestNetwork, module: Uint8Array): Principal {
  const id = net.management.createCanister();
  net.management.installCode(id, { module });
  return id;
}

const ping = (net: TestNetwork, canisterId: Principal) =>
  net.network.update({ sender: user, canisterId, method: 'ping', arg: new Uint8Array() });

describe('a callback', () => {
  test('is a function that takes one i32 and returns nothing', () => {
    const net = new TestNetwork();
    expect(ping(net, install(net, moduleOf(wantedFunction)))).toEqual(new Uint8Array());
  });

  test.each([
    ['i64', '(func $callback (param i64) (call $reply))'],
    ['f32', '(func $callback (param f32) (call $reply))'],
    ['v128', '(func $callback (param v128) (call $reply))'],
    ['externref', '(func $callback (param externref) (call $reply))'],
    ['two parameters', '(func $callback (param i32 i32) (call $reply))'],
    ['no parameter', '(func $callback (call $reply))'],
    ['a result', '(func $callback (param i32) (result i32) (call $reply) (i32.const 1))'],
  ])('of another type (%s) is a violation of the contract', (_, callback) => {
    const net = new TestNetwork();
    const canister = install(net, moduleOf(callback));
    const { errorCode, rejectMessage } = net.rejection(() => ping(net, canister));
    expect(errorCode).toBe('IC0504');
    expect(rejectMessage).toContain(
      'Canister violated contract: function invocation does not match its signature.',
    );
    expect(net.network.canister(canister)).toMatchObject({ openCallContexts: 0 });
  });

  test.each([
    ['where the table is empty', tableWithCallback, 1, 'IC0504', 'unexpected null function reference'],
    ['of a canister without table', '', 0, 'IC0504', 'table not found'],
    ['beyond the table', tableWithCallback, 2, 'IC0513', 'non-existent Wasm function 2 from table 0'],
  ])('%s fails with a text that says so', (_, table, element, code, text) => {
    const net = new TestNetwork();
    const canister = install(net, moduleOf(wantedFunction, table, element));
    const rejection = net.rejection(() => ping(net, canister));
    expect(rejection).toMatchObject({ errorCode: code });
    expect(rejection.rejectMessage).toContain(text);
  });
});
