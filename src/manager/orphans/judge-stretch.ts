import type { OrphanEntry, OrphanScan } from './orphan-scan.ts';

/** So many numbers in a row that are not given out mean that the scan has reached the end of what there is. */
export const missingNumbersAtEnd = 8;

/** Stretches in a row that could not be read before the scan gives up. */
export const maximumFailures = 20;

/** A stretch that could not be read is read again after so long. */
const rereadAfterMs = 60_000;

/**
 * A stretch was answered as a whole: how far the scan is now, and which numbers are orphans. Pure.
 *
 * @param entries one for each number from `scan.next` on, none of them awaited
 */
export function judgeStretch(
  scan: OrphanScan,
  entries: readonly OrphanEntry[],
  nowMs: number,
): { scan: OrphanScan; orphans: readonly bigint[] } {
  const unread = entries.findIndex(({ finding }) => finding === 'unread');
  const read = unread < 0 ? entries : entries.slice(0, unread);
  const orphans = read.filter(({ finding }) => finding === 'orphan').map(({ number }) => number);
  const next = scan.next + BigInt(read.length);
  let { missingInRow } = scan;
  for (const { finding } of read) missingInRow = finding === 'missing' ? missingInRow + 1 : 0;
  const failures = read.length > 0 ? 0 : scan.failures + 1;
  const notBeforeMs = unread < 0 ? nowMs : nowMs + rereadAfterMs;
  const moved: OrphanScan = { ...scan, next, missingInRow, failures, notBeforeMs, stretch: [] };
  if (failures >= maximumFailures) {
    return { scan: { ...moved, endedAtMs: nowMs, failure: 'canister_info could not be read' }, orphans };
  }
  const isThrough = next > scan.highest && missingInRow >= missingNumbersAtEnd;
  return { scan: isThrough ? { ...moved, endedAtMs: nowMs } : moved, orphans };
}
