import type { CanisterFailure } from './canister-failure.ts';
import type { CanisterState } from './state.ts';
import type { World } from './world.ts';

/** The log keeps its newest records up to this size. Source: IC interface spec, 'fetch_canister_logs'. */
const maximumLogBytes = 4_096;

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
  const records = [...canister.log.records];
  for (const content of contents) {
    records.push({
      index: canister.log.nextIndex,
      timestampNanos: world.state.timeNanos,
      content: content.slice(0, maximumLogBytes),
    });
    canister.log.nextIndex += 1n;
    world.emit({
      event: 'debugPrint',
      step: world.state.executedSteps,
      canisterId: canister.id.toText(),
      text: new TextDecoder().decode(content),
    });
  }
  let bytes = records.reduce((sum, { content }) => sum + content.length, 0);
  while (bytes > maximumLogBytes) bytes -= records.shift()?.content.length ?? 0;
  canister.log.records = records;
}

/** Source: dfinity/ic `system_api.rs`, `add_canister_log_for_trap`: only traps are logged, not violations. */
function textOfTrap({ errorCode, description }: CanisterFailure): string | undefined {
  if (errorCode === 'IC0503') return `[TRAP]: ${/message: '(.*)'$/s.exec(description)?.[1] ?? description}`;
  return errorCode === 'IC0502' ? `[TRAP]: ${description.replace('Canister trapped: ', '')}` : undefined;
}
