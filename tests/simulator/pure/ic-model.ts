import { Principal } from '@dfinity/principal';
import { createHash } from 'node:crypto';
import type { CandidChange, CandidChangeDetails } from '../../../src/localnet/management/candid-history.ts';
import { environmentVariablesHash } from '../../../src/localnet/management/environment-variables.ts';
import type { CyclesLedger } from './cycles-ledger.ts';
import * as candid from './ic-model-candid.ts';
import { statusOf } from './ic-model-status.ts';
import { fairWeather } from './subnet-weather.ts';
import type { Weather } from './subnet-weather.ts';

/** A canister of the subnet, as far as the Manager can tell one from another. */
export interface ModelCanister {
  readonly id: Principal;
  /** Position among the ids the subnet has allocated. */
  readonly index: number;
  controllers: Principal[];
  /** SHA-256 of its module. */
  module: Uint8Array | undefined;
  /** What it was installed with. */
  initArgument: Uint8Array | undefined;
  environment: { name: string; value: string }[];
  cycles: bigint;
  /** What its status told when it was last asked for. */
  seen: { readonly cycles: bigint; readonly isRunning: boolean };
  version: bigint;
  readonly history: CandidChange[];
  /** It answers messages; a new canister does. */
  isRunning: boolean;
  /** Created by the Manager: accounts for it. */
  readonly isManagers: boolean;
  /** The Manager's version when it asked for the canister. */
  readonly bornAtVersion: bigint;
}

export type Answer =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array; readonly refundedCycles: bigint }
  | {
      readonly kind: 'reject';
      readonly code: number;
      readonly message: string;
      readonly refundedCycles: bigint;
    };

export interface ManagementRequest {
  readonly method: string;
  readonly args: Uint8Array;
  readonly cycles: bigint;
  readonly nowNs: bigint;
}

/** How the network says that it cannot get at a canister now: the code is that of canisters which do not exist. */
export const unreachableMessage = 'No route to canister';

export const creationFeeCycles = 500_000_000_000n;
const installFeeCycles = 20_000_000_000n;
/** Not even enough to be installed. */
const poorCycles = 10_000_000_000n;

class ModelReject extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The management canister and the canisters it knows. Checks before it acts, and acts at once, as the IC does. */
export class IcModel {
  readonly canisters = new Map<string, ModelCanister>();
  readonly chunks = new Map<string, Uint8Array>();
  readonly weather: Weather = fairWeather();
  /** Hashes of modules, in hexadecimal, whose init always traps. */
  readonly badModules = new Set<string>();
  private allocated = 16;

  constructor(
    private readonly managerId: Principal,
    private readonly stranger: Principal,
    private readonly ledger: CyclesLedger,
  ) {}

  /** Carries out one call of the Manager. */
  call(request: ManagementRequest): Answer {
    try {
      return this.dispatch(request);
    } catch (error) {
      if (!(error instanceof ModelReject)) throw error;
      return { kind: 'reject', code: error.code, message: error.message, refundedCycles: request.cycles };
    }
  }

  /** Cycles in all canisters. */
  heldCycles(): bigint {
    let held = 0n;
    for (const { cycles } of this.canisters.values()) held += cycles;
    return held;
  }

  /** Those created for the Manager. */
  managersCanisters(): ModelCanister[] {
    return [...this.canisters.values()].filter(({ isManagers }) => isManagers);
  }

  /** The canisters that the Manager still controls lose most of what they have. */
  burnAll(): void {
    for (const canister of this.managersCanisters()) {
      if (!this.isControlled(canister) || canister.cycles < poorCycles) continue;
      this.ledger.burned += canister.cycles - poorCycles;
      canister.cycles = poorCycles;
    }
  }

  /** Somebody gives them back what they need: what is in a job's hands cannot be installed otherwise. */
  topUpAll(): void {
    for (const canister of this.managersCanisters()) {
      if (!this.isControlled(canister) || canister.cycles > poorCycles) continue;
      this.ledger.minted += creationFeeCycles;
      canister.cycles += creationFeeCycles;
    }
  }

  /** The canisters that the Manager still controls are stopped. */
  stopAll(): void {
    for (const canister of this.managersCanisters()) {
      if (this.isControlled(canister)) canister.isRunning = false;
    }
  }

  isControlled({ controllers }: ModelCanister): boolean {
    return controllers.some((controller) => controller.compareTo(this.managerId) === 'eq');
  }

