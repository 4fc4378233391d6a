import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeReadings, numbersToRead } from '../../../src/manager/provisioning/birth-search.ts';
import type {
  BirthSearch,
  Finding,
  Reading,
  SearchVerdict,
} from '../../../src/manager/provisioning/birth-search.ts';

const maximumNumbers = 200n;

/** Somebody's canister: whether its history proves that it is older than the call, and whether it was deleted. */
interface Foreign {
  readonly tellsItsAge: boolean;
  readonly isDeleted: boolean;
}

/** A subnet as the search may meet it, above the highest number that the Manager knew; maybe with the child of the call. */
interface Subnet {
  readonly highestNumberBefore: bigint;
  readonly beforeTheCall: readonly Foreign[];
  readonly hasOurs: boolean;
  /** Created after the call; what a call sent later created comes next. */
  readonly afterTheCall: readonly Foreign[];
  readonly stretch: number;
}

const foreigners = fc.array(fc.record({ tellsItsAge: fc.boolean(), isDeleted: fc.boolean() }), {
  maxLength: 60,
});

/** Ids up to the last of their 64 bits. */
const highestNumbers = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 300n),
  fc.constant(0n),
  fc.constant(2n ** 64n - 300n),
);

const subnets: fc.Arbitrary<Subnet> = fc.record({
  highestNumberBefore: highestNumbers,
  beforeTheCall: foreigners,
  hasOurs: fc.boolean(),
  afterTheCall: foreigners,
  stretch: fc.integer({ min: 1, max: 8 }),
});

/** What `canister_info` tells of each number from the highest known before on; the last one's is the later canister's. */
function findingsOf({ beforeTheCall, hasOurs, afterTheCall }: Subnet): Finding[] {
  return [
    ...beforeTheCall.map(({ tellsItsAge, isDeleted }): Finding =>
      isDeleted ? 'missing' : tellsItsAge ? 'older' : 'other',
    ),
    ...(hasOurs ? (['ours'] as const) : []),
    ...afterTheCall.map(({ isDeleted }): Finding => (isDeleted ? 'missing' : 'other')),
    'other',
  ];
}

function searchOf(subnet: Subnet): Required<BirthSearch> {
  const through = subnet.highestNumberBefore + BigInt(findingsOf(subnet).length);
  return {
    highestNumberBefore: subnet.highestNumberBefore,
    range: { through, from: through, next: through },
  };
}

/** Reads stretch after stretch until the verdict is another than `further`; notes every number that is read. */
function search(subnet: Subnet, read: bigint[] = []): SearchVerdict {
  let present = searchOf(subnet);
  for (;;) {
    const readings = stretchOf(subnet, present);
    read.push(...readings.map(({ number }) => number));
    const verdict = judgeReadings(present, readings, maximumNumbers);
    if (verdict.kind !== 'further') return verdict;
    expect(verdict.next).toBeLessThan(present.range.next);
    present = { ...present, range: { ...present.range, next: verdict.next } };
  }
}

/** As the worker reads: in the order of the search, as many as fit. */
function stretchOf(subnet: Subnet, present: BirthSearch): Reading[] {
  const { first, last } = numbersToRead(present);
  const findings = findingsOf(subnet);
  const direction = first < last ? 1n : -1n;
  const readings: Reading[] = [];
  for (
    let number = first;
    readings.length < subnet.stretch && number !== last + direction;
    number += direction
  ) {
    const index = Number(number - subnet.highestNumberBefore) - 1;
    readings.push({ number, finding: findings[index] ?? 'missing' });
  }
  return readings;
}

