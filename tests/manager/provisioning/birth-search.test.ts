import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeReadings } from '../../../src/manager/provisioning/birth-search.ts';
import type {
  BirthSearch,
  Finding,
  Reading,
  SearchVerdict,
} from '../../../src/manager/provisioning/birth-search.ts';

const maximumNumbers = 200n;

/** A subnet as the search may meet it: what follows the highest number known before, and maybe a later canister's. */
interface Subnet {
  readonly highestNumberBefore: bigint;
  /** By distance from the highest number before, counted from 1; what is beyond is not given out. */
  readonly numbers: readonly Finding[];
  readonly hasLater: boolean;
  readonly stretch: number;
}

/** Ids up to the last of their 64 bits. */
const highestNumbers = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 300n),
  fc.constant(0n),
  fc.constant(2n ** 64n - 300n),
);

const subnets: fc.Arbitrary<Subnet> = fc.record({
  highestNumberBefore: highestNumbers,
  numbers: fc.array(fc.constantFrom<Finding>('other', 'other', 'missing'), { maxLength: 60 }),
  hasLater: fc.boolean(),
  stretch: fc.integer({ min: 1, max: 8 }),
});

function searchOf({ highestNumberBefore, numbers, hasLater }: Subnet): BirthSearch {
  const through = highestNumberBefore + BigInt(numbers.length) + 1n;
  const search = { highestNumberBefore, next: highestNumberBefore + 1n };
  return hasLater ? { ...search, through } : search;
}

/** Reads stretch after stretch until the verdict is another than `further`; notes every number that is read. */
function search(subnet: Subnet, read: number[] = []): SearchVerdict {
  let present = searchOf(subnet);
  for (;;) {
    const readings = stretchOf(subnet, present);
    read.push(...readings.map(({ number }) => Number(number - subnet.highestNumberBefore)));
    const verdict = judgeReadings(present, readings, maximumNumbers);
    if (verdict.kind !== 'further') return verdict;
    expect(verdict.next).toBeGreaterThan(present.next);
    present = { ...present, next: verdict.next };
  }
}

/** As the worker reads: no further than there is a point in. */
function stretchOf(subnet: Subnet, { next, through }: BirthSearch): Reading[] {
  const readings: Reading[] = [];
  for (let number = next; readings.length < subnet.stretch; number += 1n) {
    if (through !== undefined && number > through) break;
    const index = Number(number - subnet.highestNumberBefore) - 1;
    const isLater = subnet.hasLater && index === subnet.numbers.length;
    readings.push({ number, finding: subnet.numbers[index] ?? (isLater ? 'other' : 'missing') });
  }
  return readings;
}

function withOurs(subnet: Subnet, place: number): Subnet {
  const numbers = [...subnet.numbers];
  numbers.splice(place % (numbers.length + 1), 0, 'ours');
  return { ...subnet, numbers };
}

describe('the search for a birth', () => {
  test('finds the canister wherever it is, when a later canister is known', () => {
    fc.assert(
      fc.property(subnets, fc.nat(), (subnet, place) => {
        const whole = withOurs({ ...subnet, hasLater: true }, place);
        const number = whole.highestNumberBefore + BigInt(whole.numbers.indexOf('ours')) + 1n;
        expect(search(whole)).toEqual({ kind: 'found', number });
      }),
    );
  });

  test('finds the canister without a later one when no number before it is unused', () => {
    fc.assert(
      fc.property(subnets, fc.nat(), (subnet, place) => {
        const numbers = subnet.numbers.map(() => 'other' as const);
        expect(search(withOurs({ ...subnet, numbers, hasLater: false }, place)).kind).toBe('found');
      }),
    );
  });

  test('says that there is none only after it has read every number the canister could have', () => {
    fc.assert(
      fc.property(subnets, (subnet) => {
        const read: number[] = [];
        const verdict = search(subnet, read);
        expect(verdict.kind).toBe(subnet.hasLater ? 'absent' : 'frontier');
        const span = subnet.hasLater ? subnet.numbers.length + 1 : subnet.numbers.indexOf('missing') + 1;
        const expected = span === 0 ? subnet.numbers.length + 1 : span;
        for (let distance = 1; distance <= expected; distance += 1) expect(read).toContain(distance);
      }),
    );
  });

  test('never reads a number twice as long as all can be read', () => {
    fc.assert(
      fc.property(subnets, (subnet) => {
        const read: number[] = [];
        search(subnet, read);
        expect(new Set(read).size).toBe(read.length);
      }),
    );
  });

  test('is not decided by a stretch in which a number could not be read, unless the canister is in it', () => {
    fc.assert(
      fc.property(subnets, fc.nat(), (subnet, place) => {
        const present = searchOf(subnet);
        const readings = stretchOf(subnet, present);
        const index = place % readings.length;
        const broken = readings.map((reading, at): Reading =>
          at === index ? { ...reading, finding: 'unread' } : reading,
        );
        const verdict = judgeReadings(present, broken, maximumNumbers);
        expect(['unread', 'frontier']).toContain(verdict.kind);
        if (verdict.kind === 'frontier') {
          expect(broken.slice(0, index).some(({ finding }) => finding === 'missing')).toBe(true);
        }
      }),
    );
  });

  test('gives up after so many numbers, and not before', () => {
    const highestNumberBefore = 5n;
    const others = (count: number, from: bigint): Reading[] =>
      Array.from({ length: count }, (_, index) => ({ number: from + BigInt(index), finding: 'other' }));
    const enough = { highestNumberBefore, next: highestNumberBefore + maximumNumbers - 7n };
    expect(judgeReadings(enough, others(7, enough.next), maximumNumbers).kind).toBe('further');
    expect(judgeReadings(enough, others(8, enough.next), maximumNumbers).kind).toBe('tooFar');
  });

  test('gives up at once when a later canister is too far away', () => {
    const search = { highestNumberBefore: 5n, next: 6n, through: 6n + maximumNumbers };
    expect(judgeReadings(search, [{ number: 6n, finding: 'other' }], maximumNumbers).kind).toBe('tooFar');
    expect(judgeReadings(search, [{ number: 6n, finding: 'ours' }], maximumNumbers).kind).toBe('found');
  });

  test('refuses readings with a gap: a number would go unread', () => {
    const readings: Reading[] = [{ number: 7n, finding: 'other' }];
    expect(() => judgeReadings({ highestNumberBefore: 5n, next: 6n }, readings, maximumNumbers)).toThrow(
      'number 7 was read where 6 is next',
    );
  });
});
