import type { Principal } from '@dfinity/principal';
import {
  type CallTransport,
  fromOptional,
  type JobOutcome,
  type JobStatus,
  managerClient,
  variantName,
  waitForJob,
  type WaitingClock,
} from '../../client/index.ts';
import { CliError } from '../cli-error.ts';
import { describeValue } from '../describe-value.ts';
import { briskClock } from './brisk-clock.ts';

/** A job that came to its good end. */
export interface Provisioned {
  readonly job: JobStatus;
  readonly greeterId: Principal;
}

/** A healthy job takes less than a second here; one that has to retry still makes it. */
const timeoutMs = 300_000;

/**
 * Does what a user does: asks for a Greeter, and follows the job until it is there.
 *
 * @param user the user's connection
 * @param onStatus called with each new status
 * @param clock default: the machine's
 * @throws CliError when the request is refused, or the job comes to rest anywhere else
 */
export async function provisionGreeter(
  user: CallTransport,
  managerId: Principal,
  onStatus: (job: JobStatus) => void,
  clock: WaitingClock = briskClock,
): Promise<Provisioned> {
  const manager = managerClient(user, managerId);
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
  const outcome = await waitForJob(manager, accepted.Ok.job.id, { timeoutMs, onStatus, clock });
  if (outcome.kind === 'completed') return outcome;
  throw new CliError('demo.job-not-completed', `The job is ${howItStands(outcome)}`, adviceFor(outcome));
}

function howItStands(outcome: Exclude<JobOutcome, { kind: 'completed' }>): string {
  if (outcome.kind === 'notFound') return 'not known to the Manager.';
  if (outcome.kind === 'timedOut') {
    return `still not at its end after five minutes. ${outcome.job?.summary ?? ''}`;
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