describe('the search for a birth, down from a later canister', () => {
  test('finds the canister wherever it is, whoever created others before, between and after', () => {
    fc.assert(
      fc.property(subnets, (subnet) => {
        const number = subnet.highestNumberBefore + BigInt(subnet.beforeTheCall.length) + 1n;
        expect(search({ ...subnet, hasOurs: true })).toEqual({ kind: 'found', number });
      }),
    );
  });

  test('says that there is none only after it has read every number down to one that is older', () => {
    fc.assert(
      fc.property(subnets, (subnet) => {
        const without = { ...subnet, hasOurs: false };
        const read: bigint[] = [];
        expect(search(without, read).kind).toBe('absent');
        const oldest = findingsOf(without).lastIndexOf('older');
        const { through } = searchOf(without).range;
        for (let number = through; number > subnet.highestNumberBefore + BigInt(oldest + 1); number -= 1n) {
          expect(read).toContain(number);
        }
      }),
    );
  });

  test('reads no number twice, and none below the stretch in which one is older', () => {
    fc.assert(
      fc.property(subnets, (subnet) => {
        const read: bigint[] = [];
        search(subnet, read);
        expect(new Set(read).size).toBe(read.length);
        const oldest = subnet.highestNumberBefore + BigInt(findingsOf(subnet).lastIndexOf('older') + 1);
        expect(read.filter((number) => number < oldest).length).toBeLessThan(subnet.stretch);
      }),
    );
  });

  test('does not mind how many were created since the highest number that was known', () => {
    const far: Subnet = {
      highestNumberBefore: 5n,
      beforeTheCall: Array.from({ length: 5_000 }, () => ({ tellsItsAge: true, isDeleted: false })),
      hasOurs: false,
      afterTheCall: [{ tellsItsAge: true, isDeleted: false }],
      stretch: 8,
    };
    expect(search(far)).toEqual({ kind: 'absent' });
    expect(search({ ...far, hasOurs: true })).toEqual({ kind: 'found', number: 5_006n });
  });

  test('is not decided by a stretch in which a number could not be read, unless what comes before decides', () => {
    fc.assert(
      fc.property(subnets, fc.nat(), (subnet, place) => {
        const present = searchOf({ ...subnet, hasOurs: false });
        const readings = stretchOf({ ...subnet, hasOurs: false }, present);
        const index = place % readings.length;
        const broken = readings.map((reading, at): Reading =>
          at === index ? { ...reading, finding: 'unread' } : reading,
        );
        const isOlderBefore = broken.slice(0, index).some(({ finding }) => finding === 'older');
        const verdict = judgeReadings(present, broken, maximumNumbers);
        expect(verdict.kind).toBe(isOlderBefore ? 'absent' : 'unread');
      }),
    );
  });

  test('gives up after so many numbers in one go, and not before', () => {
    const others = (count: number, from: bigint): Reading[] =>
      Array.from({ length: count }, (_, index) => ({ number: from - BigInt(index), finding: 'other' }));
    const through = 9_000n;
    for (const from of [through, 7_000n]) {
      const next = from - maximumNumbers + 8n;
      const present = { highestNumberBefore: 5n, range: { through, from, next } };
      expect(judgeReadings(present, others(7, next), maximumNumbers).kind).toBe('further');
      expect(judgeReadings(present, others(8, next), maximumNumbers)).toEqual({
        kind: 'tooFar',
        next: from - maximumNumbers,
      });
    }
  });

  test('refuses readings with a gap: a number would go unread', () => {
    const readings: Reading[] = [{ number: 7n, finding: 'other' }];
    const present = { highestNumberBefore: 5n, range: { through: 8n, from: 8n, next: 8n } };
    expect(() => judgeReadings(present, readings, maximumNumbers)).toThrow(
      'number 7 was read where 8 is next',
    );
  });
});

describe('the search for a birth, while no later canister is known', () => {
  test('finds the canister among the first numbers behind the highest known, and decides nothing else', () => {
    fc.assert(
      fc.property(subnets, (subnet) => {
        const present = { highestNumberBefore: subnet.highestNumberBefore };
        const readings = stretchOf(subnet, present);
        const ours = readings.find(({ finding }) => finding === 'ours');
        const verdict = judgeReadings(present, readings, maximumNumbers);
        if (ours) expect(verdict).toEqual({ kind: 'found', number: ours.number });
        else expect(verdict.kind).toBe(subnet.stretch === 8 ? 'noLaterCreation' : 'unread');
      }),
    );
  });

  test('asks for another reading when a number could not be read', () => {
    const readings: Reading[] = [
      { number: 6n, finding: 'older' },
      { number: 7n, finding: 'unread' },
    ];
    const verdict = judgeReadings({ highestNumberBefore: 5n }, readings, maximumNumbers);
    expect(verdict).toEqual({ kind: 'unread', number: 7n });
  });
});
