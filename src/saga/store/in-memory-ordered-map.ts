import { compareBytes } from '../binary/compare-bytes.ts';
import type { OrderedMap } from './ordered-map.ts';

/** The storage port in plain memory, for simulation and tests. Keeps and hands out copies, as stable memory does. */
export class InMemoryOrderedMap implements OrderedMap {
  private readonly entries: [Uint8Array, Uint8Array][] = [];

  readonly get = (key: Uint8Array): Uint8Array | undefined => {
    const { index, found } = this.search(key);
    return found ? this.entries[index]?.[1].slice() : undefined;
  };

  readonly set = (key: Uint8Array, value: Uint8Array): void => {
    const { index, found } = this.search(key);
    this.entries.splice(index, found ? 1 : 0, [key.slice(), value.slice()]);
  };

  readonly delete = (key: Uint8Array): void => {
    const { index, found } = this.search(key);
    if (found) this.entries.splice(index, 1);
  };

  readonly size = (): number => this.entries.length;

  readonly first = (limit: number): readonly (readonly [Uint8Array, Uint8Array])[] =>
    this.entries.slice(0, limit).map(([key, value]) => [key.slice(), value.slice()]);

  private search(key: Uint8Array): { index: number; found: boolean } {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compareBytes(this.entries[middle]?.[0] ?? key, key);
      if (order === 0) return { index: middle, found: true };
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return { index: low, found: false };
  }
}
