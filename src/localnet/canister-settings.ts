import type { Principal } from '@dfinity/principal';

/** Who may read something about a canister: its logs, its snapshots or its status. */
export type Visibility =
  | { readonly kind: 'controllers' }
  | { readonly kind: 'public' }
  | { readonly kind: 'allowedViewers'; readonly viewers: readonly Principal[] };

/**
 * Settings in force on a canister. Changed only through the management canister.
 * Source: IC interface spec, 'IC method create_canister'; defaults in 'rs/config' of the replica.
 */
export interface CanisterSettings {
  controllers: readonly Principal[];
  /** Percent of one core, 0..100. */
  computeAllocation: bigint;
  memoryAllocationBytes: bigint;
  freezingThresholdSeconds: bigint;
  reservedCyclesLimit: bigint;
  minimumIncomingCallCycles: bigint;
  logVisibility: Visibility;
  snapshotVisibility: Visibility;
  statusVisibility: Visibility;
  /** 0 means no limit beyond the one of 32-bit Wasm. */
  wasmMemoryLimitBytes: bigint;
  wasmMemoryThresholdBytes: bigint;
  logMemoryLimitBytes: bigint;
  /** Sorted by name in bytes: the order in which `ic0.env_var_name_copy` numbers them. */
  environmentVariables: readonly { readonly name: string; readonly value: string }[];
}

const thirtyDaysInSeconds = 2_592_000n;
const fiveTrillion = 5_000_000_000_000n;
const threeGibibytes = 3_221_225_472n;
const defaultLogMemoryBytes = 4_096n;

/** The settings a new canister has when its creator names only controllers. */
export function defaultSettings(controllers: readonly Principal[]): CanisterSettings {
  return {
    controllers,
    computeAllocation: 0n,
    memoryAllocationBytes: 0n,
    freezingThresholdSeconds: thirtyDaysInSeconds,
    reservedCyclesLimit: fiveTrillion,
    minimumIncomingCallCycles: 0n,
    logVisibility: { kind: 'controllers' },
    snapshotVisibility: { kind: 'controllers' },
    statusVisibility: { kind: 'controllers' },
    wasmMemoryLimitBytes: threeGibibytes,
    wasmMemoryThresholdBytes: 0n,
    logMemoryLimitBytes: defaultLogMemoryBytes,
    environmentVariables: [],
  };
}
