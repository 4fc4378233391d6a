import type { Principal } from '@dfinity/principal';
import type { CanisterHistory } from './canister-history.ts';
import type { CanisterSettings } from './canister-settings.ts';
import type { ConsumedCycles } from './consumed-cycles.ts';
import type { CallResult, RejectCode, Rejection } from './rejection.ts';
import type { FaultAction, FaultRule } from './faults/fault-rules.ts';
import type { HttpOutcall } from './http-outcall.ts';
import type { NativeState } from './native-canister.ts';
import type { GlobalType, HeapImage, PreparedModule, StableImage } from './wasm/index.ts';

/*
 * Everything the network knows between two messages, as plain data. What is `readonly` is never changed in place
 * and is shared between checkpoints, as are byte arrays, images and modules; the rest is copied by `cloneState`,
 * which must know every mutable field.
 */

/** A principal's bytes in hex, as a map key; see {@link canisterKey}. */
export type CanisterKey = string;

/** Identifies an update call submitted by a user. */
export type IngressId = number;

/** The whole network between two messages. */
export interface NetworkState {
  timeNanos: bigint;
  /** Number of the canister id to be allocated next. */
  nextCanisterNumber: bigint;
  canisters: Map<CanisterKey, CanisterState>;
  /** Every id ever given out: none is used twice. */
  usedIds: Set<CanisterKey>;
  /** Messages waiting to be executed, by sequence number: insertion order is the order of arrival. */
  messages: Map<number, QueuedMessage>;
  nextSequenceNumber: number;
  ingress: Map<IngressId, IngressRecord>;
  /** Update calls that came with a request id, by that id in hex, until they are forgotten. */
  requests: Map<string, IngressId>;
  /** When requests were last looked over for what to forget. */
  requestsSweptAtNanos: bigint;
  nextIngressId: IngressId;
  /** HTTP requests of canisters that wait for their answers, by id. */
  httpOutcalls: Map<number, PendingHttpOutcall>;
  nextHttpOutcallId: number;
  cycles: CyclesTotals;
  /** What `create_canister` costs; may change at any time, as prices do. */
  creationFeeCycles: bigint;
  /** State of the generator that shuffles (absent: first in, first out). */
  shuffle: number | undefined;
  /** State of the generator behind `raw_rand`. */
  randomness: number;
  /** Timers and heartbeats due in the round that has begun; they run before waiting messages. */
  systemTasks: SystemTask[];
  /** The clock moved or a user's call arrived: a new round begins with the next step. */
  roundRequested: boolean;
  lastRoundAtNanos: bigint;
  faults: FaultState;
  /** When canisters were last charged for what they occupy. */
  chargedAtNanos: bigint;
  /** Whole second at which deadlines were looked at last. */
  deadlinesCheckedAtSecond: bigint;
  executedSteps: number;
}

/** Whether `canister_on_low_wasm_memory` has run since memory became short. Names as in snapshots' metadata. */
export type LowWasmMemoryHook = 'conditionNotSatisfied' | 'ready' | 'executed';

/** A canister's own activity, due without any message. */
export interface SystemTask {
  readonly kind: 'heartbeat' | 'globalTimer' | 'lowWasmMemory';
  readonly canister: CanisterKey;
}

/** The rules of the fault script and how often each has applied. */
export interface FaultState {
  rules: readonly FaultRule[];
  nextRuleId: number;
  matches: Map<number, number>;
}

/**
 * Where all cycles are. Minted less burned must equal the sum of the four pools, which is checked after
 * every step; `recountCycles` recomputes the pools from the holders.
 */
export interface CyclesTotals {
  minted: bigint;
  burned: bigint;
  balances: bigint;
  /** Attached to requests, refunds in responses, prepaid call costs. */
  inFlight: bigint;
  /** Attached to calls being answered and not accepted yet. */
  inCallContexts: bigint;
}

export type CanisterStatus = 'running' | 'stopping' | 'stopped';

