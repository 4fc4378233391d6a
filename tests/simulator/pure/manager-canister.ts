import { markerByte } from '../../../src/durable-call/contract.ts';
import type { AzleHost, EntryPointKind } from './azle-host.ts';
import type { ManagerProgram } from './bundle-manager.ts';
import type { Introspection } from './introspection.ts';
import type { CyclesLedger } from './cycles-ledger.ts';
import { JournaledMap } from './journaled-map.ts';
import type { Change, StoredEntries } from './journaled-map.ts';

/** A durable call that left with a message. */
export interface SentCall {
  readonly callId: number;
  readonly method: string;
  readonly args: Uint8Array;
  /** Attached for the callee. */
  readonly cycles: bigint;
  /** Held for the response, most of it comes back. */
  readonly prepaidCycles: bigint;
  /** 0: waits without limit. */
  readonly timeoutSeconds: number;
  readonly senderVersion: bigint;
}

/** What the response handler reads. */
export interface CallResponse {
  readonly callId: number;
  /** 0: a reply. */
  readonly rejectCode: number;
  readonly bytes: Uint8Array;
  readonly message: string;
  readonly refundedCycles: bigint;
}

/** What came of one message. A trapped one changed nothing and sent nothing. */
export interface Executed {
  readonly trapped?: string;
  readonly reply?: Uint8Array;
  readonly reject?: string;
  readonly calls: readonly SentCall[];
  readonly changes: readonly Change[];
  /** Of those that the caller attached. */
  readonly acceptedCycles: bigint;
}

/** What was in the canister's stable maps, by memory. */
export type StableSnapshot = ReadonlyMap<number, StoredEntries>;

interface Timer {
  readonly atNs: bigint;
  readonly callback: () => void;
  readonly intervalSeconds: number | undefined;
}

interface RunningMessage {
  readonly caller: Uint8Array;
  readonly method: string;
  readonly args: Uint8Array;
  readonly response?: CallResponse;
  attachedCycles: bigint;
  acceptedCycles?: bigint;
  reply?: Uint8Array;
  reject?: string;
  readonly calls: SentCall[];
}

/** What surrounds the canister. */
export interface Surroundings {
  readonly nowNs: () => bigint;
  /** Whether the system refuses to take this call; asked for each one. */
  readonly refusesCall: (method: string, isBounded: boolean) => boolean;
}

const messageFeeCycles = 60_000_000n;
const callFeeCycles = 1_000_000n;
const prepaidResponseCycles = 20_000_000_000n;
/** Below this balance the canister may not go by sending calls. */
export const freezingLimitCycles = 100_000_000_000n;

const noBytes = new Uint8Array();

/**
 * The Manager as a canister: its own code over stable maps, one message after the other, each of which commits as a
 * whole or not at all. An upgrade is a new life of the code over the same maps; timers and variables are gone.
 */
export class ManagerCanister {
  balance = 0n;
  version = 1n;
  /** Prepaid for responses that are under way. */
  prepaidCycles = 0n;

  private revealed: Introspection | undefined;
  private readonly journal: Change[] = [];
  private readonly maps = new Map<number, JournaledMap>();
  private methods = new Map<string, () => unknown>();
  private variables: { save: () => unknown[]; restore: (values: unknown[]) => void }[] = [];
  private timers = new Map<bigint, Timer>();
  private nextTimerId = 1n;
  private running: RunningMessage | undefined;
  private readonly host: AzleHost;

  constructor(
    private program: ManagerProgram,
    readonly id: Uint8Array,
    private readonly controllers: readonly Uint8Array[],
    private readonly surroundings: Surroundings,
    private readonly ledger: CyclesLedger,
  ) {
    this.host = this.makeHost();
  }

  /** Installs the code. */
  install(): Executed {
    return this.beginLife('init');
  }

  /** The next life over the same maps. A `postUpgrade` that traps leaves the old code running. */
  upgrade(): Executed {
    const { methods, variables, timers, revealed } = this;
    const before = { methods, variables, timers, revealed };
    const executed = this.beginLife('postUpgrade');
    if (executed.trapped !== undefined) Object.assign(this, before);
    return executed;
  }

  /** A copy of what is stored. */
  takeSnapshot(): StableSnapshot {
    return new Map([...this.maps].map(([memoryId, map]) => [memoryId, map.copyEntries()]));
  }

