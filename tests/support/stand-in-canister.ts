import binaryen from 'binaryen';

/**
 * A canister that can be put in another one's place, to do again what that one had done:
 * - `write`: the argument's first 8 bytes (little-endian) are an offset; the rest goes into stable memory there.
 * - `call`: calls the management canister and answers with the bytes of its reply. The argument is the cycles to attach
 *   (8 bytes, little-endian), the length of the method's name (1 byte), the name, and the argument to pass on.
 */
export function standInModule(): Uint8Array {
  const module = binaryen.parseText(`
    (module
      (import "ic0" "msg_arg_data_size" (func $arg_size (result i32)))
      (import "ic0" "msg_arg_data_copy" (func $arg_copy (param i32 i32 i32)))
      (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
      (import "ic0" "msg_reply" (func $reply))
      (import "ic0" "msg_reject" (func $reject (param i32 i32)))
      (import "ic0" "msg_reject_msg_size" (func $reject_size (result i32)))
      (import "ic0" "msg_reject_msg_copy" (func $reject_copy (param i32 i32 i32)))
      (import "ic0" "call_new" (func $call_new (param i32 i32 i32 i32 i32 i32 i32 i32)))
      (import "ic0" "call_data_append" (func $call_data_append (param i32 i32)))
      (import "ic0" "call_cycles_add128" (func $call_cycles_add (param i64 i64)))
      (import "ic0" "call_perform" (func $call_perform (result i32)))
      (import "ic0" "stable64_grow" (func $stable_grow (param i64) (result i64)))
      (import "ic0" "stable64_size" (func $stable_size (result i64)))
      (import "ic0" "stable64_write" (func $stable_write (param i64 i64 i64)))
      (memory $memory 40)
      (table 2 funcref)
      (elem (i32.const 0) $on_reply $on_reject)
      (func $write (local $size i64) (local $missing i64)
        (call $arg_copy (i32.const 0) (i32.const 0) (call $arg_size))
        (local.set $size (i64.sub (i64.extend_i32_u (call $arg_size)) (i64.const 8)))
        (local.set $missing (i64.sub
          (i64.shr_u (i64.add (i64.add (i64.load (i32.const 0)) (local.get $size)) (i64.const 65535)) (i64.const 16))
          (call $stable_size)))
        (if (i64.gt_s (local.get $missing) (i64.const 0))
          (then (drop (call $stable_grow (local.get $missing)))))
        (call $stable_write (i64.load (i32.const 0)) (i64.const 8) (local.get $size))
        (call $reply))
      (func $call (local $name_length i32)
        (call $arg_copy (i32.const 0) (i32.const 0) (call $arg_size))
        (local.set $name_length (i32.load8_u (i32.const 8)))
        (call $call_new (i32.const 0) (i32.const 0) (i32.const 9) (local.get $name_length)
          (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
        (call $call_data_append
          (i32.add (i32.const 9) (local.get $name_length))
          (i32.sub (call $arg_size) (i32.add (i32.const 9) (local.get $name_length))))
        (call $call_cycles_add (i64.const 0) (i64.load (i32.const 0)))
        (if (call $call_perform) (then (unreachable))))
      (func $on_reply (param i32)
        (call $arg_copy (i32.const 0) (i32.const 0) (call $arg_size))
        (call $append (i32.const 0) (call $arg_size))
        (call $reply))
      (func $on_reject (param i32)
        (call $reject_copy (i32.const 0) (i32.const 0) (call $reject_size))
        (call $reject (i32.const 0) (call $reject_size)))
      (export "canister_update write" (func $write))
      (export "canister_update call" (func $call))
      (export "memory" (memory $memory)))`);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}
