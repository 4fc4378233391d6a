import type { Principal } from '@dfinity/principal';
import type { CanisterChange } from './canister-history.ts';
import type { CanisterSettings } from './canister-settings.ts';
import { memoryUsage } from './resource-usage.ts';
import type { CanisterState, CanisterStatus } from './state.ts';
import type { CustomSection } from './wasm/index.ts';

/** A canister as an omniscient observer sees it. A snapshot: later changes do not show. */
export interface CanisterView {
  readonly id: Principal;
  readonly status: CanisterStatus;
  readonly controllers: readonly Principal[];
  readonly settings: Readonly<CanisterSettings>;
  /** SHA-256 of the module as uploaded; undefined while the canister is empty. */
  readonly moduleHash: Uint8Array | undefined;
  /** When the code was last installed, upgraded or loaded from a snapshot; undefined while the canister is empty. */
  readonly installedAtNanos: bigint | undefined;
  readonly cycles: bigint;
  readonly version: bigint;
  readonly heapBytes: number;
  readonly stableBytes: number;
  readonly memoryBytes: bigint;
  /** Oldest first; at most those that `canister_info` can show. */
  readonly history: readonly CanisterChange[];
  readonly totalChanges: bigint;
  readonly chunkHashes: readonly string[];
  readonly openCallContexts: number;
  readonly openCallbacks: number;
  /** 0 = not set. */
  readonly globalTimerNanos: bigint;
  readonly certifiedData: Uint8Array;
  readonly createdAtNanos: bigint;
  /** The module's `icp:public` and `icp:private` sections by name. */
  readonly metadata: ReadonlyMap<string, CustomSection>;
  /** Printed texts and traps, oldest first. */
  readonly log: readonly string[];
}

const wasmPageBytes = 65_536;

export function viewOf(canister: CanisterState): CanisterView {
  const { code } = canister;
  const decoder = new TextDecoder();
  return {
    id: canister.id,
    status: canister.status,
    controllers: canister.settings.controllers,
    settings: { ...canister.settings },
    moduleHash: code?.moduleHash,
    installedAtNanos: code?.installedAtNanos,
    cycles: canister.cycles,
    version: canister.version,
    heapBytes: code?.heap.byteLength ?? 0,
    stableBytes: (code?.stable.sizePages ?? 0) * wasmPageBytes,
    memoryBytes: memoryUsage(canister).totalBytes,
    history: canister.history.recent,
    totalChanges: canister.history.totalChanges,
    chunkHashes: [...canister.chunkStore.keys()],
    openCallContexts: canister.callContexts.size,
    openCallbacks: canister.callbacks.size,
    globalTimerNanos: code?.globalTimerNanos ?? 0n,
    certifiedData: code?.certifiedData ?? new Uint8Array(0),
    createdAtNanos: canister.createdAtNanos,
    metadata: code?.module.customSections ?? new Map(),
    log: canister.log.records.map(({ content }) => decoder.decode(content)),
  };
}
