import type { HttpOutcallAnswer } from '../http-outcall.ts';
import type { RejectCode } from '../rejection.ts';

/** A request that got no response the canister may see. */
export class OutcallFailedError extends Error {
  override readonly name = 'OutcallFailedError';

  /** @param rejectCode 1: the same request fails again; 2: it may succeed later */
  constructor(
    readonly rejectCode: RejectCode & (1 | 2),
    message: string,
  ) {
    super(message);
  }

  get answer(): HttpOutcallAnswer {
    return { kind: 'reject', rejectCode: this.rejectCode, message: this.message };
  }
}
