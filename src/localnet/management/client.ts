import type { Principal } from '@dfinity/principal';
import { managementCanisterId } from '../canister-ids.ts';
import type { CandidSettings, Opt } from './candid-settings.ts';
import type { CandidStatus } from './candid-status.ts';
import type { InstallMode } from './contract.ts';
import { chunkBytes } from './limits.ts';
import { sha256, toHex } from './sha256.ts';
import type { Signature } from './signature.ts';
import * as signatures from './signatures.ts';
import type { CandidInstallMode, CandidSnapshot, CandidUpgradeOptions } from './signatures.ts';

/** What the client needs of a network. */
export interface ManagementNetwork {
  /** @throws CallRejectedError */
  update(call: {
    sender: Principal;
    canisterId: Principal;
    method: string;
    arg: Uint8Array;
    effectiveCanisterId?: Principal;
  }): Uint8Array;
}

/** Settings as Candid names them; those left out keep their value or, at creation, get the default. */
export type SettingsInput = {
  readonly [Name in keyof CandidSettings]?: CandidSettings[Name] extends Opt<infer Value> ? Value : never;
};

export interface CreateOptions {
  /** Initial balance; default 100 trillion. */
  readonly cycles?: bigint;
  readonly settings?: SettingsInput;
  /** A particular free id of the network's range. */
  readonly specifiedId?: Principal;
}

export interface InstallOptions {
  /** Default: install. A plain 'upgrade' runs the pre-upgrade hook and leaves the heap to the module. */
  readonly mode?: InstallMode['kind'] | InstallMode;
  /** Wasm module, raw or gzipped. One that does not fit into a message goes through the canister's chunk store. */
  readonly module: Uint8Array;
  /** Argument of the install hook; default empty. */
  readonly arg?: Uint8Array;
}

export interface InstallChunkedOptions extends Omit<InstallOptions, 'module'> {
  /** Hashes of the chunks in order. */
  readonly chunkHashes: readonly Uint8Array[];
  readonly moduleHash: Uint8Array;
  /** Canister whose chunk store holds the chunks; default: the target. */
  readonly storeCanister?: Principal;
}

/** The management canister as a user calls it. Every method throws CallRejectedError when the call is rejected. */
export interface ManagementClient {
  /** Creates a canister with cycles out of nothing (`provisional_create_canister_with_cycles`). */
  createCanister(options?: CreateOptions): Principal;
  /** Gives a canister cycles out of nothing. */
  topUpCanister(canisterId: Principal, cycles: bigint): void;
  installCode(canisterId: Principal, options: InstallOptions): void;
  installChunkedCode(canisterId: Principal, options: InstallChunkedOptions): void;
  /** @returns the chunk's hash */
  uploadChunk(canisterId: Principal, chunk: Uint8Array): Uint8Array;
  storedChunks(canisterId: Principal): Uint8Array[];
  clearChunkStore(canisterId: Principal): void;
  updateSettings(canisterId: Principal, settings: SettingsInput): void;
  uninstallCode(canisterId: Principal): void;
  startCanister(canisterId: Principal): void;
  stopCanister(canisterId: Principal): void;
  deleteCanister(canisterId: Principal): void;
  canisterStatus(canisterId: Principal): CandidStatus;
  takeSnapshot(canisterId: Principal, options?: { readonly replace?: Uint8Array }): CandidSnapshot;
  loadSnapshot(canisterId: Principal, snapshotId: Uint8Array): void;
  listSnapshots(canisterId: Principal): CandidSnapshot[];
  deleteSnapshot(canisterId: Principal, snapshotId: Uint8Array): void;
}

/** Modules up to this size travel in one message; a user's message may have 2 MiB at most. */
const largestModuleInOneMessage = 1_800_000;

/**
 * Calls the management canister of a network as one user.
 *
 * @param sender on whose behalf, for example the controller
 */
