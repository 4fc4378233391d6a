import type { CanisterRequest } from './method.ts';
import type { CandidLogs } from './signatures.ts';

/** `fetch_canister_logs`: what the canister printed and why it trapped, oldest first. */
export function fetchCanisterLogs({ canister }: CanisterRequest<unknown>): CandidLogs {
  return {
    canister_log_records: canister.log.records.map(({ index, timestampNanos, content }) => ({
      idx: index,
      timestamp_nanos: timestampNanos,
      content,
    })),
  };
}