  /** What is stored becomes what was in a snapshot; then the next life begins. Cycles and version do not go back. */
  restore(snapshot: StableSnapshot): Executed {
    for (const [memoryId, map] of this.maps) map.replaceEntries(snapshot.get(memoryId) ?? new Map());
    return this.beginLife('postUpgrade');
  }

  /** A first life over empty maps. */
  reinstall(): Executed {
    for (const map of this.maps.values()) map.replaceEntries(new Map());
    return this.beginLife('init');
  }

  update(caller: Uint8Array, method: string, args: Uint8Array, attachedCycles = 0n, traps = false): Executed {
    return this.execute(
      { caller, method, args, attachedCycles, calls: [] },
      this.entryPoint('update', method),
      traps,
    );
  }

  /** Whatever a query changes is forgotten. */
  query(caller: Uint8Array, method: string, args: Uint8Array): Executed {
    const message = { caller, method, args, attachedCycles: 0n, calls: [] };
    return this.execute(message, this.entryPoint('query', method), false, true);
  }

  /** @returns whether the ingress message is let in */
  inspect(caller: Uint8Array, method: string, args: Uint8Array): boolean {
    let admitted = false;
    const entryPoint = this.entryPoint('inspectMessage', 'inspectMessage');
    const message = { caller, method, args, attachedCycles: 0n, calls: [] };
    this.execute(message, () => (admitted = entryPoint() === true), false, true);
    return admitted;
  }

  respond(response: CallResponse, prepaidCycles: bigint, traps: boolean): Executed {
    this.prepaidCycles -= prepaidCycles;
    this.balance += prepaidCycles - callFeeCycles + response.refundedCycles;
    this.ledger.burned += callFeeCycles;
    const message = {
      caller: noBytes,
      method: String(response.callId),
      args: response.bytes,
      response,
      attachedCycles: 0n,
      calls: [],
    };
    return this.execute(message, this.entryPoint('update', 'durableResponse'), traps);
  }

  /** When the next timer is due. */
  nextTimerNs(): bigint | undefined {
    let next: bigint | undefined;
    for (const { atNs } of this.timers.values()) if (next === undefined || atNs < next) next = atNs;
    return next;
  }

  /** Runs the timer that is due first. A timer that ran once is gone even if its message trapped. */
  fireTimer(traps: boolean): Executed {
    const [id, timer] = [...this.timers].reduce((first, next) =>
      next[1].atNs < first[1].atNs ? next : first,
    );
    if (timer.intervalSeconds === undefined) this.timers.delete(id);
    else this.timers.set(id, { ...timer, atNs: this.surroundings.nowNs() + seconds(timer.intervalSeconds) });
    const message = { caller: this.id, method: '', args: noBytes, attachedCycles: 0n, calls: [] };
    return this.execute(message, timer.callback, traps);
  }

  /** The Manager's own readers of what it stores. */
  get stores(): Introspection {
    if (!this.revealed) throw new Error('the Manager is not installed');
    return this.revealed;
  }

  map(memoryId: number): JournaledMap {
    const known = this.maps.get(memoryId) ?? new JournaledMap(memoryId, this.journal);
    this.maps.set(memoryId, known);
    return known;
  }

  private beginLife(kind: 'init' | 'postUpgrade'): Executed {
    this.methods = new Map();
    this.variables = [];
    this.timers = new Map();
    this.version += 1n;
    this.program.begin(this.host);
    const message = { caller: this.id, method: '', args: noBytes, attachedCycles: 0n, calls: [] };
    return this.execute(message, this.entryPoint(kind, kind), false);
  }

  private entryPoint(kind: EntryPointKind, name: string): () => unknown {
    const method = this.methods.get(`${kind} ${name}`);
    if (!method) throw new Error(`the Manager has no ${kind} ${name}`);
    return method;
  }

