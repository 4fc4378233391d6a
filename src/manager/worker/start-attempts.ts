import { canisterVersion } from 'azle';
import { maximumCallsPerMessage } from '../../durable-call/index.ts';
import type { OpenAttempt } from '../../saga/index.ts';
import { nowMs } from '../clock.ts';
import { tellJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { maximumOpenAttempts } from '../limits.ts';
import type { ProvisioningAction } from '../provisioning/action.ts';
import { greeterIdOf } from '../provisioning/provisioning-step.ts';
import { accountForCanister } from '../registry/canisters.ts';
import { registerGreeter } from '../registry/greeters.ts';
import { sagas } from '../sagas.ts';
import { readMeta } from '../storage/meta.ts';
import { refusalToSend, sendAction } from './send-action.ts';
import type { CallAction, NotSent } from './send-action.ts';

/** Leases looked at in one message; those that ran out need no call, so they do not count against its calls. */
const maximumExpiredPerMessage = 20;

/**
 * Wakes what is due: first attempts whose lease ran out, then as many waiting jobs as there are free places and as
 * one message may make calls.
 */
export function wakeDueJobs(): void {
  const wake = { type: 'wake', epoch: readMeta().epoch, hostVersion: canisterVersion() } as const;
  for (const id of sagas.expiredIds(nowMs(), maximumExpiredPerMessage)) carryOut(tellJob(id, wake));
  for (const id of sagas.dueIds(nowMs(), freePlaces())) carryOut(tellJob(id, wake));
}

/** Whether some waiting job could be started right now. */
export function canStartMore(): boolean {
  return sagas.dueIds(nowMs(), freePlaces()).length > 0;
}

function freePlaces(): number {
  return Math.max(0, Math.min(maximumCallsPerMessage, maximumOpenAttempts - sagas.openAttempts()));
}

function carryOut({ job, effects }: ReturnType<typeof tellJob>): void {
  for (const effect of effects) {
    if (effect.kind === 'perform') perform(job, effect.attempt, effect.action);
  }
}

function perform(job: Job, attempt: OpenAttempt, action: ProvisioningAction): void {
  const ticket = { serial: attempt.serial, epoch: attempt.epoch };
  switch (action.kind) {
    case 'registerGreeter':
      register(job);
      tellJob(job.id, { type: 'outcome', ticket, outcome: { kind: 'applied' } });
      return;
    case 'askOperator':
      tellJob(job.id, {
        type: 'verdict',
        ticket,
        verdict: { kind: 'undecided', evidence: action.evidence },
      });
      return;
    default:
      send(job, attempt, action);
  }
}

function send(job: Job, { serial, epoch, phase }: OpenAttempt, action: CallAction): void {
  const ticket = { serial, epoch };
  const readsEvidence = phase === 'reconcile';
  try {
    sendAction(action, { kind: 'attempt', sagaId: job.id, ticket, stepIndex: job.cursor, readsEvidence });
  } catch (error) {
    onNotSent(job.id, ticket, readsEvidence, refusalToSend(error));
  }
}

function onNotSent(
  jobId: bigint,
  ticket: { serial: number; epoch: number },
  readsEvidence: boolean,
  refusal: NotSent,
): void {
  if (readsEvidence)
    tellJob(jobId, { type: 'verdict', ticket, verdict: { kind: 'unreadable', error: refusal } });
  else tellJob(jobId, { type: 'outcome', ticket, outcome: { kind: 'notApplied', error: refusal } });
}

function register(job: Job): void {
  const canisterId = greeterIdOf(job);
  const { owner, templateVersion } = job.facts;
  registerGreeter({ canisterId, owner, jobId: job.id, templateVersion, registeredAtMs: nowMs() });
  accountForCanister(canisterId, 'registered', job.id);
}
