const mutableGlobalPrefix = 'canister mutable_global_';

/**
 * Names under which a rewritten module exports what the host needs. They cannot collide with the canister's own:
 * the canister's memory, table and global exports are dropped, and exports of these names are refused.
 */
export const exportNames = {
  memory: 'canister memory',
  table: 'canister table',
  counter: 'canister counter_instructions',
  exhausted: 'canister instructions_exhausted',
  changed: 'canister tables_or_segments_changed',
  stackLeft: 'canister stack_left',
  start: 'canister_start',
  mutableGlobalPrefix,
  mutableGlobal: (index: number): string => `${mutableGlobalPrefix}${index}`,
} as const;
