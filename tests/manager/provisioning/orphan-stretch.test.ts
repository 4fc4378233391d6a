import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  judgeStretch,
  maximumFailures,
  missingNumbersAtEnd,
} from '../../../src/manager/orphans/judge-stretch.ts';
import type { OrphanFinding, OrphanScan } from '../../../src/manager/orphans/orphan-scan.ts';

const begun: OrphanScan = {
  requestId: 'r',
  startedAtMs: 0,
  from: 10n,
  next: 10n,
  highest: 10n,
  missingInRow: 0,
  failures: 0,
  found: 0,
  asked: 0,
  notBeforeMs: 0,
  stretch: [],
};

/** Numbers from 10 on as the network has them; beyond them nothing is given out. */
const networks = fc.record({
  numbers: fc.array(fc.constantFrom<OrphanFinding>('orphan', 'other', 'other'), { maxLength: 80 }),
  stretch: fc.integer({ min: 1, max: 64 }),
  /** Readings, counted from 0, that fail. */
  failing: fc.uniqueArray(fc.nat(60), { maxLength: 15 }),
});

test('a scan finds every orphan once, whatever cannot be read at first, and ends behind all that is given out', () => {
  fc.assert(
    fc.property(networks, ({ numbers, stretch, failing }) => {
      let scan = begun;
      let readings = 0;
      const found: bigint[] = [];
      while (scan.endedAtMs === undefined) {
        const entries = Array.from({ length: stretch }, (_, offset) => {
          const number = scan.next + BigInt(offset);
          const present = numbers[Number(number - begun.from)] ?? 'missing';
          const finding: OrphanFinding = failing.includes(readings) ? 'unread' : present;
          readings += 1;
          return { number, finding };
        });
        const judged = judgeStretch(scan, entries, readings);
        scan = judged.scan;
        found.push(...judged.orphans);
      }
      expect(scan.failure).toBeUndefined();
      const expected = numbers.flatMap((finding, index) =>
        finding === 'orphan' ? [10n + BigInt(index)] : [],
      );
      expect(found).toEqual(expected);
      expect(scan.next).toBeGreaterThanOrEqual(begun.from + BigInt(numbers.length + missingNumbersAtEnd));
    }),
  );
});

test('a scan that can read nothing ends and says so', () => {
  let scan = begun;
  for (let failure = 1; failure <= maximumFailures; failure += 1) {
    expect(scan.endedAtMs).toBeUndefined();
    scan = judgeStretch(scan, [{ number: scan.next, finding: 'unread' }], failure).scan;
  }
  expect(scan).toMatchObject({
    endedAtMs: maximumFailures,
    failure: 'canister_info could not be read',
    next: 10n,
  });
});

test('a scan does not end among deleted canisters below the highest one known', () => {
  const missing = Array.from({ length: 64 }, (_, offset) => ({
    number: 10n + BigInt(offset),
    finding: 'missing' as const,
  }));
  expect(judgeStretch({ ...begun, highest: 100n }, missing, 1).scan.endedAtMs).toBeUndefined();
  expect(judgeStretch({ ...begun, highest: 20n }, missing, 1).scan.endedAtMs).toBe(1);
});
