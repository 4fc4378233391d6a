import { deadlineTimes } from './deadlines.ts';
import { canRunTasks, hasHeartbeat } from './execute-system-task.ts';
import { roundIntervalNanos } from './limits.ts';
import type { World } from './world.ts';

/** The earliest time after now at which something will happen without anybody doing anything. */
export function nextEventTimeNanos(world: World): bigint | undefined {
  let earliest: bigint | undefined;
  for (const time of futureTimes(world)) {
    if (time > world.state.timeNanos && (earliest === undefined || time < earliest)) earliest = time;
  }
  return earliest;
}

function* futureTimes(world: World): Generator<bigint> {
  yield* deadlineTimes(world);
  for (const message of world.state.messages.values()) {
    if (message.heldUntilNanos !== undefined) yield message.heldUntilNanos;
  }
  for (const canister of world.state.canisters.values()) {
    if (!canRunTasks(world, canister)) continue;
    yield canister.code?.globalTimerNanos ?? 0n;
    if (hasHeartbeat(canister)) yield world.state.lastRoundAtNanos + roundIntervalNanos;
  }
}
