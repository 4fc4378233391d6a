import { burn } from './cycles-account.ts';
import { chargeIntervalSeconds, intervalFeesCycles } from './fees.ts';
import { uninstallCode } from './lifecycle.ts';
import { nanosPerSecond } from './limits.ts';
import { billedMemoryBytes } from './resource-usage.ts';
import type { CanisterState } from './state.ts';
import type { World } from './world.ts';

const intervalNanos = chargeIntervalSeconds * nanosPerSecond;

/**
 * Charges every canister for the whole intervals that have passed since it was charged last; one that cannot pay
 * loses its code. Does nothing before an interval has passed, and nothing at all on a network where time is free.
 *
 * The fee of an interval is rounded down like a replica's, and intervals are counted: so months that pass in one go
 * cost exactly what they cost in steps.
 */
export function chargeForTime(world: World): void {
  const { state } = world;
  if (!world.chargesForTime || state.timeNanos - state.chargedAtNanos < intervalNanos) return;
  state.chargedAtNanos = state.timeNanos;
  for (const canister of state.canisters.values()) chargeCanister(world, canister);
}

function chargeCanister(world: World, canister: CanisterState): void {
  const { state } = world;
  const intervals = (state.timeNanos - canister.paidUntilNanos) / intervalNanos;
  canister.paidUntilNanos += intervals * intervalNanos;
  const fees = intervalFeesCycles(billedMemoryBytes(canister), canister.settings.computeAllocation);
  const fee = fees.memory + fees.computeAllocation;
  const payable = fee * intervals <= canister.cycles ? intervals : canister.cycles / fee;
  burn(state, canister, fees.memory * payable, 'memory');
  burn(state, canister, fees.computeAllocation * payable, 'computeAllocation');
  if (payable < intervals) runOutOfCycles(world, canister);
}

/**
 * What becomes of a canister that cannot pay for what it occupies: open calls are rejected, and nothing is left that
 * would cost something. Source: dfinity/ic `scheduler.rs`; IC interface spec, 'Canister out of cycles'.
 */
function runOutOfCycles(world: World, canister: CanisterState): void {
  burn(world.state, canister, canister.cycles, 'uninstall');
  canister.settings = { ...canister.settings, computeAllocation: 0n, memoryAllocationBytes: 0n };
  // The number of changes stays, so that a reader can see that some are missing.
  canister.history = { ...canister.history, recent: [] };
  canister.chunkStore.clear();
  canister.snapshots.clear();
  world.emit({
    event: 'canisterOutOfCycles',
    step: world.state.executedSteps,
    canisterId: canister.id.toText(),
  });
  uninstallCode(world, canister);
}
