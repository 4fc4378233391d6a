import { canisterVersion } from 'azle';
import { maximumCallsPerMessage } from '../../durable-call/index.ts';
import type { SagaEvent } from '../../saga/index.ts';
import { nowMs } from '../clock.ts';
import { noteDefect } from '../defects.ts';
import { tellJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { readConfiguration } from '../configuration/configuration-store.ts';
import { mayStartAttempts } from '../operators/queue-control.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { sagas } from '../sagas.ts';
import { readMeta } from '../storage/meta.ts';
import { callsLeft } from './call-budget.ts';
import { performAction } from './perform-action.ts';
import { knowledgeForWake } from './wake-knowledge.ts';

/** Leases ended in one message; ending one needs no call, so they do not count against its calls. */
const maximumExpiredPerMessage = 20;

/** A job that could not be woken is tried again after so long: an upgrade may have repaired what was wrong. */
const brokenJobRetryMs = 10 * 60 * 1000;

/** Starts as many waiting jobs as there are free places and as one message may make calls. */
export function wakeDueJobs(): void {
  for (const id of sagas.dueIds(nowMs(), freePlaces())) {
    // A search for a canister makes as many calls as it can; the others have their turn in the next message.
    if (callsLeft() > 0) wakeJob(id);
  }
}

/** Ends attempts whose lease has run out: their outcome counts as unknown from now on. */
export function endExpiredLeases(): void {
  for (const id of sagas.expiredIds(nowMs(), maximumExpiredPerMessage)) wakeJob(id);
}

/** Attempts that may be opened now: none while the queue is paused or drained. */
export function freePlaces(): number {
  if (!mayStartAttempts()) return 0;
  const { maximumOpenAttempts } = readConfiguration();
  return Math.max(0, Math.min(maximumCallsPerMessage, maximumOpenAttempts - sagas.openAttempts()));
}

function wakeUp(job: Job): SagaEvent<ProvisioningFacts> {
  const wake = { type: 'wake', epoch: readMeta().epoch, hostVersion: canisterVersion() } as const;
  const learned = knowledgeForWake(job);
  return learned ? { ...wake, learned } : wake;
}

function wakeJob(id: bigint): void {
  try {
    const { job, effects } = tellJob(id, wakeUp);
    for (const effect of effects) {
      if (effect.kind === 'perform') performAction(job, effect.attempt, effect.action);
    }
    if (effects.length > 0) return;
  } catch (error) {
    // One job's defect must not keep every other job from being woken.
    noteDefect(`job ${id} could not be woken`, error);
  }
  sagas.putOffWakeUp(id, nowMs(), nowMs() + brokenJobRetryMs);
}
