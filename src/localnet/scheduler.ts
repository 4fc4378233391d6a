import { hasHeartbeat, canRunTasks, isTimerDue } from './execute-system-task.ts';
import { nextRandomState, randomFraction } from './random.ts';
import type { CanisterKey, QueuedMessage, SystemTask } from './state.ts';
import type { World } from './world.ts';

/** What runs next. */
export type WorkItem =
  | { readonly kind: 'message'; readonly message: QueuedMessage }
  | { readonly kind: 'task'; readonly task: SystemTask };

/**
 * Takes the next thing to run out of its queue.
 *
 * Without a seed: what a round of an idle subnet shows. Timers and heartbeats of a round come first, then messages
 * in the order of their arrival, until none is left; then the next round begins with the timers set meanwhile.
 * With a seed: any order that the rules allow, which is first-in-first-out for the requests of one canister to
 * another and nothing else.
 */
export function takeNext(world: World): WorkItem | undefined {
  return world.state.shuffle === undefined ? takeInOrder(world) : takeAtRandom(world);
}

function takeInOrder(world: World): WorkItem | undefined {
  const urgent = firstUrgent(world);
  if (urgent !== undefined) return takeMessage(world, urgent);
  if (world.state.roundRequested && world.state.systemTasks.length === 0) beginRound(world, true);
  const task = world.state.systemTasks.shift();
  if (task !== undefined) return { kind: 'task', task };
  const message = deliverable(world).next().value;
  if (message !== undefined) return takeMessage(world, message);
  beginRound(world, false);
  const nextTask = world.state.systemTasks.shift();
  return nextTask === undefined ? undefined : { kind: 'task', task: nextTask };
}

function takeAtRandom(world: World): WorkItem | undefined {
  if (world.state.roundRequested) beginRound(world, true);
  addTasks(world, dueTimers(world));
  addTasks(world, lowMemoryHooks(world));
  const messages = [...deliverable(world)];
  const urgent = messages.find(isUrgent);
  if (urgent !== undefined) return takeMessage(world, urgent);
  const tasks = world.state.systemTasks;
  const choices = messages.length + tasks.length;
  if (choices === 0) return undefined;
  const chosen = Math.floor(randomFraction(world.state.shuffle ?? 0) * choices);
  world.state.shuffle = nextRandomState(world.state.shuffle ?? 0);
  const message = messages[chosen];
  if (message !== undefined) return takeMessage(world, message);
  const [task] = tasks.splice(chosen - messages.length, 1);
  return task === undefined ? undefined : { kind: 'task', task };
}

/** Asked for at every step, so it copies nothing: a thousand messages may be waiting. */
function firstUrgent(world: World): QueuedMessage | undefined {
  for (const message of world.state.messages.values()) if (isUrgent(message)) return message;
  return undefined;
}

function isUrgent(message: QueuedMessage): boolean {
  return message.kind === 'ingress' && message.ahead;
}

function takeMessage(world: World, message: QueuedMessage): WorkItem {
  world.state.messages.delete(message.sequence);
  return { kind: 'message', message };
}

/** Whether any message may be delivered now. */
export function hasDeliverableMessage(world: World): boolean {
  return deliverable(world).next().done !== true;
}

/** Messages that may be delivered now, oldest first. */
function* deliverable(world: World): Generator<QueuedMessage, undefined> {
  const waitingPairs = new Set<string>();
  for (const message of world.state.messages.values()) {
    const held = message.heldUntilNanos !== undefined && message.heldUntilNanos > world.state.timeNanos;
    if (message.kind !== 'request') {
      if (!held) yield message;
      continue;
    }
    const pair = `${message.sender.toHex()}>${message.receiver.toHex()}`;
    if (waitingPairs.has(pair)) continue;
    if (!held) yield message;
    // A call answered SYS_UNKNOWN and executed later stands for a callee that takes its time over it, as over a
    // long installation: later calls pass it.
    if (!message.outlivesDeadline) waitingPairs.add(pair);
  }
  return undefined;
}

function* dueTimers(world: World): Generator<SystemTask> {
  for (const [canister, state] of world.state.canisters) {
    if (isTimerDue(world, state)) yield { kind: 'globalTimer', canister };
  }
}

function* heartbeats(world: World): Generator<SystemTask> {
  for (const [canister, state] of world.state.canisters) {
    if (hasHeartbeat(state) && canRunTasks(world, state)) yield { kind: 'heartbeat', canister };
  }
}

/** Hooks that could not run when they became ready, because their canister was stopped or frozen. */
function* lowMemoryHooks(world: World): Generator<SystemTask> {
  for (const [canister, state] of world.state.canisters) {
    if (state.lowWasmMemoryHook === 'ready' && canRunTasks(world, state)) {
      yield { kind: 'lowWasmMemory', canister };
    }
  }
}

function beginRound(world: World, withHeartbeats: boolean): void {
  world.state.roundRequested = false;
  world.state.lastRoundAtNanos = world.state.timeNanos;
  addTasks(world, lowMemoryHooks(world));
  if (withHeartbeats) addTasks(world, heartbeats(world));
  addTasks(world, dueTimers(world));
}

function addTasks(world: World, tasks: Iterable<SystemTask>): void {
  const waiting = world.state.systemTasks;
  const isWaiting = (kind: SystemTask['kind'], canister: CanisterKey): boolean =>
    waiting.some((task) => task.kind === kind && task.canister === canister);
  for (const task of tasks) {
    if (!isWaiting(task.kind, task.canister)) waiting.push(task);
  }
}
