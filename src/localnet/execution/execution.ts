import type { Principal } from '@dfinity/principal';
import type { CallResult, Rejection } from '../rejection.ts';
import type { CallerInfo, CanisterKey, CanisterState, Closure } from '../state.ts';
import type { NativeState } from '../native-canister.ts';
import { freezingLimitCycles } from '../resource-usage.ts';
import type { World } from '../world.ts';
import type { ExecutionMode } from './execution-mode.ts';

/** Facts an execution sees; nothing in here changes while it runs. */
export interface ExecutionInput {
  readonly mode: ExecutionMode;
  readonly canister: CanisterState;
  /** What `ic0.canister_version` shows. */
  readonly version: bigint;
  readonly timeNanos: bigint;
  readonly subnetId: Principal;
  readonly rootKey: Uint8Array;
  readonly caller: Principal;
  readonly callerInfo: CallerInfo | undefined;
  /** Argument, or in a reply callback the reply. */
  readonly arg: Uint8Array;
  readonly method: string;
  /** Why the call failed, in reject and cleanup callbacks. */
  readonly rejection: Rejection | undefined;
  readonly refundedCycles: bigint;
  /** Deadline of the call being answered; 0 = none. */
  readonly deadlineNanos: bigint;
  /** Instructions the call context used before this execution. */
  readonly earlierInstructions: bigint;
  /** Cycles attached to the call being answered, at the start of this execution. */
  readonly availableCycles: bigint;
  readonly alreadyResponded: boolean;
  /** Balance at the start, without what is reserved for the execution itself. */
  readonly balance: bigint;
  readonly freezingLimit: bigint;
  readonly queueCapacity: number;
  readonly callbackInstructionLimit: bigint;
  /** What `create_canister` costs at this time. */
  readonly creationFeeCycles: bigint;
  readonly maximumReplyBytes: number;
  /** What the network certifies of the canister; only for queries that users ask of it themselves. */
  readonly dataCertificate: (() => Uint8Array) | undefined;
}

/** A call between `call_new` and `call_perform`. */
export interface PendingCall {
  readonly callee: Principal;
  readonly method: string;
  readonly methodBytes: number;
  readonly onReply: Closure;
  readonly onReject: Closure;
  onCleanup: Closure | undefined;
  readonly argParts: Uint8Array[];
  argBytes: number;
  cycles: bigint;
  timeoutSeconds: bigint | undefined;
}

/** A call that is sent if the execution succeeds. */
export interface OutgoingCall {
  readonly callee: Principal;
  readonly calleeKey: CanisterKey;
  readonly method: string;
  readonly arg: Uint8Array;
  readonly cycles: bigint;
  readonly onReply: Closure;
  readonly onReject: Closure;
  readonly onCleanup: Closure | undefined;
  readonly deadlineNanos: bigint | undefined;
  readonly requestFeeCycles: bigint;
  /** Present in calls of native canisters. */
  readonly continuation?: NativeState;
}

/** What an execution did so far. Becomes the canister's state only if the execution succeeds. */
export interface ExecutionEffects {
  balance: bigint;
  acceptedCycles: bigint;
  burnedCycles: bigint;
  readonly replyParts: Uint8Array[];
  replyBytes: number;
  response: CallResult | undefined;
  pendingCall: PendingCall | undefined;
  readonly calls: OutgoingCall[];
  globalTimerNanos: bigint | undefined;
  certifiedData: Uint8Array | undefined;
  /** `accept_message` was called. */
  accepted: boolean;
  /** Survives a trap. */
  readonly debugPrints: Uint8Array[];
}

export interface Execution {
  readonly input: ExecutionInput;
  readonly effects: ExecutionEffects;
}

/** The part of an execution's facts that network and canister decide, whatever is executed. */
export type SurroundingFacts = Pick<
  ExecutionInput,
  | 'canister'
  | 'version'
  | 'timeNanos'
  | 'subnetId'
  | 'rootKey'
  | 'freezingLimit'
  | 'queueCapacity'
  | 'callbackInstructionLimit'
  | 'creationFeeCycles'
>;

export function surroundingFacts(world: World, canister: CanisterState): SurroundingFacts {
  return {
    canister,
    version: canister.version,
    timeNanos: world.state.timeNanos,
    subnetId: world.subnetId,
    rootKey: world.rootKey,
    freezingLimit: freezingLimitCycles(canister),
    queueCapacity: world.queueCapacity,
    callbackInstructionLimit: world.instructionLimits.update,
    creationFeeCycles: world.state.creationFeeCycles,
  };
}

export function newExecution(input: ExecutionInput): Execution {
  return {
    input,
    effects: {
      balance: input.balance,
      acceptedCycles: 0n,
      burnedCycles: 0n,
      replyParts: [],
      replyBytes: 0,
      response: undefined,
      pendingCall: undefined,
      calls: [],
      globalTimerNanos: undefined,
      certifiedData: undefined,
      accepted: false,
      debugPrints: [],
    },
  };
}
