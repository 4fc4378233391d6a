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
  if (!isChargingDue(world)) return;
  const { state } = world;
  state.chargedAtNanos = state.timeNanos;
  for (const canister of state.canisters.values()) chargeCanister(world, canister);
}

/**
 * A canister as the next step will find it, for what is answered between two steps: queries, and whether a call is
 * accepted. Nothing is charged for that: who asked, and when, must not show in the state.
 *
 * @returns the canister itself when nothing is due
 */
export function asCharged(world: World, canister: CanisterState): CanisterState {
  if (!isChargingDue(world)) return canister;
  const { memory, computeAllocation, isPaid } = billOf(world, canister);
  if (isPaid) return { ...canister, cycles: canister.cycles - memory - computeAllocation };
  const { log, version } = canister;
  return {
    ...canister,
    ...withoutResources(canister),
    cycles: 0n,
    code: undefined,
    log: { ...log, bytes: 0, records: [] },
    version: version + 1n,
  };
}

function isChargingDue({ chargesForTime, state }: World): boolean {
  return chargesForTime && state.timeNanos - state.chargedAtNanos >= intervalNanos;
}

/** What a canister owes for the time since it paid, and whether it can. */
interface Bill {
  readonly intervals: bigint;
  readonly memory: bigint;
  readonly computeAllocation: bigint;
  /** False: the amounts are what it can pay. */
  readonly isPaid: boolean;
}

function billOf({ state }: World, canister: CanisterState): Bill {
  const intervals = (state.timeNanos - canister.paidUntilNanos) / intervalNanos;
  const fees = intervalFeesCycles(billedMemoryBytes(canister), canister.settings.computeAllocation);
  const fee = fees.memory + fees.computeAllocation;
  const isPaid = fee * intervals <= canister.cycles;
  const payable = isPaid ? intervals : canister.cycles / fee;
  const { memory, computeAllocation } = fees;
  return { intervals, memory: memory * payable, computeAllocation: computeAllocation * payable, isPaid };
}

function chargeCanister(world: World, canister: CanisterState): void {
  const { state } = world;
  const bill = billOf(world, canister);
  canister.paidUntilNanos += bill.intervals * intervalNanos;
  burn(state, canister, bill.memory, 'memory');
  burn(state, canister, bill.computeAllocation, 'computeAllocation');
  if (!bill.isPaid) runOutOfCycles(world, canister);
}

/**
 * What becomes of a canister that cannot pay for what it occupies: open calls are rejected, and nothing is left that
 * would cost something. Source: dfinity/ic `scheduler.rs`; IC interface spec, 'Canister out of cycles'.
 */
function runOutOfCycles(world: World, canister: CanisterState): void {
  burn(world.state, canister, canister.cycles, 'uninstall');
  Object.assign(canister, withoutResources(canister));
  world.emit({
    event: 'canisterOutOfCycles',
    step: world.state.executedSteps,
    canisterId: canister.id.toText(),
  });
  uninstallCode(world, canister);
}

function withoutResources({
  settings,
  history,
}: CanisterState): Pick<CanisterState, 'settings' | 'history' | 'chunkStore' | 'snapshots'> {
  return {
    settings: { ...settings, computeAllocation: 0n, memoryAllocationBytes: 0n },
    // The number of changes stays, so that a reader can see that some are missing.
    history: { ...history, recent: [] },
    chunkStore: new Map(),
    snapshots: new Map(),
  };
}
