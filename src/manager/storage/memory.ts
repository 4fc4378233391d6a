import { stableOrderedMap } from './stable-ordered-map.ts';

/**
 * The Manager's stable maps. Few, because each takes 8 MiB at least: everything that is read by key alone shares one
 * map under key prefixes (`keys.ts`), and only what is read from its front has a map of its own.
 * The numbers are part of the stored format: they must never change or be reused.
 */
export const records = stableOrderedMap(0);
export const due = stableOrderedMap(1);
export const leases = stableOrderedMap(2);
export const inbox = stableOrderedMap(3);
export const vacancies = stableOrderedMap(4);
