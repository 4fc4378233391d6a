import type { Principal } from '@dfinity/principal';
import type { Rejection } from '../rejection.ts';

/** Which calls a rule is about; an absent field matches any. Users' calls count with the user as caller. */
export interface FaultMatch {
  readonly caller?: Principal;
  readonly callee?: Principal;
  readonly method?: string;
  /** Only the n-th matching call since the rule was added, counted from 1. Absent: every one. */
  readonly nth?: number;
}

/**
 * What goes wrong with a call. SYS_UNKNOWN is given also to callers that wait without bound, which the IC never does:
 * match only bounded-wait calls where that matters. To users' own calls only `reject`, `delay`, `trap` and
 * `limitInstructions` apply, to management calls all but `trap` and
 * `limitInstructions`.
 */
export type FaultAction =
  /** The callee never sees the call; the caller gets this rejection, and its cycles back. */
  | { readonly kind: 'reject'; readonly rejection: Rejection }
  /** The callee never sees the call; the caller gets SYS_UNKNOWN, its cycles come back without a callback. */
  | { readonly kind: 'dropBeforeExecution' }
  /** The callee executes the call; its response is lost and the caller gets SYS_UNKNOWN. */
  | { readonly kind: 'dropReply' }
  /** The caller gets SYS_UNKNOWN now; the callee executes the call later. */
  | { readonly kind: 'applyLater'; readonly milliseconds: number }
  /**
   * The request waits: in the callee's input queue (default), where only a bounded-wait call expires, or in the
   * caller's output queue, where every call is given up at its deadline or after 300 s.
   */
  | { readonly kind: 'delay'; readonly milliseconds: number; readonly place?: 'inputQueue' | 'outputQueue' }
  /** The response waits on its way back. */
  | { readonly kind: 'delayReply'; readonly milliseconds: number }
  /** The callee's entry point traps with this text. */
  | { readonly kind: 'trap'; readonly message: string }
  /** The caller's reply or reject callback for this call traps with this text. */
  | { readonly kind: 'trapCallback'; readonly message: string }
  /** The callee's entry point may use so many instructions, as if the subnet's limit were that low. */
  | { readonly kind: 'limitInstructions'; readonly instructions: bigint }
  /** The caller's reply or reject callback for this call may use so many instructions. */
  | { readonly kind: 'limitCallback'; readonly instructions: bigint };

/** One line of the fault script. */
export interface FaultRule {
  readonly id: number;
  readonly match: FaultMatch;
  readonly action: FaultAction;
}
