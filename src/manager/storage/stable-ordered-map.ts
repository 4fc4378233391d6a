import { StableBTreeMap } from 'azle';
import type { Serializable } from 'azle';
import type { OrderedMap } from '../../saga/index.ts';

const rawBytes: Serializable<Uint8Array> = {
  toBytes: (bytes) => bytes,
  fromBytes: (bytes) => bytes,
};

/**
 * The storage port over a StableBTreeMap. Keys and values are bytes all the way down: the codecs above decide about
 * formats, and azle's JSON serialisers, ten to thirty times as expensive, never run.
 *
 * @param memoryId the map's stable memory, 0..253; must never change once a Manager is live
 */
export function stableOrderedMap(memoryId: number): OrderedMap {
  const map = new StableBTreeMap<Uint8Array, Uint8Array>(memoryId, rawBytes, rawBytes);
  return {
    get: (key) => map.get(key),
    set: (key, value) => {
      map.insert(key, value);
    },
    delete: (key) => {
      map.remove(key);
    },
    size: () => map.len(),
    first: (limit) => map.items(0, limit),
  };
}
