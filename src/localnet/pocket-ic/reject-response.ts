import { CallRejectedError } from '../rejection.ts';
import type { JsonValue } from './bare-json.ts';

/** Variant names of `RejectCode` in the PocketIC protocol. Source: dfinity/ic `packages/pocket-ic/src/lib.rs`. */
const rejectCodeNames = [
  'SysFatal',
  'SysTransient',
  'DestinationInvalid',
  'CanisterReject',
  'CanisterError',
  'SysUnknown',
] as const;

/** Variant names of `ErrorCode`, by number. Source: dfinity/ic `rs/types/error_types/src/lib.rs`. */
// prettier-ignore
const errorCodeNames: Readonly<Record<number, string>> = {
  101: 'SubnetOversubscribed', 102: 'MaxNumberOfCanistersReached',

  201: 'CanisterQueueFull', 202: 'IngressMessageTimeout', 203: 'CanisterQueueNotEmpty', 204: 'IngressHistoryFull',
  205: 'CanisterIdAlreadyExists', 206: 'StopCanisterRequestTimeout', 207: 'CanisterOutOfCycles',
  208: 'CertifiedStateUnavailable', 209: 'CanisterInstallCodeRateLimited', 210: 'CanisterHeapDeltaRateLimited',

  301: 'CanisterNotFound', 305: 'CanisterSnapshotNotFound',

  402: 'InsufficientMemoryAllocation', 403: 'InsufficientCyclesForCreateCanister', 404: 'SubnetNotFound',
  405: 'CanisterNotHostedBySubnet', 406: 'CanisterRejectedMessage', 407: 'UnknownManagementMessage',
  408: 'InvalidManagementPayload', 409: 'CanisterSnapshotImmutable',

  502: 'CanisterTrapped', 503: 'CanisterCalledTrap', 504: 'CanisterContractViolation', 505: 'CanisterInvalidWasm',
  506: 'CanisterDidNotReply', 507: 'CanisterOutOfMemory', 508: 'CanisterStopped', 509: 'CanisterStopping',
  510: 'CanisterNotStopped', 511: 'CanisterStoppingCancelled', 512: 'CanisterInvalidController',
  513: 'CanisterFunctionNotFound', 514: 'CanisterNonEmpty', 517: 'QueryCallGraphLoopDetected',
  520: 'InsufficientCyclesInCall', 521: 'CanisterWasmEngineError', 522: 'CanisterInstructionLimitExceeded',
  524: 'CanisterMemoryAccessLimitExceeded', 525: 'QueryCallGraphTooDeep',
  526: 'QueryCallGraphTotalInstructionLimitExceeded', 527: 'CompositeQueryCalledInReplicatedMode',
  528: 'QueryTimeLimitExceeded', 529: 'QueryCallGraphInternal', 530: 'InsufficientCyclesInComputeAllocation',
  531: 'InsufficientCyclesInMemoryAllocation', 532: 'InsufficientCyclesInMemoryGrow',
  533: 'ReservedCyclesLimitExceededInMemoryAllocation', 534: 'ReservedCyclesLimitExceededInMemoryGrow',
  535: 'InsufficientCyclesInMessageMemoryGrow', 536: 'CanisterMethodNotFound', 537: 'CanisterWasmModuleNotFound',
  538: 'CanisterAlreadyInstalled', 539: 'CanisterWasmMemoryLimitExceeded', 540: 'ReservedCyclesLimitIsTooLow',

  601: 'DeadlineExpired', 602: 'ResponseDropped',
};

/** The name of an error code such as `IC0503`; a code without a name is shown as it is. */
export function errorCodeName(errorCode: string): string {
  return errorCodeNames[Number(errorCode.slice(2))] ?? errorCode;
}

/**
 * The protocol's `{Err: RejectResponse}`.
 *
 * @param certified whether the rejection is part of the replicated state: true for calls that were accepted
 */
export function rejectResponse(error: CallRejectedError, certified: boolean): JsonValue {
  return {
    Err: {
      reject_code: rejectCodeNames[error.rejectCode - 1],
      reject_message: error.rejectMessage,
      error_code: errorCodeName(error.errorCode),
      certified,
    },
  };
}

/** Runs a call. @returns `{Ok: …}`, or `{Err: …}` when the call is rejected */
export function resultOf(certified: boolean, call: () => JsonValue): JsonValue {
  try {
    return { Ok: call() };
  } catch (error) {
    if (error instanceof CallRejectedError) return rejectResponse(error, certified);
    throw error;
  }
}
