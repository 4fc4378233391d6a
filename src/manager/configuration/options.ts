/** What a number in the configuration counts, as docs and errors name it. */
export type OptionUnit = 'jobs' | 'canisters' | 'attempts' | 'cycles' | 'milliseconds';

/** An option that is a number: what it may be, and what it is when nobody has set it. */
export interface NumericOption {
  readonly unit: OptionUnit;
  readonly default: bigint;
  readonly minimum: bigint;
  readonly maximum: bigint;
}

const dayMs = 24n * 60n * 60n * 1000n;
const trillion = 1_000_000_000_000n;

/** More than all cycles there are; keeps amounts that were typed wrong out of sums. */
const maximumAmountCycles = 1_000_000_000n * trillion;

/** Options that are numbers. docs/configuration.md explains each, and a test compares it with this table. */
export const numericOptions = {
  maximumOpenJobsPerCaller: { unit: 'jobs', default: 5n, minimum: 1n, maximum: 1_000n },
  warmCanisters: { unit: 'canisters', default: 0n, minimum: 0n, maximum: 100n },
  creationCycles: {
    unit: 'cycles',
    default: (3n * trillion) / 2n,
    minimum: trillion / 10n,
    maximum: 1_000n * trillion,
  },
  vacantMinimumCycles: {
    unit: 'cycles',
    default: (9n * trillion) / 10n,
    minimum: 0n,
    maximum: 1_000n * trillion,
  },
  managerReserveCycles: {
    unit: 'cycles',
    default: trillion,
    minimum: trillion / 10n,
    maximum: maximumAmountCycles,
  },
  journalRetentionMs: {
    unit: 'milliseconds',
    default: 30n * dayMs,
    minimum: 0n,
    maximum: 36_500n * dayMs,
  },
  maximumOpenAttempts: { unit: 'attempts', default: 50n, minimum: 1n, maximum: 400n },
} as const satisfies Readonly<Record<string, NumericOption>>;

/** Options that are amounts of cycles or no limit at all, which is their default. */
export const budgetOptions = ['totalBudgetCycles', 'dailyBudgetCycles', 'callerBudgetCycles'] as const;

/** What a budget may be. */
export const budgetRange = { minimum: 0n, maximum: maximumAmountCycles };

/** What a request costs under the policy `paid`; it has no default, because the policy names it. */
export const priceRange = { minimum: 1n, maximum: maximumAmountCycles };

export type NumericOptionName = keyof typeof numericOptions;
export type BudgetOptionName = (typeof budgetOptions)[number];
