import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import type { OrderedMap } from '../../saga/index.ts';
import { listCountKey, listPlaceKey, listRowKey } from './keys.ts';
import type { ListName } from './keys.ts';
import { versionedReader } from './versioned-reader.ts';

const schemaVersion = 1;

/**
 * Rows that are found by what names them and also listed, without gaps, so that a page costs what it shows. The last
 * row moves into the place of one that is taken out.
 */
export class ListedRows {
  constructor(
    private readonly records: OrderedMap,
    private readonly list: ListName,
  ) {}

  count(): number {
    const bytes = this.records.get(listCountKey(this.list));
    return bytes ? new BinaryReader(bytes).u32() : 0;
  }

  get(id: Uint8Array): Uint8Array | undefined {
    return this.find(id)?.value;
  }

  /** The row at a place, counted from 0. */
  at(place: number): { id: Uint8Array; value: Uint8Array } | undefined {
    const id = this.records.get(listPlaceKey(this.list, place));
    const value = id && this.get(id);
    return id && value && { id, value };
  }

  /** Adds a row, or replaces the value of the one there is. */
  set(id: Uint8Array, value: Uint8Array): void {
    const place = this.find(id)?.place;
    if (place === undefined) this.writeCount(this.count() + 1);
    this.write(id, place ?? this.count() - 1, value);
  }

  /** @returns whether there was such a row */
  delete(id: Uint8Array): boolean {
    const row = this.find(id);
    if (!row) return false;
    const lastPlace = this.count() - 1;
    const last = this.at(lastPlace);
    if (!last) throw new Error(`${this.list}: row ${lastPlace} is missing`);
    this.write(last.id, row.place, last.value);
    this.records.delete(listPlaceKey(this.list, lastPlace));
    this.records.delete(listRowKey(this.list, id));
    this.writeCount(lastPlace);
    return true;
  }

  private find(id: Uint8Array): { place: number; value: Uint8Array } | undefined {
    const bytes = this.records.get(listRowKey(this.list, id));
    if (!bytes) return undefined;
    const reader = versionedReader(this.list, bytes, schemaVersion);
    return { place: reader.u32(), value: reader.bytes() };
  }

  private write(id: Uint8Array, place: number, value: Uint8Array): void {
    const row = new BinaryWriter().u8(schemaVersion).u32(place).bytes(value).finish();
    this.records.set(listRowKey(this.list, id), row);
    this.records.set(listPlaceKey(this.list, place), id);
  }

  private writeCount(count: number): void {
    this.records.set(listCountKey(this.list), new BinaryWriter().u32(count).finish());
  }
}