  private execute(message: RunningMessage, run: () => unknown, traps: boolean, forgets = false): Executed {
    const variables = this.variables.map(({ save }) => save());
    const timers = new Map(this.timers);
    const balance = this.balance;
    const prepaid = this.prepaidCycles;
    this.running = message;
    let trapped: string | undefined;
    try {
      run();
      if (traps) trapped = 'instruction limit (injected)';
    } catch (error) {
      trapped = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    this.running = undefined;
    if (trapped !== undefined || forgets) {
      for (const change of this.journal.splice(0).reverse()) change.map.undo(change);
      this.variables.forEach(({ restore }, index) => {
        restore(variables[index] ?? []);
      });
      this.timers = timers;
      this.balance = balance;
      this.prepaidCycles = prepaid;
      message.calls.length = 0;
    } else this.version += 1n;
    if (!forgets) this.pay(messageFeeCycles);
    const { reply, reject, calls, acceptedCycles = 0n } = message;
    return {
      ...(trapped === undefined ? {} : { trapped }),
      ...(reply === undefined ? {} : { reply }),
      ...(reject === undefined ? {} : { reject }),
      calls,
      changes: this.journal.splice(0),
      acceptedCycles: trapped === undefined && !forgets ? acceptedCycles : 0n,
    };
  }

  private pay(cycles: bigint): void {
    const paid = this.balance < cycles ? this.balance : cycles;
    this.balance -= paid;
    this.ledger.burned += paid;
  }

  private makeHost(): AzleHost {
    const message = (): RunningMessage => {
      if (!this.running) throw new Error('no message is running');
      return this.running;
    };
    const response = (): CallResponse => {
      const { response: present } = message();
      if (!present) throw new Error('this message is not a response');
      return present;
    };
    return {
      register: (kind, name, method) => this.methods.set(`${kind} ${name}`, method),
      registerVariables: (save, restore) => this.variables.push({ save, restore }),
      reveal: (introspection) => (this.revealed = introspection),
      map: (memoryId) => this.map(memoryId),
      time: () => this.surroundings.nowNs(),
      canisterSelf: () => this.id,
      canisterVersion: () => this.version,
      canisterCycleBalance: () => this.balance,
      isController: (principal) =>
        this.controllers.some((controller) => Buffer.compare(controller, principal) === 0),
      performanceCounter: () => 0n,
      msgCaller: () => message().caller,
      msgMethodName: () => message().method,
      msgArgData: () => message().args,
      msgReply: (reply) => (message().reply = reply),
      msgReject: (text) => (message().reject = text),
      msgRejectCode: () => response().rejectCode,
      msgRejectMsg: () => response().message,
      msgCyclesRefunded: () => response().refundedCycles,
      msgCyclesAvailable: () => message().attachedCycles,
      msgCyclesAccept: (maximum) => this.accept(message(), maximum),
      setTimer: (delaySeconds, callback, intervalSeconds) => {
        const id = this.nextTimerId++;
        const atNs = this.surroundings.nowNs() + seconds(delaySeconds);
        this.timers.set(id, { atNs, callback, intervalSeconds });
        return id;
      },
      clearTimer: (id) => this.timers.delete(id),
      trap: (text) => {
        throw new Error(text);
      },
      notifyRaw: (callee, method, args, cycles) => {
        this.send(message(), callee, method, args, BigInt(cycles));
      },
    };
  }

  private accept(message: RunningMessage, maximum: bigint): bigint {
    const accepted = message.attachedCycles < maximum ? message.attachedCycles : maximum;
    message.attachedCycles -= accepted;
    message.acceptedCycles = (message.acceptedCycles ?? 0n) + accepted;
    this.balance += accepted;
    return accepted;
  }

  private send(
    message: RunningMessage,
    callee: Uint8Array,
    marked: string,
    args: Uint8Array,
    cycles: bigint,
  ): void {
    const [method = '', timeout, callId] = marked.split(String.fromCharCode(markerByte));
    if (callee.length > 0)
      throw new Error(`only the management canister is simulated, not ${method} elsewhere`);
    const required = cycles + prepaidResponseCycles;
    const available = this.balance - freezingLimitCycles;
    if (available < required) {
      const shortage = { type: 'InsufficientLiquidCycleBalance', available, required };
      throw Object.assign(new Error('insufficient liquid cycle balance'), shortage);
    }
    if (this.surroundings.refusesCall(method, timeout !== '0')) {
      throw Object.assign(new Error('call perform failed'), { type: 'CallPerformFailed' });
    }
    this.balance -= cycles + prepaidResponseCycles;
    this.prepaidCycles += prepaidResponseCycles;
    message.calls.push({
      callId: Number(callId),
      method,
      args,
      cycles,
      prepaidCycles: prepaidResponseCycles,
      timeoutSeconds: Number(timeout),
      senderVersion: this.version,
    });
  }
}

function seconds(count: number): bigint {
  return BigInt(count) * 1_000_000_000n;
}
