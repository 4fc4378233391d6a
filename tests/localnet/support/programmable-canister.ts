import binaryen from 'binaryen';
import type { Program } from './program.ts';
import { dispatchSystemFunctions, importSystemFunctions } from './system-functions.ts';

/*
 * The universal canister: it executes programs sent to it, so that a test says in one place what a canister does.
 * Programs are byte code; `program.ts` writes them. One opcode is one system call or one effect to observe; `system`
 * calls any function of `ic0` by name.
 *
 * The argument is the program of `canister_update run`, `canister_query look`, `canister_composite_query compose`, of
 * init and post_upgrade. Entries without an argument run the program stored for them (`storedPrograms`); callbacks run
 * the program their call carries.
 *
 * Heap: 0..31 registers (0 amounts, 16 the heap counter, 24 the last result), 32..59 addresses of stored programs and
 * of the free memory, 256..511 the start program, 512..1023 the scratch area, from 1024 on what is allocated.
 */

/** Numbers of the opcodes; the byte code is `[opcode][operands]`, blobs as a 32-bit length and bytes. */
export const opcodes = {
  appendBlob: 1,
  reply: 2,
  reject: 3,
  trap: 4,
  call: 5,
  appendNumber: 6,
  setTimer: 7,
  acceptCycles: 8,
  addToHeap: 9,
  growStable: 10,
  appendArgument: 11,
  appendRejectMessage: 12,
  appendCaller: 13,
  writeStable: 14,
  certify: 15,
  acceptMessage: 16,
  loopForever: 17,
  storeProgram: 18,
  print: 19,
  growHeap: 20,
  spin: 21,
  burnCycles: 22,
  unreachable: 23,
  appendVariable: 24,
  addToGlobal: 25,
  abandonCall: 26,
  system: 27,
  writeScratch: 28,
  appendScratch: 29,
  keepResult: 30,
  requireResult: 31,
  acceptIfResult: 32,
} as const;

/** What `appendNumber` can append, as eight bytes. */
export const numbers = {
  version: 0,
  time: 1,
  lastResult: 2,
  heapCounter: 3,
  globalCounter: 4,
  rejectCode: 5,
  balance: 6,
  available: 7,
  refunded: 8,
  instructions: 9,
  contextInstructions: 10,
  deadline: 11,
  stableSize: 12,
  stableCounter: 13,
  replicated: 14,
  status: 15,
  variableCount: 16,
  heapSize: 17,
} as const;

/** Programs the canister keeps in its heap, by address, for entries that carry no program of their own. */
export const storedPrograms = {
  heartbeat: 32,
  globalTimer: 36,
  inspectMessage: 40,
  preUpgrade: 44,
  lowWasmMemory: 52,
  transform: 56,
} as const;

/** Where `writeScratch` writes, for system functions that take or fill memory. */
export const scratch = { address: 512, bytes: 512 } as const;
const startProgram = { address: 256, bytes: 256 } as const;

const op = (name: keyof typeof opcodes, body: string): string =>
  `(if (i32.eq (local.get $op) (i32.const ${opcodes[name]})) (then ${body}))`;
const number = (name: keyof typeof numbers, value: string): string =>
  `(if (i32.eq (local.get $which) (i32.const ${numbers[name]})) (then (return ${value})))`;
const amount = (getter: string): string => `(call ${getter} (i32.const 0)) (return (i64.load (i32.const 0)))`;
const amountNumber = (name: keyof typeof numbers, getter: string): string =>
  `(if (i32.eq (local.get $which) (i32.const ${numbers[name]})) (then ${amount(getter)}))`;
const result = (value: string): string => `(i64.store (i32.const 24) ${value})`;
const extended = (value: string): string => `(i64.extend_i32_u ${value})`;

