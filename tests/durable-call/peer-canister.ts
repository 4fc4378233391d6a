import binaryen from 'binaryen';

/**
 * The smallest canister that answers in every way:
 * `echo` replies with its argument, `refuse` rejects with what follows its first four bytes as text, `crash` traps,
 * `keep` takes 1,000 of the attached cycles and replies with nothing.
 */
const source = `
(module
  (import "ic0" "msg_arg_data_size" (func $msg_arg_data_size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $msg_arg_data_copy (param i32 i32 i32)))
  (import "ic0" "msg_reply_data_append" (func $msg_reply_data_append (param i32 i32)))
  (import "ic0" "msg_reply" (func $msg_reply))
  (import "ic0" "msg_reject" (func $msg_reject (param i32 i32)))
  (import "ic0" "msg_cycles_accept128" (func $msg_cycles_accept128 (param i64 i64 i32)))
  (memory 4)
  (func $read_argument (result i32)
    (call $msg_arg_data_copy (i32.const 0) (i32.const 0) (call $msg_arg_data_size))
    (call $msg_arg_data_size))
  (func (export "canister_update echo")
    (call $msg_reply_data_append (i32.const 0) (call $read_argument))
    (call $msg_reply))
  (func (export "canister_update refuse")
    (call $msg_reject (i32.const 4) (i32.sub (call $read_argument) (i32.const 4))))
  (func (export "canister_update crash") (unreachable))
  (func (export "canister_update keep")
    (call $msg_cycles_accept128 (i64.const 0) (i64.const 1000) (i32.const 0))
    (call $msg_reply)))`;

export function peerModule(): Uint8Array {
  const module = binaryen.parseText(source);
  const wasm = module.emitBinary();
  module.dispose();
  return wasm;
}
