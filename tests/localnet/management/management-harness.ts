import { newCanisterState } from '../../../src/localnet/lifecycle.ts';
import { createHash } from 'node:crypto';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import {
  canisterIdOfNumber,
  firstCanisterNumber,
  isInCanisterRange,
} from '../../../src/localnet/canister-ids.ts';
import { type CanisterSettings, defaultSettings } from '../../../src/localnet/canister-settings.ts';
import * as cyclesAccount from '../../../src/localnet/cycles-account.ts';
import { canisterCreationFeeCycles } from '../../../src/localnet/fees.ts';
import type {
  AttachedCycles,
  ManagementCall,
  ManagementResult,
  ManagementServices,
} from '../../../src/localnet/management/contract.ts';
import { managementCanister } from '../../../src/localnet/management/management-canister.ts';
import { managementClient, type ManagementClient } from '../../../src/localnet/management/index.ts';
import type { Signature } from '../../../src/localnet/management/signature.ts';
import { CallRejectedError, type Rejection } from '../../../src/localnet/rejection.ts';
import { canisterKey, type CanisterState, type NetworkState } from '../../../src/localnet/state.ts';
import { prepareModule } from '../../../src/localnet/wasm/index.ts';

export const alice = Principal.selfAuthenticating(Uint8Array.of(1));
export const bob = Principal.selfAuthenticating(Uint8Array.of(2));

/** The smallest module: magic and version. */
export const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** A module that {@link ManagementHarness} refuses to install, as one whose init traps. */
export const trappingModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 2, 1, 0x74);

const trap: Rejection = { rejectCode: 5, errorCode: 'IC0503', message: 'The module trapped.' };

/** Cycles that a canister with memory must keep, so that tests can meet the limit. */
export const freezingLimit = 1_000_000n;

interface CallOptions {
  readonly cycles?: bigint;
  readonly callerVersion?: bigint;
}

/**
 * The management canister on a bare network state. Execution is played: installing accepts every module but
 * {@link trappingModule}, stopping succeeds at once. What execution really does is tested in `../network`.
 */
export class ManagementHarness {
  readonly state = {
    timeNanos: 1_000_000_000n,
    nextCanisterNumber: firstCanisterNumber,
    canisters: new Map(),
    messages: new Map(),
    httpOutcalls: new Map(),
    creationFeeCycles: canisterCreationFeeCycles,
    cycles: { minted: 0n, burned: 0n, balances: 0n, inFlight: 0n, inCallContexts: 0n },
  } as unknown as NetworkState;
  readonly #takenIds = new Set<string>();
  /** Canisters that have messages waiting. */
  readonly busy = new Set<CanisterState>();

  readonly services: ManagementServices = {
    state: this.state,
    subnetId: Principal.selfAuthenticating(Uint8Array.of(9)),
    timeNanos: this.state.timeNanos,
    findCanister: (id) => this.state.canisters.get(canisterKey(id)),
    isInCanisterRange,
    isIdTaken: (id) => this.#takenIds.has(canisterKey(id)),
    createCanister: (settings, id) => this.#create(settings, id),
    removeCanister: (canister) => {
      cyclesAccount.burn(this.state, canister, canister.cycles);
      this.state.canisters.delete(canister.key);
    },
    installCode: (canister, _mode, module) => {
      if (Buffer.compare(module, trappingModule) === 0) return trap;
      canister.code = {
        module: prepareModule(module),
        uploadedModule: module,
        installedAtNanos: this.state.timeNanos,
        moduleHash: Uint8Array.from(createHash('sha256').update(module).digest()),
        heap: { pages: [], byteLength: 0, globals: [] },
        stable: { sizePages: 0, leaves: new Map() },
        certifiedData: new Uint8Array(),
        globalTimerNanos: 0n,
      };
      canister.version += 1n;
      return undefined;
    },
    uninstallCode: (canister) => {
      canister.code = undefined;
      canister.version += 1n;
    },
    restoreCode: (canister, code) => {
      canister.code = { ...code };
      canister.version += 1n;
      return true;
    },
    bumpVersion: (canister) => {
      canister.version += 1n;
    },
    startCanister: (canister) => {
      canister.status = 'running';
      canister.version += 1n;
    },
    stopCanister: (canister) => {
      canister.status = 'stopped';
      canister.version += 2n;
      return { kind: 'pending' };
    },
    keepHttpOutcall: () => ({ kind: 'pending' }),
    hasQueuedMessages: (canister) => this.busy.has(canister),
    mintCycles: (canister, amount) => {
      cyclesAccount.mint(this.state, canister, amount);
    },
    burnCycles: (canister, amount) => {
      cyclesAccount.burn(this.state, canister, amount);
    },
    freezingLimitCycles: (_canister, settings) =>
      freezingLimit + (settings?.computeAllocation ?? 0n) * 1_000_000_000_000_000n,
    idleCyclesBurnedPerDay: () => 5n,
    memoryUsage: () => ({
      wasmMemoryBytes: 1n,
      stableMemoryBytes: 2n,
      globalMemoryBytes: 3n,
      wasmBinaryBytes: 4n,
      customSectionsBytes: 5n,
      canisterHistoryBytes: 6n,
      chunkStoreBytes: 7n,
      snapshotsBytes: 8n,
      logBytes: 9n,
      totalBytes: 45n,
    }),
    randomBytes: (length) => new Uint8Array(length).fill(7),
  };

