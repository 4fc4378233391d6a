import binaryen from 'binaryen';

/** How a function of the canister calls itself; each is the name of an update method, of a query with `Query` behind. */
export const recursions = ['direct', 'mutual', 'indirect', 'manyLocals', 'manyValues', 'tailCalls'] as const;
export type Recursion = (typeof recursions)[number];

/** As the argument of a method: without end. Any other depth is answered with itself. */
export const endless = 0xffff_ffff;

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const add = (one: string, other: string): string => `(i32.add ${one} ${other})`;
const less = '(i32.sub (local.get $n) (i32.const 1))';
const locals = range(200);
const products = range(40)
  .map((k) => `(local.set $x ${add('(local.get $x)', `(i32.mul (local.get $n) (i32.const ${2 * k + 3}))`)})`)
  .join('');

/** Functions of the depth still to go that return how many calls followed. */
const functions = `
  (func $direct (type $f) (param $n i32) (result i32) (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    ${add('(i32.const 1)', `(call $direct ${less})`)})
  (func $mutual (type $f) (param $n i32) (result i32) (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    ${add('(i32.const 1)', `(call $other ${less})`)})
  (func $other (type $f) (param $n i32) (result i32) (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    ${add('(i32.const 1)', `(call $mutual ${less})`)})
  (func $indirect (type $f) (param $n i32) (result i32) (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    ${add('(i32.const 1)', `(call_indirect (type $f) ${less} (i32.const 0))`)})
  (func $manyLocals (type $f) (param $n i32) (result i32) ${locals.map((k) => `(local $l${k} i64)`).join('')} (local $deep i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    ${locals.map((k) => `(local.set $l${k} (i64.extend_i32_u (i32.add (local.get $n) (i32.const ${k}))))`).join('')}
    (local.set $deep ${add('(i32.const 1)', `(call $manyLocals ${less})`)})
    ${locals.map((k) => `(global.set $kept (i64.add (global.get $kept) (local.get $l${k})))`).join('')}
    (local.get $deep))
  (func $manyValues (type $f) (param $n i32) (result i32) (local $x i32) (local $deep i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    ${products}
    (local.set $deep ${add('(i32.const 1)', `(call $manyValues ${less})`)})
    ${products}
    (global.set $kept (i64.extend_i32_u (local.get $x)))
    (local.get $deep))
  (func $tailCalls (type $f) (param $n i32) (result i32) (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
    (if (i32.eqz (local.get $n)) (then (return (i32.sub (i32.load (i32.const 8)) (i32.const 1)))))
    (return_call $tailCalls ${less}))`;

const method = (name: Recursion): string => `
  (func $run_${name} (i32.store (i32.const 4) (i32.const 1)) (i32.store (i32.const 8) (i32.const 0))
    (call $answer (call $${name} (call $depth))))
  (export "canister_update ${name}" (func $run_${name})) (export "canister_query ${name}Query" (func $run_${name}))`;

const built = new Map<string, Uint8Array>();

/**
 * A canister that recurses as deep as the four bytes of the argument say and answers how deep it came. Before that it
 * writes to its heap; `written` answers whether that is there. `callback` calls the canister itself and recurses in the
 * reply callback. Init recurses directly, if it gets an argument.
 *
 * @param variant - text in the memory, so that the engine compiles this module on its own
 */
export function recursiveCanister(variant = ''): Uint8Array {
  const known = built.get(variant) ?? build(variant);
  built.set(variant, known);
  return known;
}

function build(variant: string): Uint8Array {
  const module = binaryen.parseText(`(module
    (type $f (func (param i32) (result i32)))
    (type $callback (func (param i32)))
    (import "ic0" "msg_reply" (func $msg_reply))
    (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
    (import "ic0" "msg_arg_data_size" (func $size (result i32)))
    (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
    (import "ic0" "canister_self_copy" (func $self (param i32 i32 i32)))
    (import "ic0" "canister_self_size" (func $self_size (result i32)))
    (import "ic0" "call_new" (func $call_new (param i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "ic0" "call_perform" (func $call_perform (result i32)))
    (memory 1)
    (data (i32.const 64) "written")
    (data (i32.const 128) "${variant}")
    (global $kept (mut i64) (i64.const 0))
    (table 4 funcref)
    (elem (i32.const 0) $indirect $replied $rejected)
    (func $depth (result i32) (call $copy (i32.const 0) (i32.const 0) (i32.const 4)) (i32.load (i32.const 0)))
    (func $answer (param $n i32) (i32.store (i32.const 0) (local.get $n))
      (call $append (i32.const 0) (i32.const 4)) (call $msg_reply))
    ${functions}
    ${recursions.map(method).join('')}
    (func $written (call $answer (i32.load (i32.const 4))))
    (export "canister_update written" (func $written))
    (func $replied (param $n i32) (i32.store (i32.const 4) (i32.const 1)) (call $answer (call $direct (local.get $n))))
    (func $rejected (param $n i32) (unreachable))
    (func $callback (local $n i32) (local.set $n (call $depth))
      (call $self (i32.const 96) (i32.const 0) (call $self_size))
      (call $call_new (i32.const 96) (call $self_size) (i32.const 64) (i32.const 7)
        (i32.const 1) (local.get $n) (i32.const 2) (i32.const 0))
      (drop (call $call_perform)))
    (export "canister_update callback" (func $callback))
    (func $init (if (call $size) (then (drop (call $direct (call $depth))))))
    (export "canister_init" (func $init)))`);
  module.setFeatures(binaryen.Features.All);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** The argument of a method. */
export function depthArgument(depth: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, depth, true);
  return bytes;
}
