import { thrownBy } from '../../support/thrown-by.ts';
import { CallRejectedError } from '../../../src/localnet/rejection.ts';

/** Runs a call that must be rejected and returns how. */
export function rejectionOf(call: () => unknown): { errorCode: string; rejectCode: number; message: string } {
  const { errorCode, rejectCode, rejectMessage } = thrownBy(CallRejectedError, call);
  return { errorCode, rejectCode, message: rejectMessage };
}
