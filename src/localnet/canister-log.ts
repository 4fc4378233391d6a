import type { CanisterFailure } from './canister-failure.ts';
import type { CanisterLog, CanisterState } from './state.ts';
import type { World } from './world.ts';

/*
 * A log keeps its newest records up to the setting `log_memory_limit`. Source: IC interface spec,
 * 'fetch_canister_logs'; dfinity/ic `rs/types/types/src/canister_log.rs`.
 */

type LogRecord = CanisterLog['records'][number];

/** What a record takes besides its content: index, time and the content's own bookkeeping. */
const recordBytes = 40;

export function emptyLog(): CanisterLog {
  return { nextIndex: 0n, bytes: 0, records: [] };
}

/** Adds what an execution printed, and why it failed, to the canister's log. */
export function appendLog(
  world: World,
  canister: CanisterState,
  debugPrints: readonly Uint8Array[],
  failure: CanisterFailure | undefined,
): void {
  const contents = [...debugPrints];
  const trapText = failure === undefined ? undefined : textOfTrap(failure);
  if (trapText !== undefined) contents.push(new TextEncoder().encode(trapText));
  if (contents.length === 0) return;
  for (const content of contents) {
    world.emit({
      event: 'debugPrint',
      step: world.state.executedSteps,
      canisterId: canister.id.toText(),
      text: new TextDecoder().decode(content),
    });
  }
  addRecords(canister, contents, world.state.timeNanos);
}

function addRecords(canister: CanisterState, contents: readonly Uint8Array[], timestampNanos: bigint): void {
  const limitBytes = Number(canister.settings.logMemoryLimitBytes);
  // A limit of 0 means that nothing is logged.
  if (limitBytes < recordBytes) return;
  const { log } = canister;
  const added = contents.map((content, position) => ({
    index: log.nextIndex + BigInt(position),
    timestampNanos,
    content: content.slice(0, limitBytes - recordBytes),
  }));
  log.nextIndex += BigInt(added.length);
  keep(log, [...log.records, ...added], limitBytes);
}

/** Drops the oldest records when the limit became smaller. */
export function trimLog(canister: CanisterState): void {
  keep(canister.log, canister.log.records, Number(canister.settings.logMemoryLimitBytes));
}

/**
 * Drops records: a new installation has its own log, which its hooks may have begun. The numbers go on, because a
 * number names one record of a canister for ever.
 */
export function forgetLogBefore(canister: CanisterState, index: bigint): void {
  const records = canister.log.records.filter((record) => record.index >= index);
  keep(canister.log, records, Number(canister.settings.logMemoryLimitBytes));
}

function keep(log: CanisterLog, records: readonly LogRecord[], limitBytes: number): void {
  let bytes = 0;
  let first = records.length;
  for (let record = records[first - 1]; record !== undefined; record = records[first - 1]) {
    if (bytes + sizeOf(record) > limitBytes) break;
    bytes += sizeOf(record);
    first -= 1;
  }
  log.records = records.slice(first);
  log.bytes = bytes;
}

function sizeOf({ content }: LogRecord): number {
  return recordBytes + content.length;
}

/** Source: dfinity/ic `system_api.rs`, `add_canister_log_for_trap`: only traps are logged, not violations. */
function textOfTrap({ errorCode, description }: CanisterFailure): string | undefined {
  if (errorCode === 'IC0503') return `[TRAP]: ${/message: '(.*)'$/s.exec(description)?.[1] ?? description}`;
  return errorCode === 'IC0502' ? `[TRAP]: ${description.replace('Canister trapped: ', '')}` : undefined;
}
