import { type CanisterRange, isInCanisterRange, ownCanisterRange } from './canister-ids.ts';
import type { NetworkState } from './state.ts';

/** The network's own range, and a range of one for every canister outside of it; ascending, as certificates have them. */
export function canisterRanges(state: NetworkState): CanisterRange[] {
  const ranges = [ownCanisterRange];
  for (const { id } of state.canisters.values()) {
    if (!isInCanisterRange(id)) ranges.push({ first: id, last: id });
  }
  return ranges.sort((one, other) => Buffer.compare(one.first.toUint8Array(), other.first.toUint8Array()));
}
