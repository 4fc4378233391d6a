import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VacancyStore } from '../../src/manager/vacancies/vacancy-store.ts';
import { unfitReasons } from '../../src/manager/vacancies/vacancy.ts';
import type { Vacancy } from '../../src/manager/vacancies/vacancy.ts';
import { InMemoryOrderedMap } from '../../src/saga/index.ts';

const vacancies: fc.Arbitrary<Vacancy> = fc
  .record({
    canisterId: fc.uint8Array({ minLength: 1, maxLength: 2 }),
    cycles: fc.bigInt(0n, 2n ** 90n),
    sinceMs: fc.nat(1_000),
    availableAtMs: fc.nat(1_000),
    formerJobId: fc.bigInt(0n, 2n ** 64n - 1n),
    unfit: fc.option(fc.constantFrom(...unfitReasons), { nil: undefined }),
  })
  .map(({ unfit, ...vacancy }) => (unfit === undefined ? vacancy : { ...vacancy, unfit }));

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
