import type { Principal } from '@dfinity/principal';
import type { CallResult, Rejection } from '../rejection.ts';
import type { CanisterSettings } from '../canister-settings.ts';
import type { CyclesUse } from '../consumed-cycles.ts';
import type { HttpOutcall } from '../http-outcall.ts';
import type { CanisterState, InstalledCode, NetworkState } from '../state.ts';

/*
 * The line between executing messages (this room) and what the management canister's methods mean
 * (the `management` folder). Methods are pure logic over the state plus the services below; they never
 * touch `cycles`, `version`, `status`, `code`, call contexts or messages themselves.
 */

/** A call to `aaaaa-aa` that is being executed. */
export interface ManagementCall {
  readonly caller: Principal;
  /** False for users. */
  readonly callerIsCanister: boolean;
  /** Version of the calling canister when it made the call; absent for users. */
  readonly callerVersion: bigint | undefined;
  readonly method: string;
  readonly arg: Uint8Array;
  /** Nanoseconds; 0 = the caller waits without bound. */
  readonly deadlineNanos: bigint;
  /**
   * The cycles attached to the call. What is not taken is refunded with the answer by itself;
   * a rejected call refunds everything, so take only once nothing can fail any more.
   */
  readonly cycles: AttachedCycles;
}

/** Cycles attached to a management call. Amounts above what is available throw. */
export interface AttachedCycles {
  readonly available: bigint;
  /** Moves cycles into a canister's balance. */
  transferTo(canister: CanisterState, amount: bigint): void;
  /** Takes cycles out of existence, as fees do; the metrics of `payer` tell of it. */
  burn(amount: bigint, payer: CanisterState, use: CyclesUse): void;
}

/** The answer to a management call, or `pending` when a service keeps its responder (stop_canister, http_request). */
export type ManagementResult = CallResult | { readonly kind: 'pending' };

/** How to install code; mirrors `canister_install_mode`. */
export type InstallMode =
  | { readonly kind: 'install' }
  | { readonly kind: 'reinstall' }
  | {
      readonly kind: 'upgrade';
      readonly skipPreUpgrade: boolean;
      readonly wasmMemoryPersistence: 'keep' | 'replace' | undefined;
    };

/** What the execution side does for the management canister. */
export interface ManagementServices {
  readonly state: NetworkState;
  readonly subnetId: Principal;
  /** Constant while one message executes. */
  readonly timeNanos: bigint;

  findCanister(id: Principal): CanisterState | undefined;
  /** Whether the id could belong to this network: inside its range of canister ids. */
  isInCanisterRange(id: Principal): boolean;
  /** Whether the id exists or ever existed (ids are never used twice). */
  isIdTaken(id: Principal): boolean;
  /**
   * Adds an empty, running canister of version 0 with no cycles and no history entry.
   * @param id a particular free id in the range; absent: the next one.
   */
  createCanister(settings: CanisterSettings, id?: Principal): CanisterState;
  /** Removes a stopped canister with everything it had; its cycles are burned. */
  removeCanister(canister: CanisterState): void;

  /**
   * Installs code: validates, runs the hooks under the install limit, all or nothing, raises the version before
   * `canister_init` or `canister_post_upgrade`, charges the canister for the instructions even on failure,
   * clears what the mode clears (timer, stable memory, certified data, log). Does not touch the history or chunks.
   * Asks `upgradeOptionRejection` (management/upgrade-options.ts) once the new module is prepared.
   * @returns the rejection, or undefined when installed.
   */
  installCode(
    canister: CanisterState,
    mode: InstallMode,
    module: Uint8Array,
    arg: Uint8Array,
    caller: Principal,
  ): Rejection | undefined;
  /** Removes code, memories, timer, certified data, log; rejects open calls; raises the version. Not history or chunks. */
  uninstallCode(canister: CanisterState): void;
  /**
   * Puts a copy of `code` in the place of what runs now (load_canister_snapshot), raises the version; open call
   * contexts and callbacks stay. Not history or chunks.
   * @returns false when the module cannot run on these memories: then nothing has changed
   */
  restoreCode(canister: CanisterState, code: Readonly<InstalledCode>): boolean;
  /** +1, for changes that are not code: settings. The other services raise the version themselves. */
  bumpVersion(canister: CanisterState): void;

  /** Raises the version; answers pending stops IC0511 when the canister was stopping. */
  startCanister(canister: CanisterState): void;
  /** Raises the version; the call is answered when the canister has stopped: return its result as it is. */
  stopCanister(canister: CanisterState): ManagementResult;
  /** Remembers a request that is paid for; the call is answered with it: return its result as it is. */
  keepHttpOutcall(outcall: Omit<HttpOutcall, 'id'>): ManagementResult;
  /** Whether messages to or from the canister wait: then it cannot be deleted (IC0203). */
  hasQueuedMessages(canister: CanisterState): boolean;

  /** Creates cycles out of nothing (provisional methods). */
  mintCycles(canister: CanisterState, amount: bigint): void;
  /** Takes fees out of a balance; the caller has checked that they are there. */
  burnCycles(canister: CanisterState, amount: bigint): void;
  /** The balance below which the canister is frozen, for its present size or for other settings. */
  freezingLimitCycles(canister: CanisterState, settings?: CanisterSettings): bigint;
  idleCyclesBurnedPerDay(canister: CanisterState): bigint;
  memoryUsage(canister: CanisterState): CanisterMemoryUsage;

  /** Deterministic bytes for raw_rand. */
  randomBytes(length: number): Uint8Array;
}

/** Bytes a canister occupies, by kind, as `canister_status` shows them. */
export interface CanisterMemoryUsage {
  readonly wasmMemoryBytes: bigint;
  readonly stableMemoryBytes: bigint;
  readonly globalMemoryBytes: bigint;
  readonly wasmBinaryBytes: bigint;
  readonly customSectionsBytes: bigint;
  readonly canisterHistoryBytes: bigint;
  readonly chunkStoreBytes: bigint;
  readonly snapshotsBytes: bigint;
  readonly logBytes: bigint;
  readonly totalBytes: bigint;
}

/** A user's call to `aaaaa-aa` before it is accepted. */
export interface ManagementIngress {
  readonly sender: Principal;
  readonly method: string;
  readonly arg: Uint8Array;
  readonly effectiveCanisterId: Principal | undefined;
}

/** What the `management` folder exports to the execution side as `managementCanister`. */
export interface ManagementCanister {
  /** Executes one call. Throwing is a defect of the localnet, not a reject. */
  execute(services: ManagementServices, call: ManagementCall): ManagementResult;
  /**
   * Refuses a user's call before it is accepted, or names the canister that pays for receiving it
   * (`undefined` payer: nobody, as for provisional methods).
   */
  checkIngress(
    services: ManagementServices,
    ingress: ManagementIngress,
  ): { readonly rejection: Rejection } | { readonly payer: CanisterState | undefined };
  /** Answers a user's query call to `aaaaa-aa` (canister_status, canister_info, fetch_canister_logs …). */
  query(services: ManagementServices, query: ManagementQuery): CallResult;
}

/** A user's query call to `aaaaa-aa`. */
export interface ManagementQuery {
  readonly sender: Principal;
  readonly method: string;
  readonly arg: Uint8Array;
}
