import type { HttpOutcallAnswer } from '../http-outcall.ts';
import type { UpdateCall } from '../ingress.ts';
import type { LocalNetwork } from '../network.ts';
import { CallRejectedError } from '../rejection.ts';
import type { IngressId } from '../state.ts';

/**
 * Everything that ever changes a live network, as plain data. The same inputs applied in the same order to the same
 * state give the same network.
 */
export type NetworkInput =
  | {
      readonly kind: 'time';
      /** Nanoseconds since 1970, never less than before. */
      readonly timeNanos: bigint;
    }
  | { readonly kind: 'submit'; readonly call: UpdateCall }
  | {
      /** To a request that waits. */
      readonly kind: 'httpOutcallAnswer';
      readonly id: number;
      readonly answer: HttpOutcallAnswer;
    }
  | {
      readonly kind: 'steps';
      /** At most so many; fewer when nothing more can run. */
      readonly count: number;
    };

/** Sees every input before it is applied, for instance to write it down. */
export interface InputJournal {
  append(input: NetworkInput): void;
  /** Resolves when everything appended so far is safe; no client hears of anything before. */
  flushed(): Promise<void>;
  /**
   * The network failed over the input appended last, in a way only a defect can, and is not to be trusted any more.
   * That input must not be repeated, or the network would fail again at every start; and nothing follows.
   */
  retractLast(): void;
}

/** What an input did. */
export type InputResult =
  | { readonly kind: 'time' | 'httpOutcallAnswered' }
  | { readonly kind: 'submitted'; readonly ingressId: IngressId }
  | { readonly kind: 'refused'; readonly refusal: CallRejectedError }
  | { readonly kind: 'steps'; readonly executed: number };

/** Applies one input; a refused call is a result like any other, so that a journal can be read back without care. */
export function applyInput(network: LocalNetwork, input: NetworkInput): InputResult {
  switch (input.kind) {
    case 'time':
      network.advanceTimeTo(input.timeNanos);
      return { kind: 'time' };
    case 'submit':
      try {
        return { kind: 'submitted', ingressId: network.submitUpdate(input.call) };
      } catch (error) {
        if (error instanceof CallRejectedError) return { kind: 'refused', refusal: error };
        throw error;
      }
    case 'httpOutcallAnswer':
      network.answerHttpOutcall(input.id, input.answer);
      return { kind: 'httpOutcallAnswered' };
    case 'steps':
      return { kind: 'steps', executed: network.run(input.count) };
  }
}
