import binaryen from 'binaryen';

/** Candid of the canister, as icp finds it in the module. */
const candid = 'service : { say : () -> (text); heard : () -> (nat32) query }';

/**
 * A canister that prints a line and replies `hello` to `say`, counts how often it did so in stable memory, and tells
 * the number to `heard`.
 */
export function talkerModule(): Uint8Array {
  const module = binaryen.parseText(`
    (module
      (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
      (import "ic0" "msg_reply" (func $reply))
      (import "ic0" "debug_print" (func $print (param i32 i32)))
      (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
      (import "ic0" "stable64_read" (func $read (param i64 i64 i64)))
      (import "ic0" "stable64_write" (func $write (param i64 i64 i64)))
      (memory $memory 1)
      (data (i32.const 0) "DIDL\\00\\01\\71\\05hello")
      (data (i32.const 32) "somebody spoke")
      (data (i32.const 64) "DIDL\\00\\01\\79")
      (func $init (drop (call $grow (i64.const 1))))
      ;; The number of times is at address 71, behind the header of its Candid value.
      (func $load (call $read (i64.const 71) (i64.const 0) (i64.const 4)))
      (func $say
        (call $print (i32.const 32) (i32.const 14))
        (call $load)
        (i32.store (i32.const 71) (i32.add (i32.load (i32.const 71)) (i32.const 1)))
        (call $write (i64.const 0) (i64.const 71) (i64.const 4))
        (call $append (i32.const 0) (i32.const 13))
        (call $reply))
      (func $heard
        (call $load)
        (call $append (i32.const 64) (i32.const 11))
        (call $reply))
      (export "canister_init" (func $init))
      (export "canister_update say" (func $say))
      (export "canister_query heard" (func $heard))
      (export "memory" (memory $memory)))`);
  const bytes = module.emitBinary();
  module.dispose();
  return withCustomSection(bytes, 'icp:public candid:service', candid);
}

/** Custom sections may stand at the end of a module. */
function withCustomSection(module: Uint8Array, name: string, content: string): Uint8Array {
  const body = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from(content)]);
  return new Uint8Array(Buffer.concat([module, Buffer.from([0, body.length]), body]));
}

/** The canister of a project whose module is built already, at `talker.wasm`. */
export const talkerCanister = `canisters:
  - name: talker
    build:
      steps:
        - type: script
          commands:
            - cp talker.wasm "$ICP_WASM_OUTPUT_PATH"
`;
