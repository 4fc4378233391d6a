/** What can go wrong with one call of the Manager. */
export type CallFault =
  /** The system does not take it. */
  | { readonly kind: 'notEnqueued' }
  /** Refused before any effect; the refusal may be under way for longer than the Manager waits. */
  | {
      readonly kind: 'reject';
      readonly code: 1 | 2 | 3 | 4 | 5;
      readonly message: string;
      readonly lateMs?: number;
    }
  /** SYS_UNKNOWN although it was carried out. Bounded-wait calls only, as all that end in SYS_UNKNOWN. */
  | { readonly kind: 'unknownApplied' }
  /** SYS_UNKNOWN, and it was never carried out. */
  | { readonly kind: 'unknownNotApplied' }
  /** SYS_UNKNOWN, and it is carried out so much later. */
  | { readonly kind: 'unknownAppliedLater'; readonly laterMs: number }
  /** Carried out at once, answered so much later; a bounded wait ends before that. */
  | { readonly kind: 'replyDelayed'; readonly byMs: number }
  /** The reply is not the Candid it should be. */
  | { readonly kind: 'replyGarbled' }
  /** The reply is far longer than it should be. */
  | { readonly kind: 'replyOversized' }
  /** The message of the response handler traps: the answer is lost. */
  | { readonly kind: 'handlerTraps' };

/** What can happen just before a message of the Manager, or to it. */
export type MessageFault =
  /** It traps, whatever it is: a timer's, a user's, an operator's. Responses: see `handlerTraps`. */
  | { readonly kind: 'trap' }
  /** The Manager is upgraded with calls open. */
  | { readonly kind: 'upgrade' }
  /** It is stopped, which waits for its open calls; then upgraded and started. */
  | { readonly kind: 'stoppedUpgrade' }
  | { readonly kind: 'clockJump'; readonly byMs: number }
  /** Its cycles are gone until it is topped up. */
  | { readonly kind: 'drained'; readonly forMs: number }
  | { readonly kind: 'feeRaised'; readonly forMs: number }
  | { readonly kind: 'installsRateLimited'; readonly forMs: number }
  /** Nothing the Manager calls is carried out until then; bounded waits end before. */
  | { readonly kind: 'stall'; readonly forMs: number }
  /** Nothing can be learned about any canister until then. */
  | { readonly kind: 'readsFail'; readonly forMs: number }
  /** Canisters that are nobody's yet lose most of their cycles. */
  | { readonly kind: 'canistersBurn' }
  /** Canisters that are nobody's yet are stopped. */
  | { readonly kind: 'canistersStop' }
  /** The active template's init traps until then. */
  | { readonly kind: 'templateBroken'; readonly forMs: number };

/** One fault of a schedule, with where it strikes. */
export type Fault =
  /** `nth` call of this method, counted from 1, refused ones included. */
  | { readonly at: 'call'; readonly method: string; readonly nth: number; readonly fault: CallFault }
  /** `nth` message of the Manager after its deployment, counted from 1, responses and queries' not included. */
  | { readonly at: 'message'; readonly nth: number; readonly fault: MessageFault };

/** Rejects as a replica words them. */
export const rejects: readonly Extract<CallFault, { kind: 'reject' }>[] = [
  { kind: 'reject', code: 1, message: 'IC0101: Subnet is oversubscribed' },
  { kind: 'reject', code: 2, message: 'IC0204: No route to canister' },
  { kind: 'reject', code: 3, message: 'IC0301: Canister not found.' },
  { kind: 'reject', code: 4, message: 'IC0402: Refused by policy' },
  { kind: 'reject', code: 5, message: 'IC0502: Canister trapped' },
];

/** A fault in a few words, for logs and for the schedules of failed runs. */
export function describeFault(fault: CallFault | MessageFault): string {
  const { kind, ...details } = fault;
  const shown = Object.values(details);
  return shown.length === 0 ? kind : `${kind}(${shown.join(', ')})`;
}
