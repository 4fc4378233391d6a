import { describeRejection } from './rejection.ts';
import type { IngressId } from './state.ts';

/** What can run in one step. */
export type StepKind =
  | 'update'
  | 'query'
  | 'reply'
  | 'reject'
  | 'heartbeat'
  | 'globalTimer'
  | 'lowWasmMemory'
  | 'management'
  /** The message was answered without executing anything. */
  | 'refused'
  /** A response nobody waits for any more: only its refund arrived. */
  | 'late';

/** What one call of `step()` did. */
export interface StepReport {
  readonly step: number;
  readonly timeNanos: bigint;
  readonly kind: StepKind;
  /** Textual canister id; `aaaaa-aa` for management calls. */
  readonly canisterId: string;
  /** Method executed, or, for callbacks, the method that was called. */
  readonly method: string;
  readonly outcome: 'committed' | 'trapped' | 'refused';
  /** Textual principal; absent in callbacks, timers and heartbeats. */
  readonly caller?: string;
  readonly instructions: bigint;
  /** Cycles that ceased to exist with this step: what was paid for it, mostly. */
  readonly burnedCycles: bigint;
  /** Set when `outcome` is not `committed`: error code and text. */
  readonly error?: string;
}

/** What happened, for logs and assertions. Deterministic: the same seed gives the same events. */
export type NetworkEvent =
  | ({ readonly event: 'step' } & StepReport)
  | {
      readonly event: 'ingressReceived';
      readonly step: number;
      readonly ingressId: IngressId;
      readonly sender: string;
      readonly canisterId: string;
      readonly method: string;
    }
  | {
      readonly event: 'ingressAnswered';
      readonly step: number;
      readonly ingressId: IngressId;
      readonly result: string;
    }
  | {
      readonly event: 'callSent';
      readonly step: number;
      readonly caller: string;
      readonly callee: string;
      readonly method: string;
      readonly callbackId: number;
      readonly cycles: bigint;
      readonly deadlineNanos: bigint | undefined;
    }
  | {
      readonly event: 'responseSent' | 'lateResponse';
      readonly step: number;
      readonly callee: string;
      readonly caller: string;
      readonly callbackId: number;
      readonly result: string;
      readonly refundCycles: bigint;
    }
  | {
      readonly event: 'callDelivered' | 'requestDropped' | 'callExpired';
      readonly step: number;
      readonly caller: string;
      readonly callee: string;
      readonly method: string;
      readonly callbackId: number;
    }
  | {
      readonly event: 'faultApplied';
      readonly step: number;
      readonly ruleId: number;
      readonly action: string;
    }
  | {
      readonly event: 'canisterStopped' | 'canisterOutOfCycles';
      readonly step: number;
      readonly canisterId: string;
    }
  | {
      readonly event: 'httpOutcallStarted';
      readonly step: number;
      readonly id: number;
      readonly caller: string;
      readonly method: string;
      readonly url: string;
    }
  | {
      /** Also when nobody answered and its time was over. */
      readonly event: 'httpOutcallAnswered';
      readonly step: number;
      readonly id: number;
      /** What the canister gets, in a few words. */
      readonly result: string;
    }
  | {
      readonly event: 'debugPrint';
      readonly step: number;
      readonly canisterId: string;
      readonly text: string;
    };

/** A result in a few words: `reply of 12 bytes`, or `IC0503: text`. */
export function describeResult(
  result:
    | { readonly kind: 'reply'; readonly bytes: Uint8Array }
    | {
        readonly kind: 'reject';
        readonly rejection: { readonly errorCode: string; readonly message: string };
      },
): string {
  return result.kind === 'reply'
    ? `reply of ${result.bytes.length} bytes`
    : describeRejection(result.rejection);
}
