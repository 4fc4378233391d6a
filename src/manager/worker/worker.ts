import { setTimer, setTimerInterval } from 'azle';
import { nowMs } from '../clock.ts';
import { sagas } from '../sagas.ts';
import { hasAnswers } from './answer-inbox.ts';
import { handleAnswers } from './handle-answers.ts';
import { canStartMore, wakeDueJobs } from './start-attempts.ts';

/**
 * A timer whose message trapped is gone and would leave the queue asleep; this finds the queue awake again at the
 * latest after so many seconds. Long, because an idle Manager should burn next to nothing.
 */
const watchdogIntervalSeconds = 300;

/** When the earliest pending run is set for, in this instance; timers do not survive an upgrade, and neither does this. */
let nextRunMs = Number.POSITIVE_INFINITY;

/** Arms what drives the queue. To be called once in each life of the Manager: from init and from postUpgrade. */
export function startWorker(): void {
  setTimerInterval(watchdogIntervalSeconds, () => {
    // A run that trapped rolled itself back together with this mark; without forgetting it nobody would run again.
    nextRunMs = Number.POSITIVE_INFINITY;
    run();
  });
  scheduleRun(nowMs());
}

/** Makes sure that the worker runs at `atMs` or earlier. Cheap when it would anyway. */
export function scheduleRun(atMs: number): void {
  if (nextRunMs <= atMs) return;
  nextRunMs = atMs;
  setTimer(Math.max(0, Math.ceil((atMs - nowMs()) / 1000)), run);
}

/**
 * One message of work. What is due starts before answers are read, so that a job which an answer has moved on
 * starts its next step in a later message: its progress is committed before anything is built on it.
 */
function run(): void {
  nextRunMs = Number.POSITIVE_INFINITY;
  wakeDueJobs();
  handleAnswers();
  if (hasAnswers() || canStartMore()) scheduleRun(nowMs());
  else scheduleNextWake();
}

function scheduleNextWake(): void {
  const wakeMs = sagas.nextWakeMs();
  if (wakeMs !== undefined) scheduleRun(Math.max(wakeMs, nowMs() + 1));
}
