import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import type { OrderedMap } from '../../saga/index.ts';
import { decodeVacancy, encodeVacancy, isFitKey, vacancyKey } from './vacancy.ts';
import type { Vacancy } from './vacancy.ts';

/**
 * The canisters that wait for a job, the next available one first, and behind them those that are unfit. Which row a
 * canister has is remembered by its id, because rows order by time.
 */
export class VacancyStore {
  /**
   * @param rows the map whose front is read; holds nothing else
   * @param records shared, for where each canister's row is
   * @param placeKey the key in `records` for a canister
   */
  constructor(
    private readonly rows: OrderedMap,
    private readonly records: OrderedMap,
    private readonly placeKey: (canisterId: Uint8Array) => Uint8Array,
  ) {}

  /** Adds a canister, or replaces what is known of it. */
  put(vacancy: Vacancy): void {
    this.remove(vacancy.canisterId);
    const key = vacancyKey(vacancy);
    this.rows.set(key, encodeVacancy(vacancy));
    this.records.set(this.placeKey(vacancy.canisterId), new BinaryWriter().bytes(key).finish());
  }

  /** @returns what was known of it; undefined when it was not there */
  remove(canisterId: Uint8Array): Vacancy | undefined {
    const place = this.records.get(this.placeKey(canisterId));
    if (!place) return undefined;
    const key = new BinaryReader(place).bytes();
    const row = this.rows.get(key);
    this.rows.delete(key);
    this.records.delete(this.placeKey(canisterId));
    return row && decodeVacancy(key, row);
  }

  /** The canister that has been available longest, if any is at `nowMs`. */
  next(nowMs: number): Vacancy | undefined {
    const [vacancy] = this.list(0, 1);
    return vacancy && !vacancy.unfit && vacancy.availableAtMs <= nowMs ? vacancy : undefined;
  }

  /** How many are fit, available now or later; counted up to `limit` only. */
  countFit(limit: number): number {
    return this.rows.first(limit).filter(([key]) => isFitKey(key)).length;
  }

  /** All rows, fit or not. */
  size(): number {
    return this.rows.size();
  }

  /** Rows in order, from place `start`, at most `limit`; the others are not decoded. */
  list(start: number, limit: number): Vacancy[] {
    return this.rows
      .first(start + limit)
      .slice(start)
      .map(([key, bytes]) => decodeVacancy(key, bytes));
  }
}
