import { Principal } from '@dfinity/principal';
import { nanosFromMs, nowMs } from '../clock.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { canisterIdOfNumber, canisterNumberOf } from '../management-canister/canister-number.ts';
import { audited, requireRequest, wasDoneBefore } from '../operators/audited.ts';
import { canisterAccount } from '../registry/canisters.ts';
import { highestKnownNumber, numberOfManager } from '../registry/creation-mark.ts';
import { optional } from '../views/optional.ts';
import type { Optional } from '../views/optional.ts';
import { scheduleRun } from '../worker/worker.ts';
import { readOrphan, readOrphanScan, writeOrphanScan } from './orphan-scan.ts';
import type { Orphan, OrphanScan } from './orphan-scan.ts';

/** Orphans that an answer lists; adopting them makes room for the others. */
const maximumListedOrphans = 100;

/** Candid's `FindOrphansRequest`. */
export interface FindOrphansRequest {
  readonly requestId: string;
  readonly reason: string;
  /** Where to begin instead of behind the Manager's own id, which on an old subnet may be millions of ids ago. */
  readonly from: Optional<Principal>;
}

/**
 * Begins to look for canisters that the Manager controls and does not account for, or tells how far the looking is:
 * asked again with the same request id, or while a scan is under way. Every id above the Manager's own is read, to the
 * end of what its subnet has given out, in as many messages as it takes.
 *
 * @returns the value of Candid's `OrphanScanResult`
 */
export function findOrphans(request: FindOrphansRequest): object {
  return orInvalidRequest(() => {
    requireRequest(request);
    const { requestId, reason } = request;
    const from = firstNumber(request);
    const action = { verb: 'findOrphans', target: 'canisters', requestId, reason };
    const running = readOrphanScan();
    if (wasDoneBefore(action) || (running && running.endedAtMs === undefined)) return listOrphans();
    return audited(action, () => {
      writeOrphanScan({
        requestId,
        startedAtMs: nowMs(),
        from,
        next: from,
        highest: highestKnownNumber(),
        missingInRow: 0,
        failures: 0,
        found: 0,
        asked: 0,
        notBeforeMs: nowMs(),
        stretch: [],
      });
      scheduleRun(nowMs());
      return { outcome: 'begun', result: listOrphans() };
    });
  });
}

/** Not the first canister that the Manager remembers: a former life may have lost one before it. */
function firstNumber({ from: [from] }: FindOrphansRequest): bigint {
  if (!from) return numberOfManager() + 1n;
  const number = canisterNumberOf(from.toUint8Array());
  if (number === undefined)
    throw new InvalidInputError('from', 'must be the id of a canister', from.toText());
  return number;
}

/** The latest scan and the orphans it has found that nobody has adopted since: the value of Candid's `OrphanScanResult`. */
export function listOrphans(): object {
  const scan = readOrphanScan();
  return { Ok: optional(scan && scanView(scan)) };
}

function scanView(scan: OrphanScan): object {
  const orphans: Orphan[] = [];
  for (let index = 0; index < scan.found && orphans.length < maximumListedOrphans; index += 1) {
    const orphan = readOrphan(index);
    if (orphan && !canisterAccount(orphan.canisterId)) orphans.push(orphan);
  }
  return {
    startedAt: nanosFromMs(scan.startedAtMs),
    endedAt: optional(scan.endedAtMs).map(nanosFromMs),
    failure: optional(scan.failure),
    from: Principal.fromUint8Array(canisterIdOfNumber(scan.from)),
    next: Principal.fromUint8Array(canisterIdOfNumber(scan.next)),
    idsRead: scan.next - scan.from,
    orphans: orphans.map(orphanView),
  };
}

function orphanView({ canisterId, foundAtMs, moduleHash, cycles }: Orphan): object {
  return {
    canisterId: Principal.fromUint8Array(canisterId),
    foundAt: nanosFromMs(foundAtMs),
    moduleHash: optional(moduleHash),
    cycles: optional(cycles),
  };
}
