import type { Principal } from '@dfinity/principal';
import type { NetworkEvent } from './events.ts';
import type { InstanceCache } from './execution/instance-cache.ts';
import type { InstructionLimits } from './limits.ts';
import type { ManagementCanister } from './management/contract.ts';
import type { NativeCanister } from './native-canister.ts';
import type { CanisterKey, CanisterState, NetworkState } from './state.ts';
import { canisterKey } from './state.ts';

/** What every part of the execution works on: the state, and what is not state. */
export interface World {
  /** Replaced as a whole by `restore`. */
  state: NetworkState;
  readonly subnetId: Principal;
  readonly rootKey: Uint8Array;
  readonly instructionLimits: InstructionLimits;
  /** What the functions of a canister may take of the stack. */
  readonly stackBytes: number;
  readonly queueCapacity: number;
  readonly instances: InstanceCache;
  readonly chargesForTime: boolean;
  readonly management: ManagementCanister;
  readonly nativeCanisters: ReadonlyMap<CanisterKey, NativeCanister>;
  readonly emit: (event: NetworkEvent) => void;
}

export function findCanister(world: World, id: Principal): CanisterState | undefined {
  return world.state.canisters.get(canisterKey(id));
}
