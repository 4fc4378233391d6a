import { IDL, query, update } from 'azle';
import { stableOrderedMap } from '../../../src/manager/storage/stable-ordered-map.ts';

const Bytes = IDL.Vec(IDL.Nat8);
const map = stableOrderedMap(0);

/** Lets a test use the Manager's storage port as it is in stable memory. */
export default class MapHost {
  @update([Bytes, Bytes])
  set(key: Uint8Array, value: Uint8Array): void {
    map.set(key, value);
  }

  @update([Bytes])
  delete(key: Uint8Array): void {
    map.delete(key);
  }

  @query([Bytes], IDL.Opt(Bytes))
  get(key: Uint8Array): [] | [Uint8Array] {
    const value = map.get(key);
    return value === undefined ? [] : [value];
  }

  @query([], IDL.Nat32)
  size(): number {
    return map.size();
  }

  @query([IDL.Nat32], IDL.Vec(IDL.Tuple(Bytes, Bytes)))
  first(limit: number): [Uint8Array, Uint8Array][] {
    return map.first(limit).map(([key, value]) => [key, value]);
  }
}
