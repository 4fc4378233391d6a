import type { CanisterLog } from '../state.ts';
import { maximumFetchedLogBytes } from './limits.ts';
import type { CanisterRequest } from './method.ts';
import type { CandidLogs, FetchLogsArgument } from './signatures.ts';

type LogRecord = CanisterLog['records'][number];

/**
 * `fetch_canister_logs`: what the canister printed and why it trapped, oldest first. If not all fits into an answer,
 * the newest records come; with a filter the oldest that it lets pass, so that one can page forward.
 */
export function fetchCanisterLogs({ canister, argument }: CanisterRequest<FetchLogsArgument>): CandidLogs {
  const [filter] = argument.filter;
  const { records } = canister.log;
  const chosen =
    filter === undefined
      ? fitting(records.toReversed()).reverse()
      : fitting(records.filter((record) => passes(record, filter)));
  return {
    canister_log_records: chosen.map(({ index, timestampNanos, content }) => ({
      idx: index,
      timestamp_nanos: timestampNanos,
      content,
    })),
  };
}

function passes(record: LogRecord, filter: NonNullable<FetchLogsArgument['filter'][0]>): boolean {
  const [value, range] =
    'by_idx' in filter ? [record.index, filter.by_idx] : [record.timestampNanos, filter.by_timestamp_nanos];
  return range.start <= value && value < range.end;
}

/** As many of the first records as an answer holds. */
function fitting(records: readonly LogRecord[]): LogRecord[] {
  let bytes = 0;
  const beyond = records.findIndex(({ content }) => {
    bytes += content.length;
    return bytes > maximumFetchedLogBytes;
  });
  return beyond === -1 ? [...records] : records.slice(0, beyond);
}
