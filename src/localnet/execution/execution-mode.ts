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
  | 'compositeQuery'
  | 'compositeReply'
  | 'compositeReject'
  | 'compositeCleanup'
  | 'heartbeat'
  | 'globalTimer'
  | 'lowWasmMemory';

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
  compositeQuery: 'composite query',
  compositeReply: 'composite reply callback',
  compositeReject: 'composite reject callback',
  compositeCleanup: 'composite cleanup',
  heartbeat: 'heartbeat',
  globalTimer: 'global timer',
  lowWasmMemory: 'on low Wasm memory',
};

/** The letters of the interface spec's table 'Overview of imports'. */
export type ModeLetter =
  'I' | 'G' | 'U' | 'RQ' | 'NRQ' | 'CQ' | 'Ry' | 'Rt' | 'CRy' | 'CRt' | 'C' | 'CC' | 'F' | 'T' | 's';

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
  compositeQuery: 'CQ',
  compositeReply: 'CRy',
  compositeReject: 'CRt',
  compositeCleanup: 'CC',
  heartbeat: 'T',
  globalTimer: 'T',
  lowWasmMemory: 'T',
};

/** Whether the subnet agrees on the result of the execution. Source: IC interface spec, `in_replicated_execution`. */
export function isReplicated(mode: ExecutionMode): boolean {
  return mode !== 'query' && mode !== 'inspectMessage' && !isComposite(mode);
}

/** Whether the execution belongs to a composite query: it may call queries, and what it changes ends with it. */
export function isComposite(mode: ExecutionMode): boolean {
  return (
    mode === 'compositeQuery' ||
    mode === 'compositeReply' ||
    mode === 'compositeReject' ||
    mode === 'compositeCleanup'
  );
}