  /** Adds a canister with code and cycles, controlled by alice, as a caller or a target. */
  addCanister(cycles = 10_000_000_000_000n): CanisterState {
    const canister = this.#create(defaultSettings([alice]));
    this.services.mintCycles(canister, cycles);
    this.services.installCode(canister, { kind: 'install' }, emptyModule, new Uint8Array(), alice);
    return canister;
  }

  /** The management canister as a user calls it, checked at ingress as the network does. */
  client(sender: Principal): ManagementClient {
    return managementClient(
      {
        update: ({ method, arg }) => {
          const checked = managementCanister.checkIngress(this.services, {
            sender,
            method,
            arg,
            effectiveCanisterId: undefined,
          });
          if ('rejection' in checked) throw new CallRejectedError(checked.rejection);
          return this.#replyOf(this.execute(sender, method, arg).result);
        },
      },
      sender,
    );
  }

  canister(id: Principal): CanisterState {
    const canister = this.services.findCanister(id);
    if (canister === undefined) throw new Error(`No canister ${id.toText()}.`);
    return canister;
  }

  /** Executes one call with bytes as argument. Users are principals, canisters are states. */
  execute(
    caller: Principal | CanisterState,
    method: string,
    arg: Uint8Array,
    { cycles = 0n, callerVersion }: CallOptions = {},
  ): { result: ManagementResult; refundCycles: bigint } {
    const callingCanister = caller instanceof Principal ? undefined : caller;
    if (callingCanister !== undefined) cyclesAccount.balanceToFlight(this.state, callingCanister, cycles);
    const attached = this.#attachedCycles(cycles);
    const call: ManagementCall = {
      caller: caller instanceof Principal ? caller : caller.id,
      callerIsCanister: callingCanister !== undefined,
      callerVersion: callingCanister && (callerVersion ?? callingCanister.version),
      method,
      arg,
      deadlineNanos: 0n,
      cycles: attached,
    };
    const result = managementCanister.execute(this.services, call);
    const refundCycles = attached.available;
    if (callingCanister !== undefined)
      cyclesAccount.flightToBalance(this.state, callingCanister, refundCycles);
    // Conservation is checked after every call of every test.
    cyclesAccount.recountCycles(this.state);
    return { result, refundCycles };
  }

  /** Executes one call with a value as argument. @throws CallRejectedError */
  invoke<Argument, Result>(
    caller: Principal | CanisterState,
    method: string,
    signature: Signature<Argument, Result>,
    argument: Argument,
    options?: CallOptions,
  ): Result {
    const { result } = this.execute(caller, method, signature.encodeArgument(argument), options);
    return signature.decodeResult(this.#replyOf(result));
  }

  #replyOf(result: ManagementResult): Uint8Array {
    if (result.kind === 'reject') throw new CallRejectedError(result.rejection);
    // A pending call is answered `()` by the network once the canister has stopped, which it has here.
    return result.kind === 'pending' ? IDL.encode([], []) : result.bytes;
  }

  #create(settings: CanisterSettings, specifiedId?: Principal): CanisterState {
    const id = specifiedId ?? canisterIdOfNumber(this.state.nextCanisterNumber++);
    const canister = newCanisterState(id, settings, this.state.timeNanos);
    this.state.canisters.set(canister.key, canister);
    this.#takenIds.add(canister.key);
    return canister;
  }

  #attachedCycles(amount: bigint): AttachedCycles {
    let available = amount;
    const take = (taken: bigint): void => {
      if (taken > available) throw new Error(`Took ${taken} of ${available} attached cycles.`);
      available -= taken;
    };
    return {
      get available() {
        return available;
      },
      transferTo: (canister, taken) => {
        take(taken);
        cyclesAccount.flightToBalance(this.state, canister, taken);
      },
      burn: (taken, canister, use) => {
        take(taken);
        cyclesAccount.burnInFlight(this.state, taken, { canister, use });
      },
    };
  }
}
