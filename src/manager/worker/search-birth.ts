import { canisterSelf } from 'azle';
import { DurableCallError } from '../../durable-call/index.ts';
import { tellJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { canisterIdOfNumber, canisterNumberOf } from '../management-canister/canister-number.ts';
import type { ProvisioningAction } from '../provisioning/action.ts';
import type { Reading } from '../provisioning/birth-search.ts';
import type { CallAnswer } from '../provisioning/call-answer.ts';
import { judgeCreation, readFinding } from '../provisioning/find-creation.ts';
import { canisterAccount } from '../registry/canisters.ts';
import { noteCreation } from '../registry/creation-mark.ts';
import { callsLeft } from './call-budget.ts';
import type { AttemptRoute } from './call-routes.ts';
import { completeReadings, deleteSearchTally, readSearchTally, writeSearchTally } from './search-tally.ts';
import type { TallyEntry } from './search-tally.ts';
import { sendAction } from './send-action.ts';
import type { CallOrigin } from './send-action.ts';
import { requestLaterCreation } from './warm-canisters.ts';

/** Numbers looked up in one message; most of them are the Manager's own canisters, which need no call. */
const maximumNumbersPerMessage = 64;

/**
 * Reads one stretch of canister ids, with as many calls as this message may still make.
 *
 * @throws DurableCallError when not a single call could be sent
 */
export function searchBirth(
  job: Job,
  origin: CallOrigin,
  { first, last }: Extract<ProvisioningAction, { readonly kind: 'searchBirth' }>,
): void {
  const sought = job.steps[job.cursor]?.unknownAttempt;
  if (!sought) throw new Error(`job ${job.id}: nothing is unknown, so nothing is searched`);
  const { ticket } = origin;
  const entries: TallyEntry[] = [];
  const direction = first < last ? 1n : -1n;
  for (let number = first; entries.length < maximumNumbersPerMessage; number += direction) {
    if (number === last + direction || callsLeft() === 0) break;
    const entry = readNumber(origin, number, entries.length === 0);
    if (!entry) break;
    entries.push(entry);
  }
  const readings = completeReadings(entries);
  if (readings) conclude(job.id, ticket, readings);
  else {
    const { hostVersion, startedAtMs: sentAtMs } = sought;
    writeSearchTally(job.id, { ticket, hostVersion, sentAtMs, entries });
  }
}

/** The answer about one number. The last one of the stretch decides. */
export function collectReading({ sagaId, ticket, canisterId }: AttemptRoute, answer: CallAnswer): void {
  const tally = readSearchTally(sagaId);
  const number = canisterId && canisterNumberOf(canisterId);
  if (!tally || number === undefined) return;
  const isForThis = tally.ticket.serial === ticket.serial && tally.ticket.epoch === ticket.epoch;
  if (!isForThis) return;
  const expected = {
    managerId: canisterSelf().toUint8Array(),
    hostVersion: tally.hostVersion,
    sentAtMs: tally.sentAtMs,
    sagaId,
  };
  const finding = readFinding(answer, expected);
  const entries = tally.entries.map((entry) => (entry.number === number ? { number, finding } : entry));
  const readings = completeReadings(entries);
  if (!readings) {
    writeSearchTally(sagaId, { ...tally, entries });
    return;
  }
  deleteSearchTally(sagaId);
  const found = readings.find((reading) => reading.finding === 'ours');
  if (found) noteCreation(canisterIdOfNumber(found.number), tally.hostVersion);
  conclude(sagaId, ticket, readings);
}

/** A canister that is accounted for is not the one: had the job learned of it, it would not be looking. */
function readNumber(origin: CallOrigin, number: bigint, isFirst: boolean): TallyEntry | undefined {
  const canisterId = canisterIdOfNumber(number);
  if (canisterAccount(canisterId)) return { number, finding: 'other' };
  try {
    sendAction({ kind: 'readHistory', canisterId }, 'searchBirth', origin);
    return { number, finding: 'awaited' };
  } catch (error) {
    // What could be sent is worth having; the rest is read in the next stretch.
    if (isFirst || !(error instanceof DurableCallError)) throw error;
    return undefined;
  }
}

function conclude(sagaId: bigint, ticket: AttemptRoute['ticket'], readings: readonly Reading[]): void {
  const { job } = tellJob(sagaId, (present) => ({
    type: 'verdict',
    ticket,
    verdict: judgeCreation(present, readings),
  }));
  if (job.status === 'reconciling' && job.steps[job.cursor]?.lastError?.code === 'noLaterCreation') {
    const sought = job.steps[job.cursor]?.unknownAttempt;
    if (sought) requestLaterCreation(sought.hostVersion);
  }
}
