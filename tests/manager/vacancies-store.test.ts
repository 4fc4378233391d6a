import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VacancyStore } from '../../src/manager/vacancies/vacancy-store.ts';
import { decodeVacancy, unfitReasons, vacancyKey } from '../../src/manager/vacancies/vacancy.ts';
import type { Vacancy } from '../../src/manager/vacancies/vacancy.ts';
import { BinaryWriter, InMemoryOrderedMap } from '../../src/saga/index.ts';

const vacancies: fc.Arbitrary<Vacancy> = fc
  .record({
    canisterId: fc.uint8Array({ minLength: 1, maxLength: 2 }),
    cycles: fc.option(fc.bigInt(0n, 2n ** 90n), { nil: undefined }),
    sinceMs: fc.nat(1_000),
    availableAtMs: fc.nat(1_000),
    formerJobId: fc.bigInt(0n, 2n ** 64n - 1n),
    unfit: fc.option(fc.constantFrom(...unfitReasons), { nil: undefined }),
  })
  .map(({ unfit, cycles, ...vacancy }) => ({
    ...vacancy,
    ...(cycles === undefined ? {} : { cycles }),
    ...(unfit === undefined ? {} : { unfit }),
  }));

const actions = fc.array(
  fc.oneof(
    vacancies.map((vacancy) => ({ kind: 'put' as const, vacancy })),
    vacancies.map((vacancy) => ({ kind: 'remove' as const, vacancy })),
  ),
  { maxLength: 40 },
);

function newStore(): VacancyStore {
  return new VacancyStore(new InMemoryOrderedMap(), new InMemoryOrderedMap(), (canisterId) => canisterId);
}

test('a row of version 1 is read: cycles that nobody had looked at were written as 0', () => {
  const key = vacancyKey({ canisterId: Uint8Array.of(7), sinceMs: 1, availableAtMs: 2, formerJobId: 3n });
  const row = (cycles: bigint): Uint8Array =>
    new BinaryWriter().u8(1).natural(cycles).timeMs(1).timeMs(2).u64(3n).bool(false).finish();
  const known = { canisterId: Uint8Array.of(7), sinceMs: 1, availableAtMs: 2, formerJobId: 3n };
  expect(decodeVacancy(key, row(0n))).toEqual(known);
  expect(decodeVacancy(key, row(9n))).toEqual({ ...known, cycles: 9n });
  expect(() => decodeVacancy(key, Uint8Array.of(3))).toThrow('unknown schema version 3');
});

test('whatever is put and removed, each canister is there once, as it was put last, the next available one first', () => {
  fc.assert(
    fc.property(actions, fc.nat(1_100), fc.nat(5), (script, nowMs, limit) => {
      const store = newStore();
      const expected = new Map<string, Vacancy>();
      for (const { kind, vacancy } of script) {
        const id = vacancy.canisterId.join();
        if (kind === 'put') {
          store.put(vacancy);
          expected.set(id, vacancy);
        } else {
          expect(store.remove(vacancy.canisterId)).toEqual(expected.get(id));
          expected.delete(id);
        }
      }
      const listed = store.list(0, 100);
      expect(new Map(listed.map((vacancy) => [vacancy.canisterId.join(), vacancy]))).toEqual(expected);
      expect(store.size()).toBe(expected.size);

      const fit = listed.filter(({ unfit }) => unfit === undefined);
      expect(listed.slice(0, fit.length)).toEqual(fit);
      const times = fit.map(({ availableAtMs }) => availableAtMs);
      expect(times).toEqual(times.toSorted((left, right) => left - right));
      const [first] = fit;
      expect(store.next(nowMs)).toEqual(first && first.availableAtMs <= nowMs ? first : undefined);
      expect(store.countFit(limit)).toBe(Math.min(limit, fit.length));
    }),
  );
});
