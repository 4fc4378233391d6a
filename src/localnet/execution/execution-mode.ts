/** In which role Wasm code runs; decides which system calls it may make. */
export type ExecutionMode =
  | 'start'
  | 'init'
  | 'preUpgrade'
  | 'update'
  | 'replicatedQuery'
  | 'query'
  | 'reply'
  | 'reject'
  | 'cleanup'
  | 'inspectMessage'
  | 'heartbeat'
  | 'globalTimer';

/** How the replica names the mode in its error texts. Source: dfinity/ic `system_api.rs`, `ApiType::as_str`. */
export const modeText: Readonly<Record<ExecutionMode, string>> = {
  start: 'start',
  init: 'init',
  preUpgrade: 'pre upgrade',
  update: 'update',
  replicatedQuery: 'replicated query',
  query: 'non replicated query',
  reply: 'reply callback',
  reject: 'reject callback',
  cleanup: 'cleanup',
  inspectMessage: 'inspect message',
  heartbeat: 'heartbeat',
  globalTimer: 'global timer',
};

/** The letters of the interface spec's table 'Overview of imports'. */
export type ModeLetter = 'I' | 'G' | 'U' | 'RQ' | 'NRQ' | 'Ry' | 'Rt' | 'C' | 'F' | 'T' | 's';

export const modeLetter: Readonly<Record<ExecutionMode, ModeLetter>> = {
  start: 's',
  init: 'I',
  preUpgrade: 'G',
  update: 'U',
  replicatedQuery: 'RQ',
  query: 'NRQ',
  reply: 'Ry',
  reject: 'Rt',
  cleanup: 'C',
  inspectMessage: 'F',
  heartbeat: 'T',
  globalTimer: 'T',
};

/** Whether the subnet agrees on the result of the execution. Source: IC interface spec, `in_replicated_execution`. */
export function isReplicated(mode: ExecutionMode): boolean {
  return mode !== 'query' && mode !== 'inspectMessage';
}