const functions = `
  (func $allocate (param $size i32) (result i32) (local $at i32)
    (local.set $at (i32.load (i32.const 48)))
    (if (i32.eqz (local.get $at)) (then (local.set $at (i32.const 1024))))
    (block $enough (loop $more
      (br_if $enough (i32.le_u (i32.add (local.get $at) (local.get $size))
                               (i32.mul (memory.size) (i32.const 65536))))
      (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then (unreachable)))
      (br $more)))
    (i32.store (i32.const 48) (i32.add (local.get $at) (local.get $size)))
    (local.get $at))
  (func $u8 (result i32)
    (global.set $pc (i32.add (global.get $pc) (i32.const 1)))
    (i32.load8_u (i32.sub (global.get $pc) (i32.const 1))))
  (func $u32 (result i32)
    (global.set $pc (i32.add (global.get $pc) (i32.const 4)))
    (i32.load align=1 (i32.sub (global.get $pc) (i32.const 4))))
  (func $u64 (result i64)
    (global.set $pc (i32.add (global.get $pc) (i32.const 8)))
    (i64.load align=1 (i32.sub (global.get $pc) (i32.const 8))))
  (func $blob (result i32)
    (global.set $size (call $u32))
    (global.set $pc (i32.add (global.get $pc) (global.get $size)))
    (i32.sub (global.get $pc) (global.get $size)))
  (func $keep (result i32) (local $from i32) (local $to i32)
    (local.set $from (call $blob))
    (if (i32.eqz (global.get $size)) (then (return (i32.const 0))))
    (local.set $to (call $allocate (i32.add (global.get $size) (i32.const 4))))
    (i32.store (local.get $to) (global.get $size))
    (memory.copy (i32.add (local.get $to) (i32.const 4)) (local.get $from) (global.get $size))
    (local.get $to))
  (func $stableCounter (result i64)
    (if (i64.eqz (call $ic0_stable64_size)) (then (return (i64.const 0))))
    (call $ic0_stable64_read (i64.const 8) (i64.const 0) (i64.const 8))
    (i64.load (i32.const 8)))
  (func $number (param $which i32) (result i64)
    ${number('version', '(call $ic0_canister_version)')}
    ${number('time', '(call $ic0_time)')}
    ${number('lastResult', '(i64.load (i32.const 24))')}
    ${number('heapCounter', '(i64.load (i32.const 16))')}
    ${number('globalCounter', '(global.get $counter)')}
    ${number('rejectCode', extended('(call $ic0_msg_reject_code)'))}
    ${amountNumber('balance', '$ic0_canister_cycle_balance128')}
    ${amountNumber('available', '$ic0_msg_cycles_available128')}
    ${amountNumber('refunded', '$ic0_msg_cycles_refunded128')}
    ${number('instructions', '(call $ic0_performance_counter (i32.const 0))')}
    ${number('contextInstructions', '(call $ic0_performance_counter (i32.const 1))')}
    ${number('deadline', '(call $ic0_msg_deadline)')}
    ${number('stableSize', '(call $ic0_stable64_size)')}
    ${number('stableCounter', '(call $stableCounter)')}
    ${number('replicated', extended('(call $ic0_in_replicated_execution)'))}
    ${number('status', extended('(call $ic0_canister_status)'))}
    ${number('variableCount', extended('(call $ic0_env_var_count)'))}
    ${number('heapSize', extended('(memory.size)'))}
    (unreachable))
  (func $beginCall (local $callee i32) (local $calleeSize i32) (local $name i32) (local $nameSize i32)
                   (local $onReply i32) (local $onReject i32)
    (local.set $callee (call $blob)) (local.set $calleeSize (global.get $size))
    (local.set $name (call $blob)) (local.set $nameSize (global.get $size))
    (local.set $onReply (call $keep)) (local.set $onReject (call $keep))
    (call $ic0_call_new (local.get $callee) (local.get $calleeSize) (local.get $name) (local.get $nameSize)
      (i32.const 0) (local.get $onReply) (i32.const 0) (local.get $onReject)))
  (func $call (local $pointer i32) (local $cycles i64) (local $timeout i32)
    (call $beginCall)
    (local.set $pointer (call $keep))
    (if (local.get $pointer) (then (call $ic0_call_on_cleanup (i32.const 0) (local.get $pointer))))
    (local.set $pointer (call $blob))
    (call $ic0_call_data_append (local.get $pointer) (global.get $size))
    (local.set $cycles (call $u64))
    (if (i64.ne (local.get $cycles) (i64.const 0)) (then (call $ic0_call_cycles_add128 (i64.const 0) (local.get $cycles))))
    (local.set $timeout (call $u32))
    (if (i32.ne (local.get $timeout) (i32.const -1)) (then (call $ic0_call_with_best_effort_response (local.get $timeout))))
    ${result(extended('(call $ic0_call_perform)'))})
  (func $run (param $at i32) (param $end i32) (local $op i32) (local $pointer i32)
    (global.set $pc (local.get $at))
    (block $done (loop $next
      (br_if $done (i32.ge_u (global.get $pc) (local.get $end)))
      (local.set $op (call $u8))
      ${op('appendBlob', '(local.set $pointer (call $blob)) (call $ic0_msg_reply_data_append (local.get $pointer) (global.get $size))')}
      ${op('reply', '(call $ic0_msg_reply)')}
      ${op('reject', '(local.set $pointer (call $blob)) (call $ic0_msg_reject (local.get $pointer) (global.get $size))')}
      ${op('trap', '(local.set $pointer (call $blob)) (call $ic0_trap (local.get $pointer) (global.get $size))')}
      ${op('call', '(call $call)')}
      ${op('appendNumber', '(i64.store (i32.const 0) (call $number (call $u8))) (call $ic0_msg_reply_data_append (i32.const 0) (i32.const 8))')}
      ${op('setTimer', result('(call $ic0_global_timer_set (call $u64))'))}
      ${op('acceptCycles', `(call $ic0_msg_cycles_accept128 (i64.const 0) (call $u64) (i32.const 0)) ${result('(i64.load (i32.const 0))')}`)}
      ${op('addToHeap', '(i64.store (i32.const 16) (i64.add (i64.load (i32.const 16)) (call $u64)))')}
      ${op('growStable', result('(call $ic0_stable64_grow (call $u64))'))}
      ${op('appendArgument', '(local.set $pointer (call $allocate (call $ic0_msg_arg_data_size))) (call $ic0_msg_arg_data_copy (local.get $pointer) (i32.const 0) (call $ic0_msg_arg_data_size)) (call $ic0_msg_reply_data_append (local.get $pointer) (call $ic0_msg_arg_data_size))')}
      ${op('appendRejectMessage', '(local.set $pointer (call $allocate (call $ic0_msg_reject_msg_size))) (call $ic0_msg_reject_msg_copy (local.get $pointer) (i32.const 0) (call $ic0_msg_reject_msg_size)) (call $ic0_msg_reply_data_append (local.get $pointer) (call $ic0_msg_reject_msg_size))')}
      ${op('appendCaller', '(local.set $pointer (call $allocate (i32.const 32))) (call $ic0_msg_caller_copy (local.get $pointer) (i32.const 0) (call $ic0_msg_caller_size)) (call $ic0_msg_reply_data_append (local.get $pointer) (call $ic0_msg_caller_size))')}
      ${op('writeStable', '(i64.store (i32.const 0) (call $u64)) (call $ic0_stable64_write (i64.const 0) (i64.const 0) (i64.const 8))')}
      ${op('certify', '(local.set $pointer (call $blob)) (call $ic0_certified_data_set (local.get $pointer) (global.get $size))')}
      ${op('acceptMessage', '(call $ic0_accept_message)')}
      ${op('loopForever', '(loop $for (br $for))')}
      ${op('storeProgram', '(local.set $pointer (call $u8)) (i32.store (local.get $pointer) (call $keep))')}
      ${op('print', '(local.set $pointer (call $blob)) (call $ic0_debug_print (local.get $pointer) (global.get $size))')}
      ${op('growHeap', result(extended('(memory.grow (call $u32))')))}
      ${op('spin', '(local.set $pointer (call $u32)) (loop $again (local.set $pointer (i32.sub (local.get $pointer) (i32.const 1))) (br_if $again (local.get $pointer)))')}
      ${op('burnCycles', `(call $ic0_cycles_burn128 (i64.const 0) (call $u64) (i32.const 0)) ${result('(i64.load (i32.const 0))')}`)}
      ${op('unreachable', '(unreachable)')}
      ${op('appendVariable', '(local.set $pointer (call $blob)) (call $ic0_env_var_value_copy (local.get $pointer) (global.get $size) (i32.const 512) (i32.const 0) (call $ic0_env_var_value_size (local.get $pointer) (global.get $size))) (call $ic0_msg_reply_data_append (i32.const 512) (call $ic0_env_var_value_size (local.get $pointer) (global.get $size)))')}
      ${op('addToGlobal', '(global.set $counter (i64.add (global.get $counter) (call $u64)))')}
      ${op('abandonCall', '(call $beginCall) (call $ic0_call_cycles_add128 (i64.const 0) (call $u64))')}
      ${op('system', result('(call $system (call $u8))'))}
      ${op('writeScratch', `(local.set $pointer (call $blob)) (memory.copy (i32.const ${scratch.address}) (local.get $pointer) (global.get $size))`)}
      ${op('appendScratch', `(call $ic0_msg_reply_data_append (i32.const ${scratch.address}) (call $u32))`)}
      ${op('keepResult', '(i64.store (i32.const 16) (i64.load (i32.const 24)))')}
      ${op('requireResult', '(if (i64.ne (call $u64) (i64.load (i32.const 24))) (then (call $ic0_trap (i32.const 120) (i32.const 17))))')}
      ${op('acceptIfResult', '(if (i64.eq (call $u64) (i64.load (i32.const 24))) (then (call $ic0_accept_message)))')}
      (br $next))))
  (func $runArgument (local $at i32) (local $size i32)
    (local.set $size (call $ic0_msg_arg_data_size))
    (local.set $at (call $allocate (local.get $size)))
    (call $ic0_msg_arg_data_copy (local.get $at) (i32.const 0) (local.get $size))
    (call $run (local.get $at) (i32.add (local.get $at) (local.get $size))))
  (func $runKept (param $at i32)
    (if (local.get $at) (then
      (call $run (i32.add (local.get $at) (i32.const 4))
                 (i32.add (local.get $at) (i32.add (i32.const 4) (i32.load (local.get $at))))))))
  (func $onTimer (call $runKept (i32.load (i32.const ${storedPrograms.globalTimer}))))
  (func $onHeartbeat (call $runKept (i32.load (i32.const ${storedPrograms.heartbeat}))))
  (func $onInspect (call $runKept (i32.load (i32.const ${storedPrograms.inspectMessage}))))
  (func $onLowMemory (call $runKept (i32.load (i32.const ${storedPrograms.lowWasmMemory}))))
  (func $onPreUpgrade (call $runKept (i32.load (i32.const ${storedPrograms.preUpgrade}))))
  (export "canister_init" (func $runArgument))
  (export "canister_post_upgrade" (func $runArgument))
  (export "canister_pre_upgrade" (func $onPreUpgrade))
  (export "canister_global_timer" (func $onTimer))
  (export "canister_update run" (func $runArgument))
  (export "canister_query look" (func $runArgument))
  (export "canister_composite_query compose" (func $runArgument))
  (export "canister_on_low_wasm_memory" (func $onLowMemory))
  ${dispatchSystemFunctions()}`;

