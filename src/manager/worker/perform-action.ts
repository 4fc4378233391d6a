import type { OpenAttempt } from '../../saga/index.ts';
import { nowMs } from '../clock.ts';
import { tellJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import type { ProvisioningAction } from '../provisioning/action.ts';
import { greeterIdOf } from '../provisioning/provisioning-step.ts';
import { accountForCanister, canisterAccount } from '../registry/canisters.ts';
import { registerGreeter } from '../registry/greeters.ts';
import { refusalToSend, sendAction } from './send-action.ts';
import type { CallAction } from './send-action.ts';

/** Carries out what an attempt is for: sends its call, or does the local work and tells the job at once. */
export function performAction(job: Job, attempt: OpenAttempt, action: ProvisioningAction): void {
  const ticket = { serial: attempt.serial, epoch: attempt.epoch };
  switch (action.kind) {
    case 'registerGreeter':
      register(job);
      tellJob(
        job.id,
        attempt.phase === 'reconcile'
          ? { type: 'verdict', ticket, verdict: { kind: 'applied', evidence: 'the registry has it' } }
          : { type: 'outcome', ticket, outcome: { kind: 'applied' } },
      );
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
    const refusal = refusalToSend(error);
    if (readsEvidence)
      tellJob(job.id, { type: 'verdict', ticket, verdict: { ...refusal, kind: 'unreadable' } });
    else tellJob(job.id, { type: 'outcome', ticket, outcome: refusal });
  }
}

/** Done once, however often it is asked for. */
function register(job: Job): void {
  const canisterId = greeterIdOf(job);
  if (canisterAccount(canisterId)?.use === 'registered') return;
  const { owner, templateVersion } = job.facts;
  registerGreeter({ canisterId, owner, jobId: job.id, templateVersion, registeredAtMs: nowMs() });
  accountForCanister(canisterId, 'registered', job.id);
}