export interface CanisterState {
  readonly id: Principal;
  readonly key: CanisterKey;
  readonly createdAtNanos: bigint;
  settings: CanisterSettings;
  status: CanisterStatus;
  /** Stop requests to be answered once the canister has stopped. */
  pendingStops: PendingStop[];
  cycles: bigint;
  /** Always 0 until storage reservation is modelled. */
  reservedCycles: bigint;
  /** Up to when the canister has paid for its memory and its compute allocation. */
  paidUntilNanos: bigint;
  /** What the canister ever paid for, as `canister_metrics` shows it. */
  consumedCycles: ConsumedCycles;
  version: bigint;
  /** Absent while the canister is empty. */
  code: InstalledCode | undefined;
  /** Present in canisters written in TypeScript, which have no code. */
  readonly nativeState?: NativeState;
  lowWasmMemoryHook: LowWasmMemoryHook;
  callContexts: Map<number, CallContext>;
  callbacks: Map<number, Callback>;
  nextCallContextId: number;
  nextCallbackId: number;
  history: CanisterHistory;
  /** Chunks by SHA-256 in hex. */
  chunkStore: Map<string, Uint8Array>;
  log: CanisterLog;
  /** Snapshots by id in hex, oldest first. */
  snapshots: Map<string, CanisterSnapshot>;
  /** Makes snapshot ids that never repeat. */
  nextSnapshotNumber: bigint;
}

/** A canister's code and memories, taken from the canister or uploaded. Never changed in place. */
export interface CanisterSnapshot {
  readonly id: Uint8Array;
  /** Only what was uploaded may be written to. */
  readonly source: 'takenFromCanister' | 'metadataUpload';
  readonly takenAtNanos: bigint;
  /** The canister's version when the snapshot was made. */
  readonly canisterVersion: bigint;
  /** As uploaded for installation; checked when the snapshot is loaded. */
  readonly moduleBytes: Uint8Array;
  readonly heap: HeapImage;
  /** Types of the heap's globals, in their order. */
  readonly globalTypes: readonly GlobalType[];
  readonly stable: StableImage;
  readonly certifiedData: Uint8Array;
  /** 0 = inactive; undefined: an upload that does not tell. */
  readonly globalTimerNanos: bigint | undefined;
  /** Undefined: an upload that does not tell. */
  readonly lowWasmMemoryHook: LowWasmMemoryHook | undefined;
  readonly chunkStore: ReadonlyMap<string, Uint8Array>;
  readonly totalBytes: bigint;
}

/** The running code and what it keeps between messages; gone when the code is uninstalled. */
export interface InstalledCode {
  readonly module: PreparedModule;
  /** SHA-256 of the module as uploaded. */
  readonly moduleHash: Uint8Array;
  /** The module as uploaded, from which `module` was made. */
  readonly uploadedModule: Uint8Array;
  /** When it was last installed, reinstalled, upgraded or loaded from a snapshot. */
  readonly installedAtNanos: bigint;
  heap: HeapImage;
  stable: StableImage;
  certifiedData: Uint8Array;
  /** 0 = not set. */
  globalTimerNanos: bigint;
}

export interface CanisterLog {
  nextIndex: bigint;
  /** What the records take of the log's limit. */
  bytes: number;
  records: readonly {
    readonly index: bigint;
    readonly timestampNanos: bigint;
    readonly content: Uint8Array;
  }[];
}

/** A stop request waiting for the canister to stop. */
export interface PendingStop {
  readonly responder: Responder;
  /** After this time the request is answered IC0206 and the canister stays stopping. */
  readonly deadlineNanos: bigint;
}

/** An HTTP request of a canister and who waits for its answer. */
export interface PendingHttpOutcall {
  readonly outcall: HttpOutcall;
  readonly responder: Responder;
}

/** Whom to answer later; plain data. `refundCycles` (counted as in flight) travel back with the answer. */
export type Responder =
  | { readonly kind: 'ingress'; readonly ingressId: IngressId }
  | {
      readonly kind: 'canister';
      readonly caller: Principal;
      readonly callbackId: number;
      readonly refundCycles: bigint;
      readonly fault: FaultAction | undefined;
    };

/** What a canister attests about a user, which `ic0.msg_caller_info_*` shows. */
export interface CallerInfo {
  readonly data: Uint8Array;
  /** The canister that signed for it: the one whose signatures the user's key is about. */
  readonly signer: Principal;
}

/** A call being answered: made by a user, by a canister, or by the system itself (timer, heartbeat). */
export interface CallContext {
  readonly id: number;
  readonly origin: CallOrigin;
  /** What `msg_caller` shows in every execution of this context. */
  readonly caller: Principal;
  readonly callerInfo?: CallerInfo | undefined;
  readonly method: string;
  responded: boolean;
  /** The code was uninstalled while the call was open: responses only bring refunds home. */
  deleted: boolean;
  availableCycles: bigint;
  /** Callbacks of this context that still wait for their response. */
  openCalls: number;
  instructionsUsed: bigint;
  /** Why the last execution of this context failed; told to the caller if nothing else answers. */
  lastFailure: Rejection | undefined;
}

