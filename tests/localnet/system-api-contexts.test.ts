import type { Principal } from '@dfinity/principal';
import binaryen from 'binaryen';
import { describe, expect, test } from 'vitest';
import { CallRejectedError } from '../../src/localnet/index.ts';
import { permissions } from '../../src/localnet/system-api/permissions.ts';
import { systemApiSignatures } from '../../src/localnet/wasm/system-api-signatures.ts';
import { TestNetwork, user } from './support/test-network.ts';

/*
 * The table 'Overview of imports' of the IC interface spec, written down again: a function called where it is not
 * listed must be refused, and where it is listed it must not be.
 */
const systemTasks = 'heartbeat timer lowMemory';
const composite = 'compositeQuery compositeReply compositeReject compositeCleanup';
const everywhere = `init postUpgrade preUpgrade update replicatedQuery query reply reject cleanup inspect ${systemTasks} ${composite}`;
const anywhere = `${everywhere} start`;
const replying = 'update replicatedQuery query reply reject compositeQuery compositeReply compositeReject';
const callingWithCycles = `update reply reject ${systemTasks}`;
const calling = `${callingWithCycles} compositeQuery compositeReply compositeReject`;
const cyclesOfCall = 'update replicatedQuery reply reject';
const replicated = `init postUpgrade preUpgrade update replicatedQuery reply reject cleanup ${systemTasks}`;

const table: Readonly<Record<string, string>> = {
  'msg_arg_data_size msg_arg_data_copy':
    'init postUpgrade update replicatedQuery query reply inspect compositeQuery compositeReply',
  'msg_caller_size msg_caller_copy': everywhere,
  'msg_caller_info_data_size msg_caller_info_data_copy msg_caller_info_signer_size msg_caller_info_signer_copy': `update replicatedQuery query reply reject cleanup inspect ${composite}`,
  msg_reject_code: 'reply reject cleanup compositeReply compositeReject',
  'msg_reject_msg_size msg_reject_msg_copy': 'reject compositeReject',
  msg_deadline: replying,
  'msg_reply_data_append msg_reply msg_reject': replying,
  'msg_cycles_available128 msg_cycles_available msg_cycles_accept128 msg_cycles_accept': cyclesOfCall,
  'msg_cycles_refunded128 msg_cycles_refunded': 'reply reject',
  cycles_burn128: replicated,
  'canister_self_size canister_self_copy': everywhere,
  'subnet_self_size subnet_self_copy subnet_self_node_count': everywhere,
  'canister_cycle_balance128 canister_cycle_balance canister_liquid_cycle_balance128': everywhere,
  'canister_status canister_version time': everywhere,
  'msg_method_name_size msg_method_name_copy accept_message': 'inspect',
  'call_new call_on_cleanup call_data_append call_with_best_effort_response call_perform': calling,
  'call_cycles_add128 call_cycles_add': callingWithCycles,
  'stable64_size stable64_grow stable64_write stable64_read': anywhere,
  'stable_size stable_grow stable_write stable_read': anywhere,
  'root_key_size root_key_copy': replicated,
  certified_data_set: `init postUpgrade preUpgrade update reply reject ${systemTasks}`,
  data_certificate_present: everywhere,
  'data_certificate_size data_certificate_copy': 'query compositeQuery',
  global_timer_set: `init postUpgrade preUpgrade update reply reject cleanup ${systemTasks}`,
  'performance_counter is_controller in_replicated_execution': anywhere,
  'cost_call cost_create_canister cost_http_request cost_http_request_v2': anywhere,
  'cost_sign_with_ecdsa cost_sign_with_schnorr cost_vetkd_derive_key': anywhere,
  'env_var_count env_var_name_size env_var_name_copy env_var_name_exists': everywhere,
  'env_var_value_size env_var_value_copy': everywhere,
  debug_print: anywhere,
};

const rows = Object.entries(table).flatMap(([names, modes]) =>
  names.split(' ').map((name) => [name, new Set(modes.split(' '))] as const),
);

const typeOf = { i: 'i32', I: 'i64' } as const;

function typesIn(letters: string): string[] {
  return Array.from(letters, (letter) => typeOf[letter as keyof typeof typeOf]);
}

/**
 * A canister that calls one function with zeros, in the mode that the entry used brings about.
 *
 * @param where - an entry that is exported only on demand, because it would disturb the others
 */
