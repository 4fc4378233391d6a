import { setTimer, setTimerInterval } from 'azle';
import { nowMs } from '../clock.ts';
import { noteDefect } from '../defects.ts';
import { compactEndedJobs } from '../retention/compact-ended-jobs.ts';
import { continueOrphanScan } from '../orphans/run-scan.ts';
import { sagas } from '../sagas.ts';
import { hasUnreadAnswers } from './answer-inbox.ts';
import { handleAnswers } from './handle-answers.ts';
import { keepCanistersWarm } from './warm-canisters.ts';
import { endExpiredLeases, freePlaces, wakeDueJobs } from './wake-jobs.ts';

/**
 * A timer whose message trapped is gone and would leave the queue asleep; this finds the queue awake again at the
 * latest after so many seconds. Long, because an idle Manager should burn next to nothing.
 */
const watchdogIntervalSeconds = 300;

/** A run that is so much too late was lost: its message trapped and took the mark that it had run back with it. */
const lostRunMs = 10_000;

/** The run that is set for the earliest time, in this instance; timers do not survive an upgrade, and neither does this. */
let nextRun: { readonly atMs: number } | undefined;

/** Arms what drives the queue. To be called once in each life of the Manager: from init and from postUpgrade. */
export function startWorker(): void {
  setTimerInterval(watchdogIntervalSeconds, run);
  scheduleRun(nowMs());
}

/** Makes sure that the worker runs at `atMs` or earlier. Cheap when it would anyway. */
export function scheduleRun(atMs: number): void {
  if (nextRun && nextRun.atMs <= atMs && nextRun.atMs > nowMs() - lostRunMs) return;
  const thisRun = { atMs };
  nextRun = thisRun;
  setTimer(Math.max(0, Math.ceil((atMs - nowMs()) / 1000)), () => {
    // A timer that an earlier one has overtaken must not run: each would set a successor, and they would only multiply.
    if (nextRun === thisRun) run();
  });
}

/**
 * One message of work. What is due starts before answers are read, so that a job which an answer has moved on
 * starts its next step in a later message: its progress is committed before anything is built on it. Leases end
 * last, and only when every answer is read, so that no attempt counts as unanswered whose answer is there.
 */
function run(): void {
  nextRun = undefined;
  wakeDueJobs();
  handleAnswers();
  if (!hasUnreadAnswers()) endExpiredLeases();
  const hasMoreChores = doChores(freePlaces() > 0);
  if (hasUnreadAnswers() || hasMoreChores) scheduleRun(nowMs());
  else scheduleNextWake();
}

/** What is done beside the jobs. @returns whether there is more of it to be done at once */
function doChores(mayStart: boolean): boolean {
  if (mayStart) attempt('keep canisters warm', keepCanistersWarm);
  const hasMoreIds = mayStart && attempt('look for orphans', continueOrphanScan) === true;
  const hasMoreJournals = attempt('let go of journals', () => compactEndedJobs(nowMs())) === true;
  return hasMoreIds || hasMoreJournals;
}

/**
 * A chore that meets what it cannot read (a row of another version of the Manager) must not trap the run: that would
 * undo what the run did for the jobs, now and every time.
 */
function attempt<T>(chore: string, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    noteDefect(`the worker could not ${chore}`, error);
    return undefined;
  }
}

/**
 * At once, when more jobs wait than this message could start. What is further away than the watchdog is left to it:
 * leases are, and nearly all of them end with an answer long before, so a timer for each would only fire for nothing.
 * Without a free place there is nothing to run for before an answer comes or the watchdog ends a lease.
 */
function scheduleNextWake(): void {
  const wakeMs = freePlaces() > 0 ? sagas.nextWakeMs() : undefined;
  if (wakeMs === undefined || wakeMs > nowMs() + watchdogIntervalSeconds * 1000) return;
  scheduleRun(Math.max(wakeMs, nowMs()));
}
