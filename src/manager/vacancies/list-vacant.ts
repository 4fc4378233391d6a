import { Principal } from '@dfinity/principal';
import { nanosFromMs } from '../clock.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { defaultPageRows } from '../limits.ts';
import { optional } from '../views/optional.ts';
import type { Optional } from '../views/optional.ts';
import { readPage } from '../views/pages.ts';
import type { PageRequest } from '../views/pages.ts';
import { vacancyStore } from './vacancies.ts';
import type { Vacancy } from './vacancy.ts';

/** The vacant canisters, the next available one first, and behind them the unfit ones: Candid's `VacantResult`. */
export function listVacant(page: Optional<PageRequest>): object {
  return orInvalidRequest(() => {
    let read: { readonly first: number; readonly vacancies: readonly Vacancy[] } | undefined;
    const { rows, nextCursor } = readPage(page, vacancyStore.size(), (index) => {
      // The first index is where the page begins, and by now its limit is known to be in range.
      read ??= { first: index, vacancies: vacancyStore.list(index, page[0]?.limit[0] ?? defaultPageRows) };
      return vacancyView(read.vacancies[index - read.first]);
    });
    return { Ok: { vacant: rows, nextCursor } };
  });
}

function vacancyView(vacancy: Vacancy | undefined): object {
  if (!vacancy) throw new Error('vacancies: a listed canister is missing');
  const { canisterId, cycles, sinceMs, availableAtMs, formerJobId, unfit } = vacancy;
  return {
    canisterId: Principal.fromUint8Array(canisterId),
    cycles: optional(cycles),
    since: nanosFromMs(sinceMs),
    availableAt: unfit ? [] : [nanosFromMs(availableAtMs)],
    formerJobId: optional(formerJobId || undefined),
    unfit: optional(unfit),
  };
}
