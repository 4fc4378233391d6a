import type { Principal } from '@dfinity/principal';
import {
  fromOptional,
  type JobOutcome,
  type JobStatus,
  managerClient,
  variantName,
  waitForJob,
} from '../../client/index.ts';
import type { LocalNetwork } from '../../localnet/index.ts';
import { CliError } from '../cli-error.ts';
import { describeValue } from '../describe-value.ts';
import { localTransport } from '../local-transport.ts';
import { virtualClock } from '../virtual-clock.ts';

/** A job that came to its good end. */
export interface Provisioned {
  readonly job: JobStatus;
  readonly greeterId: Principal;
}

/** Longer than any backoff of the Manager's retries together; it is virtual time. */
const timeoutMs = 24 * 3_600_000;

/**
 * Does what a user does: asks for a Greeter, and follows the job until it is there.
 *
 * @param onStatus called with each new status
 * @throws CliError when the request is refused, or the job comes to rest anywhere else
 */
export async function provisionGreeter(
  network: LocalNetwork,
  user: Principal,
  managerId: Principal,
  onStatus: (job: JobStatus) => void,
): Promise<Provisioned> {
  const manager = managerClient(localTransport(network, user), managerId);
  const accepted = await manager.createGreeter([
    {
      idempotencyKey: ['my-first-greeter'],
      greeting: [],
      invitationCode: [],
    },
  ]);
  if ('Err' in accepted) {
    throw new CliError(
      'demo.not-admitted',
      `createGreeter was refused: ${describeValue(accepted.Err)}.`,
      'Nothing was created. src/manager/manager.did says what each refusal means.',
    );
  }
  const clock = virtualClock(network, managerId.toText());
  const outcome = await waitForJob(manager, accepted.Ok.job.id, { timeoutMs, onStatus, clock });
  if (outcome.kind === 'completed') return outcome;
  throw new CliError('demo.job-not-completed', `The job is ${howItStands(outcome)}`, adviceFor(outcome));
}

function howItStands(outcome: Exclude<JobOutcome, { kind: 'completed' }>): string {
  if (outcome.kind === 'notFound') return 'not known to the Manager.';
  if (outcome.kind === 'timedOut') {
    return `still not at its end after a day of virtual time. ${outcome.job?.summary ?? ''}`;
  }
  const error = fromOptional(outcome.job.lastError);
  const lastError = error ? ` Last error: ${error.code}, ${error.message}` : '';
  return `${variantName(outcome.job.status)}. ${outcome.job.summary}${lastError}`;
}

function adviceFor(outcome: JobOutcome): string {
  if (outcome.kind === 'parked') {
    return `On a network that lives on, an operator would help with: ${outcome.actions.join(', ')}. Here it should not have happened: run "npm test" to see what is broken.`;
  }
  return 'This should not have happened: run "npm test" to see what is broken.';
}
