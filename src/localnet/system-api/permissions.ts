import type { ModeLetter } from '../execution/execution-mode.ts';

/** Where a function may be called and what it costs on top of the Wasm instructions. */
interface Permission {
  readonly modes: ReadonlySet<ModeLetter>;
  readonly instructions: number;
}

const everywhere = 'I G U RQ NRQ CQ Ry Rt CRy CRt C CC F T';
const answering = 'U RQ NRQ CQ Ry Rt CRy CRt';
const calling = 'U CQ Ry Rt CRy CRt T';
const senderInformation = 'U RQ NRQ CQ Ry Rt CRy CRt C CC F';
const anywhereAndStart = `${everywhere} s`;
const usualInstructions = 500;

/*
 * Contexts: IC interface spec, 'Overview of imports', without those of transform queries.
 * Instructions: dfinity/ic `system_api_complexity.rs`. One line per function, names without `ic0.`.
 */
const rows: readonly (readonly [names: string, modes: string, instructions?: number])[] = [
  ['msg_arg_data_size msg_arg_data_copy', 'I U RQ NRQ CQ Ry CRy F'],
  ['msg_caller_size msg_caller_copy', everywhere],
  ['msg_caller_info_data_size msg_caller_info_data_copy', senderInformation],
  ['msg_caller_info_signer_size msg_caller_info_signer_copy', senderInformation],
  ['msg_reject_code', 'Ry Rt CRy CRt C'],
  ['msg_reject_msg_size msg_reject_msg_copy', 'Rt CRt'],
  ['msg_deadline', answering],
  ['msg_reply_data_append msg_reply msg_reject', answering],
  ['msg_cycles_available msg_cycles_available128', 'U RQ Rt Ry'],
  ['msg_cycles_refunded msg_cycles_refunded128', 'Rt Ry'],
  ['msg_cycles_accept msg_cycles_accept128', 'U RQ Rt Ry'],
  ['cycles_burn128', 'I G U RQ Ry Rt C T'],
  ['canister_self_size canister_self_copy', everywhere],
  ['subnet_self_size subnet_self_copy subnet_self_node_count', everywhere],
  ['canister_cycle_balance canister_cycle_balance128 canister_liquid_cycle_balance128', everywhere],
  ['canister_status canister_version', everywhere],
  ['msg_method_name_size msg_method_name_copy accept_message', 'F'],
  ['call_new', calling, 1_500],
  ['call_on_cleanup call_data_append call_with_best_effort_response', calling],
  ['call_cycles_add call_cycles_add128', 'U Ry Rt T'],
  ['call_perform', calling, 5_000],
  ['stable_size stable_read stable_write', anywhereAndStart, 20],
  ['stable64_size stable64_read stable64_write', anywhereAndStart, 20],
  ['stable_grow stable64_grow', anywhereAndStart, 100],
  ['root_key_size root_key_copy', 'I G U RQ Ry Rt C T'],
  ['certified_data_set', 'I G U Ry Rt T'],
  ['data_certificate_present', everywhere],
  ['data_certificate_size data_certificate_copy', 'NRQ CQ'],
  ['time', everywhere],
  ['global_timer_set', 'I G U Ry Rt C T'],
  ['performance_counter', anywhereAndStart, 200],
  ['is_controller', anywhereAndStart, 1_000],
  ['in_replicated_execution', anywhereAndStart],
  ['cost_call cost_create_canister cost_http_request cost_http_request_v2', anywhereAndStart],
  ['cost_sign_with_ecdsa cost_sign_with_schnorr cost_vetkd_derive_key', anywhereAndStart],
  ['env_var_count env_var_name_size env_var_name_copy', everywhere],
  ['env_var_name_exists env_var_value_size env_var_value_copy', everywhere],
  ['debug_print', anywhereAndStart, 100],
  ['trap', anywhereAndStart],
];

/** Every function of `ic0` the network offers, by name. */
export const permissions: ReadonlyMap<string, Permission> = new Map(
  rows.flatMap(([names, modes, instructions = usualInstructions]) =>
    names
      .split(' ')
      .map((name) => [name, { modes: new Set(modes.split(' ') as ModeLetter[]), instructions }] as const),
  ),
);
