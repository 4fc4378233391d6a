import { Principal } from '@dfinity/principal';
import { nanosFromMs } from '../clock.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { optional } from '../views/optional.ts';
import type { Optional } from '../views/optional.ts';
import { readPage } from '../views/pages.ts';
import type { PageRequest } from '../views/pages.ts';
import { vacancyStore } from './vacancies.ts';
import type { Vacancy } from './vacancy.ts';

/** The vacant canisters, the next available one first, and behind them the unfit ones: Candid's `VacantResult`. */
export function listVacant(page: Optional<PageRequest>): object {
  return orInvalidRequest(() => {
    const vacancies = vacancyStore.list(0, vacancyStore.size());
    const { rows, nextCursor } = readPage(page, vacancies.length, (index) => vacancyView(vacancies[index]));
    return { Ok: { vacant: rows, nextCursor } };
  });
}

function vacancyView(vacancy: Vacancy | undefined): object {
  if (!vacancy) throw new Error('vacancies: a listed canister is missing');
  const { canisterId, cycles, sinceMs, availableAtMs, formerJobId, unfit } = vacancy;
  return {
    canisterId: Principal.fromUint8Array(canisterId),
    cycles,
    since: nanosFromMs(sinceMs),
    availableAt: unfit ? [] : [nanosFromMs(availableAtMs)],
    formerJobId: optional(formerJobId || undefined),
    unfit: optional(unfit),
  };
}
