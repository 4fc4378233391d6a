import { CallRejectedError } from '../../../src/localnet/rejection.ts';

/** Runs a call that must be rejected and returns how. */
export function rejectionOf(call: () => unknown): { errorCode: string; rejectCode: number; message: string } {
  try {
    call();
  } catch (error) {
    if (!(error instanceof CallRejectedError)) throw error;
    return { errorCode: error.errorCode, rejectCode: error.rejectCode, message: error.rejectMessage };
  }
  throw new Error('The call was not rejected.');
}
