import type { Configuration } from '../configuration/configuration.ts';

/** The budgets, by the names that `BudgetExhausted` tells. */
export type BudgetName = 'total' | 'daily' | 'caller';

/** What counts against a budget: cycles that were spent, and cycles that open jobs may still spend. */
export interface Commitments {
  /** Of all jobs ever. */
  readonly totalCycles: bigint;
  /** Spent today, and reserved. */
  readonly todayCycles: bigint;
  /** Of the caller's jobs. */
  readonly callerCycles: bigint;
}

/** A budget that one more job would exceed. */
export interface ExceededBudget {
  readonly budget: BudgetName;
  /** What is left of it, in cycles. */
  readonly available: bigint;
  readonly required: bigint;
}

/**
 * The first budget that has no room for so many cycles more, or undefined when all have. Pure.
 *
 * @param required cycles that would be reserved
 */
export function exceededBudget(
  configuration: Configuration,
  commitments: Commitments,
  required: bigint,
): ExceededBudget | undefined {
  const { totalBudgetCycles, dailyBudgetCycles, callerBudgetCycles } = configuration;
  const { totalCycles, todayCycles, callerCycles } = commitments;
  return (
    exceeded('total', totalBudgetCycles, totalCycles, required) ??
    exceeded('daily', dailyBudgetCycles, todayCycles, required) ??
    exceeded('caller', callerBudgetCycles, callerCycles, required)
  );
}

function exceeded(
  budget: BudgetName,
  limit: bigint | undefined,
  committed: bigint,
  required: bigint,
): ExceededBudget | undefined {
  if (limit === undefined || committed + required <= limit) return undefined;
  return { budget, available: limit > committed ? limit - committed : 0n, required };
}
