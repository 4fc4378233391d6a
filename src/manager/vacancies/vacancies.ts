import { vacancyPlaceKey } from '../storage/keys.ts';
import { records, vacancies } from '../storage/memory.ts';
import { VacancyStore } from './vacancy-store.ts';

/** The Manager's vacant canisters in stable memory. */
export const vacancyStore = new VacancyStore(vacancies, records, vacancyPlaceKey);
