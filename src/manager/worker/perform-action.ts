import type { OpenAttempt } from '../../saga/index.ts';
import { nowMs } from '../clock.ts';
import { tellJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import type { ProvisioningAction } from '../provisioning/action.ts';
import { greeterIdOf } from '../provisioning/provisioning-step.ts';
import { accountForCanister, canisterAccount } from '../registry/canisters.ts';
import { registerGreeter } from '../registry/greeters.ts';
import { searchBirth } from './search-birth.ts';
import { refusalToSend, sendAction } from './send-action.ts';
import type { CallOrigin } from './send-action.ts';

/** Carries out what an attempt is for: sends its call or calls, or does the local work and tells the job at once. */
export function performAction(job: Job, attempt: OpenAttempt, action: ProvisioningAction): void {
  const { serial, epoch, phase } = attempt;
  const ticket = { serial, epoch };
  switch (action.kind) {
    case 'registerGreeter':
      register(job);
      tellJob(
        job.id,
        phase === 'reconcile'
          ? { type: 'verdict', ticket, verdict: { kind: 'applied', evidence: 'the registry has it' } }
          : { type: 'outcome', ticket, outcome: { kind: 'applied' } },
      );
      return;
    case 'returnCandidate': {
      const evidence = 'calls about a vacant canister create nothing; the job does without it';
      const learned = { candidate: { kind: 'returned', canisterId: action.canisterId } } as const;
      tellJob(job.id, { type: 'verdict', ticket, verdict: { kind: 'notApplied', evidence, learned } });
      return;
    }
    default:
      send(job, { sagaId: job.id, ticket, stepIndex: job.cursor, phase }, action);
  }
}

function send(
  job: Job,
  origin: CallOrigin,
  action: Exclude<ProvisioningAction, { readonly kind: 'registerGreeter' | 'returnCandidate' }>,
): void {
  const { ticket, phase } = origin;
  try {
    if (action.kind === 'searchBirth') searchBirth(job, origin, action);
    else sendAction(action, action.kind, origin);
  } catch (error) {
    const refusal = refusalToSend(error);
    if (phase === 'reconcile')
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
