import { canisterSelf } from 'azle';
import { DurableCallError } from '../../durable-call/index.ts';
import { nowMs } from '../clock.ts';
import { describeDefect, noteDefect } from '../defects.ts';
import { decodeCanisterInfoWithBirth } from '../management-canister/canister-info.ts';
import { canisterIdOfNumber, canisterNumberOf } from '../management-canister/canister-number.ts';
import { decodeCanisterStatus } from '../management-canister/canister-status.ts';
import { strangeControllers } from '../provisioning/birth.ts';
import { saysNoSuchCanister } from '../provisioning/call-answer.ts';
import type { CallAnswer } from '../provisioning/call-answer.ts';
import { boundedCallLeaseMs } from '../provisioning/policies.ts';
import { canisterAccount } from '../registry/canisters.ts';
import { isCreationUnderWay } from '../registry/creations-under-way.ts';
import { callsLeft } from '../worker/call-budget.ts';
import type { CallRoute } from '../worker/call-routes.ts';
import { managementCallFor } from '../worker/management-call.ts';
import type { CallAction } from '../worker/management-call.ts';
import { sendManagementCall } from '../worker/send-action.ts';
import { judgeStretch } from './judge-stretch.ts';
import { readOrphan, readOrphanScan, writeOrphan, writeOrphanScan } from './orphan-scan.ts';
import type { OrphanEntry, OrphanFinding, OrphanScan } from './orphan-scan.ts';

/** Numbers looked up in one message; most of them are accounted for and need no call. */
const maximumNumbersPerMessage = 64;

/** A stretch that the network did not take is sent again after so long. */
const unsentRetryMs = 60_000;

/**
 * Sends the next stretch of the scan for orphans with the calls that this message has left, if it is time. The jobs'
 * calls go first; a stretch whose answers do not come is sent again.
 *
 * @returns whether it could go on at once, in another message
 */
export function continueOrphanScan(): boolean {
  const scan = readOrphanScan();
  if (!scan || !isDue(scan)) return false;
  if (callsLeft() === 0) return true;
  try {
    sendNext(scan);
  } catch (error) {
    // A scan that cannot go on must not keep the jobs from going on.
    noteDefect('the scan for orphans ended', error);
    writeOrphanScan({ ...scan, endedAtMs: nowMs(), failure: describeDefect(error) });
  }
  const moved = readOrphanScan();
  return moved !== undefined && isDue(moved);
}

function isDue({ endedAtMs, notBeforeMs }: OrphanScan): boolean {
  return endedAtMs === undefined && notBeforeMs <= nowMs();
}

function sendNext(scan: OrphanScan): void {
  const asked = askForCycles(scan);
  const stretch = sendStretch(asked);
  if (stretch.some(({ finding }) => finding === 'awaited')) {
    writeOrphanScan({ ...asked, stretch, notBeforeMs: nowMs() + boundedCallLeaseMs });
  } else if (stretch.length > 0) finishStretch(asked, stretch);
  else writeOrphanScan({ ...asked, notBeforeMs: nowMs() + unsentRetryMs });
}

/** The answer of `canister_info` about one number. */
export function collectOrphanReading(number: bigint, answer: CallAnswer): void {
  const scan = readOrphanScan();
  if (!scan?.stretch.some((entry) => entry.number === number && entry.finding === 'awaited')) return;
  const finding = findingOf(number, answer);
  const stretch = scan.stretch.map((entry) => (entry.number === number ? { number, finding } : entry));
  if (stretch.some((entry) => entry.finding === 'awaited')) writeOrphanScan({ ...scan, stretch });
  else finishStretch(scan, stretch);
}

/** The answer of `canister_status` about an orphan. */
export function noteOrphanStatus(number: bigint, answer: CallAnswer): void {
  const status = answer.kind === 'reply' ? decodeCanisterStatus(answer.bytes) : undefined;
  if (!status) return;
  const { found } = readOrphanScan() ?? { found: 0 };
  for (let index = 0; index < found; index += 1) {
    const orphan = readOrphan(index);
    if (!orphan || canisterNumberOf(orphan.canisterId) !== number) continue;
    const { cycles, moduleHash } = status;
    writeOrphan(index, { ...orphan, cycles, ...(moduleHash ? { moduleHash } : {}) });
  }
}

function finishStretch(scan: OrphanScan, stretch: readonly OrphanEntry[]): void {
  const { scan: moved, orphans } = judgeStretch(scan, stretch, nowMs());
  orphans.forEach((number, index) => {
    writeOrphan(scan.found + index, { canisterId: canisterIdOfNumber(number), foundAtMs: nowMs() });
  });
  writeOrphanScan({ ...moved, found: scan.found + orphans.length });
}

/** Orphans are asked for their cycles; what does not answer is listed without. */
function askForCycles(scan: OrphanScan): OrphanScan {
  let { asked } = scan;
  for (; asked < scan.found && callsLeft() > 0; asked += 1) {
    const orphan = readOrphan(asked);
    const number = orphan && canisterNumberOf(orphan.canisterId);
    if (!orphan || number === undefined) continue;
    const { canisterId } = orphan;
    if (!send({ kind: 'readCanisterStatus', canisterId }, { kind: 'orphanStatus', number })) break;
  }
  return { ...scan, asked };
}

function sendStretch({ next }: OrphanScan): OrphanEntry[] {
  const entries: OrphanEntry[] = [];
  for (let number = next; entries.length < maximumNumbersPerMessage; number += 1n) {
    const canisterId = canisterIdOfNumber(number);
    if (canisterAccount(canisterId)) entries.push({ number, finding: 'other' });
    else if (callsLeft() > 0 && send({ kind: 'readBirth', canisterId }, { kind: 'orphanReading', number })) {
      entries.push({ number, finding: 'awaited' });
    } else break;
  }
  return entries;
}

/** @returns false when the network does not take the call now; it is sent again later */
function send(action: CallAction, route: CallRoute): boolean {
  try {
    sendManagementCall(managementCallFor(action), route);
    return true;
  } catch (error) {
    if (error instanceof DurableCallError) return false;
    throw error;
  }
}

function findingOf(number: bigint, answer: CallAnswer): OrphanFinding {
  if (answer.kind === 'reject') return saysNoSuchCanister(answer) ? 'missing' : 'unread';
  const info = decodeCanisterInfoWithBirth(answer.bytes);
  if (!info) return 'unread';
  const isManagers = strangeControllers(info.controllers, canisterSelf().toUint8Array()) === undefined;
  if (!isManagers || canisterAccount(canisterIdOfNumber(number))) return 'other';
  // The answer to its creation is still on its way, or being searched for: it is some job's.
  const { creatorVersion } = info.birth ?? {};
  return creatorVersion !== undefined && isCreationUnderWay(creatorVersion) ? 'other' : 'orphan';
}
