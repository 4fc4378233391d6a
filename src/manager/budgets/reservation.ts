import { canisterCycleBalance, canisterSelf } from 'azle';
import { bytesEqual } from '../bytes.ts';
import { readConfiguration } from '../configuration/configuration-store.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { callsReserveCycles } from '../cycles.ts';
import { exceededBudget } from './check-budgets.ts';
import type { ExceededBudget } from './check-budgets.ts';
import { ledger } from './cycles-ledger.ts';

/** What is set aside for a job that is admitted now, so that it can be finished: its canister and its calls. */
export function reservationCyclesPerJob(): bigint {
  const { creationCycles, vacantMinimumCycles } = readConfiguration();
  return (creationCycles > vacantMinimumCycles ? creationCycles : vacantMinimumCycles) + callsReserveCycles;
}

/** Why the Manager cannot take on one more job, as values of Candid's `AdmissionError`; undefined when it can. */
export type Unaffordable =
  | { readonly InsufficientCycles: { readonly available: bigint; readonly required: bigint } }
  | { readonly BudgetExhausted: ExceededBudget };

/**
 * Whether the Manager's balance and budgets have room for one more job. Every open job keeps its claim, so a job that
 * was accepted never starves because a later one was accepted too.
 *
 * @param owner whose budget counts; the Manager itself, which keeps canisters ready, has none
 * @param contributedCycles what the caller is about to pay
 */
export function unaffordable(
  owner: Uint8Array,
  nowMs: number,
  contributedCycles = 0n,
): Unaffordable | undefined {
  const configuration = readConfiguration();
  const reservation = reservationCyclesPerJob();
  const { reservedCycles, spentCycles } = ledger.totals();
  const available = canisterCycleBalance() + contributedCycles;
  const required = configuration.managerReserveCycles + reservedCycles + reservation;
  if (available < required) return { InsufficientCycles: { available, required } };
  const caller = ledger.caller(owner);
  const commitments = {
    totalCycles: spentCycles + reservedCycles,
    todayCycles: ledger.spentTodayCycles(nowMs) + reservedCycles,
    callerCycles: caller.spentCycles + caller.reservedCycles,
  };
  const budgets = isManager(owner) ? withoutCallerBudget(configuration) : configuration;
  const exceeded = exceededBudget(budgets, commitments, reservation);
  return exceeded && { BudgetExhausted: exceeded };
}

function isManager(owner: Uint8Array): boolean {
  return bytesEqual(owner, canisterSelf().toUint8Array());
}

function withoutCallerBudget(configuration: Configuration): Configuration {
  const others = { ...configuration };
  Reflect.deleteProperty(others, 'callerBudgetCycles');
  return others;
}
