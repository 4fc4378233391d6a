import { hasDeliverableMessage } from './scheduler.ts';
import type { World } from './world.ts';

/**
 * How much is executed in one round before the rest waits for the next. Source: dfinity/ic
 * `rs/config/src/subnet_config.rs`, `MAX_INSTRUCTIONS_PER_ROUND`: a slice of 2 billion and 2 billion more. Before slices
 * became shorter it was 7 billion, which the developer docs, 'Resource limits', still tell.
 */
export const roundInstructionLimit = 4_000_000_000n;

/** Whether the round that has begun still has something to execute; timers set in it belong to the next one. */
export function isRoundOpen(world: World): boolean {
  const { roundRequested, systemTasks } = world.state;
  return roundRequested || systemTasks.length > 0 || hasDeliverableMessage(world);
}