export function managementClient(network: ManagementNetwork, sender: Principal): ManagementClient {
  /** `target` is the canister the call concerns: on the IC it is part of the address a call is sent to. */
  const call = <Argument, Result>(
    method: string,
    signature: Signature<Argument, Result>,
    argument: Argument,
    target?: Principal,
  ): Result => {
    const reply = network.update({
      sender,
      canisterId: managementCanisterId,
      method,
      arg: signature.encodeArgument(argument),
      ...(target && { effectiveCanisterId: target }),
    });
    return signature.decodeResult(reply);
  };
  const callOn = <Result>(
    method: string,
    signature: Signature<signatures.CanisterIdRecord, Result>,
    canisterId: Principal,
  ): Result => call(method, signature, { canister_id: canisterId }, canisterId);

  const client: ManagementClient = {
    createCanister: ({ cycles, settings, specifiedId } = {}) => {
      const argument: signatures.ProvisionalCreateArgument = {
        amount: optional(cycles),
        settings: settings === undefined ? [] : [candidSettingsOf(settings)],
        specified_id: optional(specifiedId),
        sender_canister_version: [],
      };
      const method = 'provisional_create_canister_with_cycles';
      return call(method, signatures.provisionalCreateCanisterWithCycles, argument).canister_id;
    },
    topUpCanister: (canisterId, cycles) => {
      const argument = { canister_id: canisterId, amount: cycles };
      call('provisional_top_up_canister', signatures.provisionalTopUpCanister, argument, canisterId);
    },
    installCode: (canisterId, options) => {
      if (options.module.length > largestModuleInOneMessage) {
        installThroughChunkStore(client, canisterId, options);
        return;
      }
      const argument: signatures.InstallCodeArgument = {
        canister_id: canisterId,
        mode: candidModeOf(options.mode),
        wasm_module: options.module,
        arg: options.arg ?? new Uint8Array(),
        sender_canister_version: [],
      };
      call('install_code', signatures.installCode, argument, canisterId);
    },
    installChunkedCode: (canisterId, options) => {
      const argument: signatures.InstallChunkedCodeArgument = {
        mode: candidModeOf(options.mode),
        target_canister: canisterId,
        store_canister: optional(options.storeCanister),
        chunk_hashes_list: options.chunkHashes.map((hash) => ({ hash })),
        wasm_module_hash: options.moduleHash,
        arg: options.arg ?? new Uint8Array(),
        sender_canister_version: [],
      };
      call('install_chunked_code', signatures.installChunkedCode, argument, canisterId);
    },
    uploadChunk: (canisterId, chunk) =>
      call('upload_chunk', signatures.uploadChunk, { canister_id: canisterId, chunk }, canisterId).hash,
    storedChunks: (canisterId) =>
      callOn('stored_chunks', signatures.storedChunks, canisterId).map(({ hash }) => hash),
    clearChunkStore: (canisterId) => {
      callOn('clear_chunk_store', signatures.clearChunkStore, canisterId);
    },
    updateSettings: (canisterId, settings) => {
      const argument: signatures.UpdateSettingsArgument = {
        canister_id: canisterId,
        settings: candidSettingsOf(settings),
        sender_canister_version: [],
      };
      call('update_settings', signatures.updateSettings, argument, canisterId);
    },
    uninstallCode: (canisterId) => {
      const argument = { canister_id: canisterId, sender_canister_version: [] as [] };
      call('uninstall_code', signatures.uninstallCode, argument, canisterId);
    },
    startCanister: (canisterId) => {
      callOn('start_canister', signatures.startCanister, canisterId);
    },
    stopCanister: (canisterId) => {
      callOn('stop_canister', signatures.stopCanister, canisterId);
    },
    deleteCanister: (canisterId) => {
      callOn('delete_canister', signatures.deleteCanister, canisterId);
    },
    canisterStatus: (canisterId) => callOn('canister_status', signatures.canisterStatus, canisterId),
    takeSnapshot: (canisterId, { replace } = {}) => {
      const argument: signatures.TakeSnapshotArgument = {
        canister_id: canisterId,
        replace_snapshot: optional(replace),
        uninstall_code: [],
        sender_canister_version: [],
      };
      return call('take_canister_snapshot', signatures.takeCanisterSnapshot, argument, canisterId);
    },
    loadSnapshot: (canisterId, snapshotId) => {
      const argument = {
        canister_id: canisterId,
        snapshot_id: snapshotId,
        sender_canister_version: [] as [],
      };
      call('load_canister_snapshot', signatures.loadCanisterSnapshot, argument, canisterId);
    },
    listSnapshots: (canisterId) =>
      callOn('list_canister_snapshots', signatures.listCanisterSnapshots, canisterId),
    deleteSnapshot: (canisterId, snapshotId) => {
      const argument = { canister_id: canisterId, snapshot_id: snapshotId };
      call('delete_canister_snapshot', signatures.deleteCanisterSnapshot, argument, canisterId);
    },
  };
  return client;
}

