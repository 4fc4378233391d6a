import { mint } from './cycles-account.ts';
import type { CanisterState } from './state.ts';
import { StableMemory } from './wasm/index.ts';
import type { World } from './world.ts';

/*
 * What a test may do to a canister from outside, without a message. Nothing of it can happen on the IC.
 */

const wasmPageBytes = 65_536;

/** Cycles out of nothing. @returns the balance after it */
export function giveCycles(world: World, canister: CanisterState, cycles: bigint): bigint {
  mint(world.state, canister, cycles);
  return canister.cycles;
}

/** All of a canister's stable memory, of which there is none while it has no code. */
export function readStableMemory(canister: CanisterState): Uint8Array {
  if (canister.code === undefined) return new Uint8Array();
  const memory = new StableMemory();
  memory.restore(canister.code.stable);
  const bytes = new Uint8Array(memory.sizePages * wasmPageBytes);
  memory.read(0, bytes);
  return bytes;
}

/** Puts other contents into a canister's stable memory, filled up with zeros to whole 64 KiB pages. */
export function replaceStableMemory(canister: CanisterState, bytes: Uint8Array): void {
  if (canister.code === undefined) {
    throw new Error(`Canister ${canister.id.toText()} is empty: install code before setting stable memory.`);
  }
  const memory = new StableMemory();
  memory.grow(Math.ceil(bytes.length / wasmPageBytes));
  memory.write(0, bytes);
  canister.code.stable = memory.snapshot();
}
