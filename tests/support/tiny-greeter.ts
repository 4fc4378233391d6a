import binaryen from 'binaryen';

/**
 * A Greeter of a few hundred bytes: `greet` answers like the real one, for names below 100 bytes. It lets tests
 * with a thousand Greeters spend their time on the Manager, which is what they are about.
 *
 * @param variant any number; modules of different variants have different hashes
 */
export function tinyGreeterModule(variant = 0): Uint8Array {
  const module = binaryen.parseText(`
    (module
      (import "ic0" "msg_arg_data_size" (func $arg_size (result i32)))
      (import "ic0" "msg_arg_data_copy" (func $arg_copy (param i32 i32 i32)))
      (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
      (import "ic0" "msg_reply" (func $reply))
      (memory $memory 1)
      (data (i32.const 0) "DIDL\\00\\01\\71")
      (data (i32.const 16) "Hello, ")
      (data (i32.const 32) "!")
      (data (i32.const 48) "${variant}")
      (func $init)
      ;; The argument is "DIDL" 00 01 71, then the name's length and bytes; copied to address 64.
      (func $greet (local $name_length i32)
        (call $arg_copy (i32.const 64) (i32.const 0) (call $arg_size))
        (local.set $name_length (i32.load8_u (i32.const 71)))
        (i32.store8 (i32.const 7) (i32.add (local.get $name_length) (i32.const 8)))
        (call $append (i32.const 0) (i32.const 8))
        (call $append (i32.const 16) (i32.const 7))
        (call $append (i32.const 72) (local.get $name_length))
        (call $append (i32.const 32) (i32.const 1))
        (call $reply))
      (export "canister_init" (func $init))
      (export "canister_query greet" (func $greet))
      (export "memory" (memory $memory)))`);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}
