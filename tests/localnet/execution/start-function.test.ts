import binaryen from 'binaryen';
import { expect, test } from 'vitest';
import { TestNetwork, user } from '../support/test-network.ts';

/** Start puts a function into the table, init stores what it finds there: 1 for nothing. */
const wasm = (): Uint8Array => {
  const module = binaryen.parseText(`(module
    (import "ic0" "msg_reply" (func $reply))
    (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
    (memory 1)
    (table $table 2 funcref)
    (elem (i32.const 1) $start)
    (func $start
      (i32.store (i32.const 4) (i32.const 7))
      (table.set $table (i32.const 0) (table.get $table (i32.const 1))))
    (func $init (i32.store (i32.const 0) (ref.is_null (table.get $table (i32.const 0)))))
    (func $look (call $append (i32.const 0) (i32.const 8)) (call $reply))
    (start $start)
    (export "canister_init" (func $init))
    (export "canister_query look" (func $look)))`);
  module.setFeatures(binaryen.Features.All);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
};

test('what the start function does to a table is gone in init, as after every execution; its heap is kept', () => {
  const net = new TestNetwork();
  const canisterId = net.management.createCanister();
  net.management.installCode(canisterId, { module: wasm() });
  const reply = net.network.query({ sender: user, canisterId, method: 'look', arg: new Uint8Array() });
  expect([...reply]).toEqual([1, 0, 0, 0, 7, 0, 0, 0]);
});
