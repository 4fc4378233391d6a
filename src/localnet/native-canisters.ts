import { defaultSettings } from './canister-settings.ts';
import { mint } from './cycles-account.ts';
import { newCanisterState } from './lifecycle.ts';
import type { NativeCanister } from './native-canister.ts';
import type { CanisterKey } from './state.ts';
import { canisterKey } from './state.ts';
import type { World } from './world.ts';

/** @throws RangeError when two canisters have the same id */
export function nativesByKey(canisters: readonly NativeCanister[]): ReadonlyMap<CanisterKey, NativeCanister> {
  const byKey = new Map(canisters.map((canister) => [canisterKey(canister.id), canister]));
  if (byKey.size < canisters.length) {
    throw new RangeError('Two native canisters have the same id: give each an id of its own.');
  }
  return byKey;
}

/** Puts the native canisters into a new network, with nobody as their controller. */
export function addNativeCanisters(world: World): void {
  const { state } = world;
  for (const native of world.nativeCanisters.values()) {
    const canister = {
      ...newCanisterState(native.id, defaultSettings([]), state.timeNanos),
      nativeState: native.initialState(),
    };
    state.canisters.set(canister.key, canister);
    state.usedIds.add(canister.key);
    mint(state, canister, native.initialCycles);
  }
}