  private dispatch(request: ManagementRequest): Answer {
    switch (request.method) {
      case 'create_canister':
        return this.create(request);
      case 'install_chunked_code':
        return this.install(request);
      case 'update_settings':
        return this.updateSettings(request);
      case 'canister_info':
        return this.info(request);
      case 'canister_status':
        return this.status(request);
      case 'start_canister':
        return this.start(request);
      case 'uninstall_code':
        return this.uninstall(request);
      case 'deposit_cycles':
        return this.deposit(request);
      case 'upload_chunk':
        return this.uploadChunk(request);
      default:
        throw new ModelReject(5, `IC0536: Management canister has no method '${request.method}'`);
    }
  }

  private create({ args, cycles, nowNs }: ManagementRequest): Answer {
    const { settings, sender_canister_version } = candid.decodeOne<candid.CreateArguments>(
      candid.createArguments,
      args,
    );
    const fee = creationFeeCycles * this.weather.feeFactor;
    if (cycles < fee) {
      throw new ModelReject(
        4,
        `IC0403: Creating a canister requires a fee of ${fee} that is deducted from the canister's initial ` +
          `balance but only ${cycles} cycles were received with the create_canister request.`,
      );
    }
    for (let count = this.weather.strangers; count > 0; count -= 1) this.add(this.stranger, [], nowNs, []);
    const controllers = settings[0]?.controllers[0] ?? [this.managerId];
    const canister = this.add(
      this.managerId,
      settings[0]?.environment_variables[0] ?? [],
      nowNs,
      sender_canister_version,
      controllers,
    );
    canister.cycles = cycles - fee;
    this.ledger.burned += fee;
    return { kind: 'reply', bytes: candid.replies.canisterId(canister.id), refundedCycles: 0n };
  }

  private add(
    creator: Principal,
    environment: { name: string; value: string }[],
    nowNs: bigint,
    senderVersion: [] | [bigint],
    controllers: Principal[] = [creator],
  ): ModelCanister {
    const index = this.allocated++;
    const canister: ModelCanister = {
      id: canisterIdAt(index),
      index,
      controllers,
      module: undefined,
      initArgument: undefined,
      environment,
      cycles: 0n,
      seen: { cycles: 0n, isRunning: true },
      version: 0n,
      history: [],
      isRunning: true,
      isManagers: creator === this.managerId,
      bornAtVersion: senderVersion[0] ?? 0n,
    };
    this.canisters.set(canister.id.toHex(), canister);
    const hash = environment.length === 0 ? [] : [environmentVariablesHash(environment)];
    const details = { creation: { controllers, environment_variables_hash: hash as [] | [Uint8Array] } };
    this.record(canister, nowNs, senderVersion, details);
    return canister;
  }

  private install({ args, nowNs }: ManagementRequest): Answer {
    const call = candid.decodeOne<candid.InstallArguments>(candid.installArguments, args);
    const canister = this.controlled(call.target_canister);
    const moduleHash = Buffer.from(call.wasm_module_hash).toString('hex');
    if (!call.chunk_hashes_list.every(({ hash }) => this.chunks.has(Buffer.from(hash).toString('hex')))) {
      throw new ModelReject(5, 'IC0504: Error from Wasm chunk store: Chunk hash was not found.');
    }
    if ('install' in call.mode && canister.module) {
      throw new ModelReject(
        5,
        `IC0514: Canister ${canister.id.toText()} cannot be installed because the canister is not empty.`,
      );
    }
    if (this.weather.installsAreRateLimited) {
      throw new ModelReject(
        2,
        `IC0209: Canister ${canister.id.toText()} is rate limited because it executed too many instructions in ` +
          'the previous install_code messages. Please retry installation after several minutes.',
      );
    }
    if (canister.cycles < installFeeCycles) {
      throw new ModelReject(2, `IC0207: Canister ${canister.id.toText()} is out of cycles`);
    }
    canister.cycles -= installFeeCycles;
    this.ledger.burned += installFeeCycles;
    if (this.weather.brokenModules.has(moduleHash) || this.badModules.has(moduleHash)) {
      throw new ModelReject(
        5,
        `IC0503: Error from Canister ${canister.id.toText()}: trapped explicitly: bad template`,
      );
    }
    canister.module = call.wasm_module_hash.slice();
    canister.initArgument = call.arg.slice();
    const mode = 'install' in call.mode ? { install: null } : { reinstall: null };
    const details = { code_deployment: { mode, module_hash: canister.module } };
    this.record(canister, nowNs, call.sender_canister_version, details);
    return this.done();
  }

