import { nanosFromMs, nowMs } from '../clock.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { sagas } from '../sagas.ts';
import { optional } from '../views/optional.ts';
import { countOpenCalls } from '../worker/open-calls.ts';
import { scheduleRun } from '../worker/worker.ts';
import { audited, requireRequest, wasDoneBefore } from './audited.ts';
import { readQueueControl, writeQueueControl } from './queue-control.ts';
import type { QueueControl } from './queue-control.ts';

/** Candid's `QueueRequest`. */
export interface QueueRequest {
  readonly requestId: string;
  readonly reason: string;
}

/** Starts no new attempt and accepts no new request until `resumeQueue`: the value of Candid's `QueueResult`. */
export function pauseQueue(request: QueueRequest): object {
  return change('pauseQueue', request, (control) => ({
    ...control,
    paused: { reason: request.reason, sinceMs: nowMs() },
  }));
}

/** Ends a pause and a preparation for an upgrade: the value of Candid's `QueueResult`. */
export function resumeQueue(request: QueueRequest): object {
  return change('resumeQueue', request, ({ paused, drainingSinceMs }) =>
    paused === undefined && drainingSinceMs === undefined ? undefined : {},
  );
}

/**
 * Starts no new attempt until the next upgrade, so that a stop need not wait for more than what is under way. To be
 * asked again, until the answer is `ready`, which waits for every call that is open, also for those that are no
 * attempt's: the value of Candid's `QueueResult`.
 */
export function prepareUpgrade(request: QueueRequest): object {
  return change('prepareUpgrade', request, (control) =>
    control.drainingSinceMs === undefined ? { ...control, drainingSinceMs: nowMs() } : undefined,
  );
}

/** The queue's controls for Candid's `QueueStats` and `QueueControl`. */
export function queueControlView({ paused, drainingSinceMs }: QueueControl): {
  paused: object;
  draining: object;
} {
  return {
    paused: optional(paused).map(({ reason, sinceMs }) => ({ reason, since: nanosFromMs(sinceMs) })),
    draining: optional(drainingSinceMs).map((sinceMs) => ({ since: nanosFromMs(sinceMs) })),
  };
}

/** @param next the controls as they are to be, or undefined when they are so already: then there is nothing to audit */
function change(
  verb: string,
  request: QueueRequest,
  next: (control: QueueControl) => QueueControl | undefined,
): object {
  return orInvalidRequest(() => {
    requireRequest(request);
    const action = { verb, target: 'queue', ...request };
    const control = wasDoneBefore(action) ? undefined : next(readQueueControl());
    if (control) {
      audited(action, () => {
        writeQueueControl(control);
        return { outcome: outcomeOf(control), result: undefined };
      });
      scheduleRun(nowMs());
    }
    return { Ok: controlView() };
  });
}

function outcomeOf({ paused, drainingSinceMs }: QueueControl): string {
  if (paused) return drainingSinceMs === undefined ? 'paused' : 'paused and draining';
  return drainingSinceMs === undefined ? 'running' : 'draining';
}

function controlView(): object {
  const control = readQueueControl();
  const openAttempts = sagas.openAttempts();
  const halted = control.paused !== undefined || control.drainingSinceMs !== undefined;
  return {
    ...queueControlView(control),
    openAttempts,
    ready: halted && openAttempts === 0 && countOpenCalls() === 0,
  };
}