export type CallOrigin =
  | { readonly kind: 'ingress'; readonly ingressId: IngressId }
  | {
      readonly kind: 'canister';
      readonly caller: Principal;
      readonly callbackId: number;
      /** Nanoseconds; 0 = the caller waits without bound. */
      readonly deadlineNanos: bigint;
      readonly fault: FaultAction | undefined;
    }
  | { readonly kind: 'system' };

/** A Wasm function to be called back: an index into table 0 and its argument. */
export interface Closure {
  readonly tableIndex: number;
  readonly environment: number;
}

/** An outgoing call that waits for its response. */
export interface Callback {
  readonly id: number;
  readonly callContextId: number;
  readonly callee: Principal;
  readonly calleeKey: CanisterKey;
  readonly method: string;
  readonly onReply: Closure;
  readonly onReject: Closure;
  readonly onCleanup: Closure | undefined;
  /** Cycles prepaid for executing the callback and for transmitting the largest response. */
  readonly prepaidExecutionCycles: bigint;
  readonly prepaidTransmissionCycles: bigint;
  /** Present for bounded-wait calls: nanoseconds, a whole number of seconds. */
  readonly deadlineNanos: bigint | undefined;
  /** A response is already on its way: the deadline has no more say. */
  responseEnqueued: boolean;
  /** Set by a fault: the callback traps with this text instead of running. */
  readonly trapWith: string | undefined;
  /** Set by a fault: the callback may use no more instructions. */
  readonly instructionLimit: bigint | undefined;
  /** What a native canister wants to do with the response, in place of the closures. Never changed in place. */
  readonly continuation?: NativeState;
}

/** A message waiting for its turn. Never changed in place. */
export type QueuedMessage = IngressMessage | RequestMessage | ResponseMessage;

interface MessageBase {
  readonly sequence: number;
  /** Not delivered before this time; set by faults. */
  readonly heldUntilNanos: bigint | undefined;
  /** What a fault rule wants to happen when the message is delivered. */
  readonly fault: FaultAction | undefined;
}

interface IngressMessage extends MessageBase {
  readonly kind: 'ingress';
  readonly ingressId: IngressId;
  readonly sender: Principal;
  readonly callerInfo?: CallerInfo | undefined;
  readonly receiver: Principal;
  readonly method: string;
  readonly arg: Uint8Array;
  /** Delivered before everything else that waits. */
  readonly ahead: boolean;
}

export interface RequestMessage extends MessageBase {
  readonly kind: 'request';
  readonly sender: Principal;
  readonly receiver: Principal;
  readonly callbackId: number;
  readonly method: string;
  readonly arg: Uint8Array;
  readonly cycles: bigint;
  /** Canister version of the sender when it made the call. */
  readonly senderVersion: bigint;
  readonly sentAtNanos: bigint;
  /** Present for bounded-wait calls. */
  readonly deadlineNanos: bigint | undefined;
  /** In the sender's output queue (held by a fault) or in the receiver's input queue. */
  readonly place: 'outputQueue' | 'inputQueue';
  /** The caller was answered by a fault already; executed whatever its deadline. */
  readonly outlivesDeadline: boolean;
}

export interface ResponseMessage extends MessageBase {
  readonly kind: 'response';
  readonly sender: Principal;
  /** The canister that made the call. */
  readonly receiver: Principal;
  readonly callbackId: number;
  readonly result: CallResult;
  readonly refundCycles: bigint;
}

/** What became of a user's update call. */
export interface IngressRecord {
  readonly sender: Principal;
  readonly receiver: Principal;
  /** The canister the call was addressed through, which for management calls is not the receiver. */
  readonly effectiveCanisterId: Principal;
  readonly method: string;
  /** What it is known by to whoever sent it; absent: nothing but the id given out for it. */
  readonly requestId: Uint8Array | undefined;
  /** After this the call does not begin any more; absent: whenever it is its turn. */
  readonly expiryNanos: bigint | undefined;
  readonly answeredAtNanos: bigint | undefined;
  readonly status: IngressStatus;
}

/** Status of an update call as users read it. */
export type IngressStatus =
  | { readonly status: 'received' | 'processing' }
  | { readonly status: 'replied'; readonly reply: Uint8Array }
  | {
      readonly status: 'rejected';
      readonly rejectCode: RejectCode;
      readonly errorCode: string;
      readonly message: string;
    }
  /** Answered, and the answer is forgotten; only for calls that came with a request id. */
  | { readonly status: 'done' };

/** The map key of a principal. */
export function canisterKey(id: Principal): CanisterKey {
  return id.toHex();
}