  private updateSettings({ args, nowNs }: ManagementRequest): Answer {
    const call = candid.decodeOne<candid.UpdateArguments>(candid.updateArguments, args);
    const canister = this.controlled(call.canister_id);
    const [controllers] = call.settings.controllers;
    if (controllers) canister.controllers = controllers;
    const [environment] = call.settings.environment_variables;
    if (environment) canister.environment = environment;
    if (controllers) {
      this.record(canister, nowNs, call.sender_canister_version, { controllers_change: { controllers } });
    } else canister.version += 1n;
    return this.done();
  }

  private info({ args }: ManagementRequest): Answer {
    const call = candid.decodeOne<candid.CanisterArguments>(candid.canisterArguments, args);
    this.requireReachable();
    const canister = this.existing(call.canister_id);
    const count = Math.min(canister.history.length, Number(call.num_requested_changes[0] ?? 0n), 20);
    const bytes = candid.replies.info({
      total_num_changes: BigInt(canister.history.length),
      recent_changes: canister.history.slice(canister.history.length - count),
      module_hash: canister.module ? [canister.module] : [],
      controllers: canister.controllers,
    });
    return { kind: 'reply', bytes, refundedCycles: 0n };
  }

  private status({ args }: ManagementRequest): Answer {
    const call = candid.decodeOne<candid.CanisterArguments>(candid.canisterArguments, args);
    this.requireReachable();
    const canister = this.controlled(call.canister_id);
    canister.seen = { cycles: canister.cycles, isRunning: canister.isRunning };
    return { kind: 'reply', bytes: candid.replies.status(statusOf(canister)), refundedCycles: 0n };
  }

  private start({ args }: ManagementRequest): Answer {
    const call = candid.decodeOne<candid.CanisterArguments>(candid.canisterArguments, args);
    this.controlled(call.canister_id).isRunning = true;
    return this.done();
  }

  private requireReachable(): void {
    if (this.weather.readsFail) throw new ModelReject(3, unreachableMessage);
  }

  private uninstall({ args, nowNs }: ManagementRequest): Answer {
    const call = candid.decodeOne<candid.CanisterArguments>(candid.canisterArguments, args);
    const canister = this.controlled(call.canister_id);
    canister.module = undefined;
    canister.initArgument = undefined;
    this.record(canister, nowNs, call.sender_canister_version, { code_uninstall: null });
    return this.done();
  }

  private deposit({ args, cycles }: ManagementRequest): Answer {
    const call = candid.decodeOne<candid.CanisterArguments>(candid.canisterArguments, args);
    this.existing(call.canister_id).cycles += cycles;
    return this.done();
  }

  private uploadChunk({ args }: ManagementRequest): Answer {
    const { chunk } = candid.decodeOne<candid.ChunkArguments>(candid.chunkArguments, args);
    const hash = createHash('sha256').update(chunk).digest();
    this.chunks.set(hash.toString('hex'), chunk);
    return { kind: 'reply', bytes: candid.replies.chunkHash(hash), refundedCycles: 0n };
  }

  private done(): Answer {
    return { kind: 'reply', bytes: candid.replies.nothing(), refundedCycles: 0n };
  }

  private existing(id: Principal): ModelCanister {
    const canister = this.canisters.get(id.toHex());
    if (!canister) throw new ModelReject(3, `IC0301: Canister ${id.toText()} not found.`);
    return canister;
  }

  private controlled(id: Principal): ModelCanister {
    const canister = this.existing(id);
    if (!this.isControlled(canister)) {
      throw new ModelReject(5, `IC0512: Only the controllers of the canister ${id.toText()} can control it.`);
    }
    return canister;
  }

  private record(
    canister: ModelCanister,
    nowNs: bigint,
    senderVersion: [] | [bigint],
    details: CandidChangeDetails,
  ): void {
    canister.version += 1n;
    const origin = canister.isManagers
      ? { from_canister: { canister_id: this.managerId, canister_version: senderVersion } }
      : { from_user: { user_id: this.stranger } };
    canister.history.push({ timestamp_nanos: nowNs, canister_version: canister.version, origin, details });
  }
}

/** Ids are allocated one after the other; the last two bytes are the same for all (IC interface spec, "Canister ids"). */
export function canisterIdAt(index: number): Principal {
  const bytes = new Uint8Array(10);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(index));
  bytes.set([1, 1], 8);
  return Principal.fromUint8Array(bytes);
}