function prober(name: string, where?: 'start' | 'heartbeat'): Uint8Array {
  const [parameters = '', results = ''] = systemApiSignatures.get(name)?.split('>') ?? [];
  const call = `(call $probed ${typesIn(parameters)
    .map((type) => `(${type}.const 0)`)
    .join(' ')})`;
  const declared = (keyword: string, letters: string): string =>
    letters === '' ? '' : `(${keyword} ${typesIn(letters).join(' ')})`;
  /** Calls itself; the callee's name is at 64, closures are table indices. */
  const selfCall = (nameAt: number, onReply: number, onReject: number): string => `
    (call $selfCopy (i32.const 128) (i32.const 0) (call $selfSize))
    (call $new (i32.const 128) (call $selfSize) (i32.const ${nameAt}) (i32.const 2)
      (i32.const ${onReply}) (i32.const 0) (i32.const ${onReject}) (i32.const 0))
    (call $onCleanup (i32.const 2) (i32.const 0))
    (drop (call $perform))`;
  const module = binaryen.parseText(`(module
    (import "ic0" "${name}" (func $probed ${declared('param', parameters)} ${declared('result', results)}))
    (import "ic0" "msg_arg_data_size" (func $argSize (result i32)))
    (import "ic0" "canister_self_size" (func $selfSize (result i32)))
    (import "ic0" "canister_self_copy" (func $selfCopy (param i32 i32 i32)))
    (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "ic0" "call_on_cleanup" (func $onCleanup (param i32 i32)))
    (import "ic0" "call_perform" (func $perform (result i32)))
    (import "ic0" "global_timer_set" (func $setTimer (param i64) (result i64)))
    (import "ic0" "msg_reply" (func $reply))
    (import "ic0" "accept_message" (func $accept))
    (memory 1)
    (data (i32.const 64) "okno")
    (table 4 funcref) (elem (i32.const 0) $callback $ignored $cleanup $failing)
    (func $probe ${results === '' ? call : `(drop ${call})`})
    (func $callback (param i32) (call $probe))
    (func $cleanup (param i32) (call $probe))
    (func $ignored (param i32))
    (func $failing (param i32) (unreachable))
    (func $ok (call $reply))
    (func $init (if (call $argSize) (then (call $probe))))
    (func $flagged (if (i32.load8_u (i32.const 0)) (then (call $probe))))
    (func $inspect (call $flagged) (if (i32.eqz (i32.load8_u (i32.const 0))) (then (call $accept))))
    (func $flag (i32.store8 (i32.const 0) (i32.const 1)) (call $reply))
    (func $timer (drop (call $setTimer (i64.const 1))) (call $reply))
    (func $reach_reply ${selfCall(64, 0, 1)})
    (func $reach_reject ${selfCall(66, 1, 0)})
    (func $reach_cleanup ${selfCall(64, 3, 3)})
    (export "canister_init" (func $init))
    (export "canister_pre_upgrade" (func $flagged))
    (export "canister_inspect_message" (func $inspect))
    (export "canister_global_timer" (func $probe))
    (export "canister_query ok" (func $ok))
    (export "canister_update flag" (func $flag))
    (export "canister_update timer" (func $timer))
    (export "canister_update update" (func $probe))
    (export "canister_update reply" (func $reach_reply))
    (export "canister_update reject" (func $reach_reject))
    (export "canister_update cleanup" (func $reach_cleanup))
    (func $grow (drop (memory.grow (i32.const 1))) (call $reply))
    (export "canister_update grow" (func $grow))
    (export "canister_composite_query compositeQuery" (func $probe))
    (export "canister_composite_query compositeReply" (func $reach_reply))
    (export "canister_composite_query compositeReject" (func $reach_reject))
    (export "canister_composite_query compositeCleanup" (func $reach_cleanup))
    (export "canister_on_low_wasm_memory" (func $probe))
    (export "canister_post_upgrade" (func $init))
    ${where === 'start' ? '(start $probe)' : ''}
    ${where === 'heartbeat' ? '(export "canister_heartbeat" (func $probe))' : ''}
    (export "canister_query query" (func $probe)))`);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

const arg = new Uint8Array();

/** How each mode is brought about. */
const ways: Readonly<
  Record<string, (net: TestNetwork, id: Principal, module: Uint8Array, name: string) => void>
> = {
  init: (net, id, module) => {
    net.management.installCode(id, { mode: 'reinstall', module, arg: Uint8Array.of(1) });
  },
  preUpgrade: (net, id, module) => {
    net.network.update({ sender: user, canisterId: id, method: 'flag', arg });
    net.management.installCode(id, { mode: 'upgrade', module });
  },
  replicatedQuery: (net, id) => net.network.update({ sender: user, canisterId: id, method: 'query', arg }),
  query: (net, id) => net.network.query({ sender: user, canisterId: id, method: 'query', arg }),
  inspect: (net, id) => {
    net.network.update({ sender: user, canisterId: id, method: 'flag', arg });
    net.network.submitUpdate({ sender: user, canisterId: id, method: 'ok', arg });
  },
  timer: (net, id) => {
    net.network.update({ sender: user, canisterId: id, method: 'timer', arg });
    net.network.run();
  },
  start: (net, id, _module, name) => {
    net.management.installCode(id, { mode: 'reinstall', module: prober(name, 'start') });
  },
  postUpgrade: (net, id, module) => {
    net.management.installCode(id, { mode: 'upgrade', module, arg: Uint8Array.of(1) });
  },
  heartbeat: (net, id, _module, name) => {
    net.management.installCode(id, { mode: 'upgrade', module: prober(name, 'heartbeat') });
    net.network.advanceTime(1);
    net.network.run();
  },
  lowMemory: (net, id) => {
    // One page fits above the threshold, two do not.
    net.management.updateSettings(id, { wasm_memory_limit: 200_000n, wasm_memory_threshold: 100_000n });
    net.network.update({ sender: user, canisterId: id, method: 'grow', arg });
    net.network.run();
  },
  ...Object.fromEntries(
    ['compositeQuery', 'compositeReply', 'compositeReject', 'compositeCleanup'].map((method) => [
      method,
      (net: TestNetwork, id: Principal) => net.network.query({ sender: user, canisterId: id, method, arg }),
    ]),
  ),
  ...Object.fromEntries(
    ['update', 'reply', 'reject', 'cleanup'].map((method) => [
      method,
      (net: TestNetwork, id: Principal) => net.network.update({ sender: user, canisterId: id, method, arg }),
    ]),
  ),
};

/** How the replica names the modes in its texts. */
const namesOfModes: Readonly<Record<string, string>> = {
  init: 'init',
  preUpgrade: 'pre upgrade',
  update: 'update',
  replicatedQuery: 'replicated query',
  query: 'non replicated query',
  reply: 'reply callback',
  reject: 'reject callback',
  cleanup: 'cleanup',
  inspect: 'inspect message',
  timer: 'global timer',
  start: 'start',
  postUpgrade: 'init',
  heartbeat: 'heartbeat',
  lowMemory: 'on low Wasm memory',
  compositeQuery: 'composite query',
  compositeReply: 'composite reply callback',
  compositeReject: 'composite reject callback',
  compositeCleanup: 'composite cleanup',
};

/** The modes in which the network refuses the function. */
function refusingModes(name: string): string[] {
  const net = new TestNetwork({ recountCycles: false });
  const id = net.management.createCanister();
  const module = prober(name);
  net.management.installCode(id, { module });
  const checkpoint = net.network.checkpoint();
  return Object.keys(ways).filter((mode) => {
    net.network.restore(checkpoint);
    net.events.length = 0;
    let texts = '';
    try {
      ways[mode]?.(net, id, module, name);
    } catch (error) {
      if (!(error instanceof CallRejectedError)) throw error;
      texts = error.rejectMessage;
    }
    for (const event of net.events) if (event.event === 'step') texts += event.error ?? '';
    return texts.includes(`"ic0_${name}" cannot be executed in ${namesOfModes[mode] ?? '?'} mode`);
  });
}

describe('ic0', () => {
  test('offers exactly the functions of the table, besides trap', () => {
    expect([...permissions.keys()].sort()).toEqual([...rows.map(([name]) => name), 'trap'].sort());
  });

  test.each(rows)('%s works where the specification lists it and nowhere else', (name, modes) => {
    expect(refusingModes(name).sort()).toEqual(
      Object.keys(ways)
        .filter((mode) => !modes.has(mode))
        .sort(),
    );
  });
});