export interface ProgrammableOptions {
  /** Export `canister_heartbeat`, which runs the stored program. */
  readonly heartbeat?: boolean;
  /** Export `canister_inspect_message`, which runs the stored program. */
  readonly inspectMessage?: boolean;
  /** Export `canister_query transform`, which runs the stored program. */
  readonly transform?: boolean;
  /** Runs as the module's start function; at most 256 bytes. Changes what init finds. */
  readonly start?: Program;
  /** Makes modules that differ, and so have different hashes. */
  readonly variant?: number;
}

const built = new Map<string, Uint8Array>();

/** The canister's Wasm. */
export function programmableCanister(options: ProgrammableOptions = {}): Uint8Array {
  const key = JSON.stringify({ ...options, start: options.start && [...options.start.bytes] });
  const wasm = built.get(key) ?? build(options);
  built.set(key, wasm);
  return wasm;
}

function build(options: ProgrammableOptions): Uint8Array {
  const { heartbeat = false, inspectMessage = false, transform = false, variant = 0, start } = options;
  const module = binaryen.parseText(`(module ${importSystemFunctions()}
    (memory 1)
    (data (i32.const 120) "unexpected result")
    (table 1 funcref) (elem (i32.const 0) $runKept)
    (global $pc (mut i32) (i32.const 0))
    (global $size (mut i32) (i32.const 0))
    (global $counter (mut i64) (i64.const 0))
    (global $variant i32 (i32.const ${variant}))
    ${functions}
    ${heartbeat ? '(export "canister_heartbeat" (func $onHeartbeat))' : ''}
    ${transform ? transformFunction : ''}
    ${inspectMessage ? '(export "canister_inspect_message" (func $onInspect))' : ''}
    ${start === undefined ? '' : startFunction(start)})`);
  module.setFeatures(binaryen.Features.BulkMemory);
  try {
    if (module.validate() === 0) throw new Error('The programmable canister is not valid Wasm.');
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

const transformFunction = `
    (func $onTransform (call $runKept (i32.load (i32.const ${storedPrograms.transform}))))
    (export "canister_query transform" (func $onTransform))`;

function startFunction(start: Program): string {
  const { length } = start.bytes;
  if (length > startProgram.bytes)
    throw new Error(`A start program has at most ${startProgram.bytes} bytes.`);
  const content = Array.from(start.bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  const { address } = startProgram;
  return `(data (i32.const ${address}) "${content}")
    (func $start (call $run (i32.const ${address}) (i32.const ${address + length})))
    (start $start)`;
}