/** Uploads only the chunks that the store lacks; leaves the store as it is otherwise. */
function installThroughChunkStore(
  client: ManagementClient,
  canisterId: Principal,
  options: InstallOptions,
): void {
  const { module } = options;
  const stored = new Set(client.storedChunks(canisterId).map(toHex));
  const chunkHashes: Uint8Array[] = [];
  for (let start = 0; start < module.length; start += chunkBytes) {
    const chunk = module.subarray(start, start + chunkBytes);
    const hash = sha256(chunk);
    if (!stored.has(toHex(hash))) client.uploadChunk(canisterId, chunk);
    chunkHashes.push(hash);
  }
  client.installChunkedCode(canisterId, { ...options, chunkHashes, moduleHash: sha256(module) });
}

function optional<T>(value: T | undefined): Opt<T> {
  return value === undefined ? [] : [value];
}

function candidSettingsOf(settings: SettingsInput): CandidSettings {
  return {
    controllers: optional(settings.controllers),
    compute_allocation: optional(settings.compute_allocation),
    memory_allocation: optional(settings.memory_allocation),
    freezing_threshold: optional(settings.freezing_threshold),
    reserved_cycles_limit: optional(settings.reserved_cycles_limit),
    minimum_incoming_canister_call_cycles: optional(settings.minimum_incoming_canister_call_cycles),
    log_visibility: optional(settings.log_visibility),
    snapshot_visibility: optional(settings.snapshot_visibility),
    status_visibility: optional(settings.status_visibility),
    wasm_memory_limit: optional(settings.wasm_memory_limit),
    wasm_memory_threshold: optional(settings.wasm_memory_threshold),
    environment_variables: optional(settings.environment_variables),
    log_memory_limit: optional(settings.log_memory_limit),
  };
}

function candidModeOf(mode: InstallMode['kind'] | InstallMode = 'install'): CandidInstallMode {
  switch (typeof mode === 'string' ? mode : mode.kind) {
    case 'install':
      return { install: null };
    case 'reinstall':
      return { reinstall: null };
    case 'upgrade':
      return {
        upgrade: typeof mode === 'string' || mode.kind !== 'upgrade' ? [] : [candidUpgradeOptionsOf(mode)],
      };
  }
}

type UpgradeMode = Extract<InstallMode, { kind: 'upgrade' }>;

function candidUpgradeOptionsOf({
  skipPreUpgrade,
  wasmMemoryPersistence,
}: UpgradeMode): CandidUpgradeOptions {
  return {
    skip_pre_upgrade: [skipPreUpgrade],
    wasm_memory_persistence:
      wasmMemoryPersistence === undefined ? [] : [candidPersistences[wasmMemoryPersistence]],
  };
}

const candidPersistences = { keep: { keep: null }, replace: { replace: null } } as const;
