import type { Principal } from '@dfinity/principal';
import type { CallResult } from './rejection.ts';

/*
 * Canisters that are written in TypeScript instead of Wasm: services a network is expected to have at fixed ids, such
 * as ledgers. Their calls, responses and cycles are messages of the network like any other; executing them is free.
 */

/**
 * What a native canister keeps between messages: plain data (objects, arrays, maps with text keys, text, numbers,
 * bigints, booleans, bytes), so that checkpoints can copy it and a state directory can keep it. Principals are kept as
 * text.
 */
export type NativeState = object;

/** A canister written in TypeScript. Keeps nothing outside its state. */
export interface NativeCanister {
  readonly id: Principal;
  /** The state when the network begins. */
  initialState(): NativeState;
  /** The balance when the network begins, minted with it. */
  readonly initialCycles: bigint;
  readonly updates: ReadonlySet<string>;
  readonly queries: ReadonlySet<string>;
  /**
   * Executes an update method. What is thrown rejects the call as a trap, so throw before changing the state.
   */
  update(execution: NativeExecution, method: string, arg: Uint8Array): void;
  /** Answers a query method, which may not change the state. */
  query(view: NativeView, method: string, arg: Uint8Array): Uint8Array;
  /** Takes the response of a call the canister made. */
  onResponse(execution: NativeExecution, continuation: NativeState, response: CallResult): void;
}

/** What a native canister sees while it executes. */
export interface NativeView {
  readonly state: NativeState;
  readonly caller: Principal;
  readonly timeNanos: bigint;
  readonly subnetId: Principal;
}

/** What a native canister sees and does while it executes an update or takes a response. */
export interface NativeExecution extends NativeView {
  /** Attached to the call that is being answered and not accepted yet. */
  readonly availableCycles: bigint;
  /** Cycles that came back with the response. */
  readonly refundedCycles: bigint;
  /** @throws RangeError when not so many are available */
  acceptCycles(amount: bigint): void;
  /** Creates cycles out of nothing, as the cycles minting canister may. */
  mintCycles(amount: bigint): void;
  burnCycles(amount: bigint): void;
  reply(bytes: Uint8Array): void;
  reject(message: string): void;
  call(call: NativeCall): void;
}

/** A call that a native canister makes; it waits for the response without bound. */
export interface NativeCall {
  readonly callee: Principal;
  readonly method: string;
  /** Candid-encoded. */
  readonly arg: Uint8Array;
  readonly cycles: bigint;
  /** Given back with the response: what to do then. Plain data, never changed. */
  readonly continuation: NativeState;
}
