import type { BudgetOptionName } from './options.ts';
import { numericOptions } from './options.ts';

/** Who may ask for a Greeter. Stored by place: append only. */
export const admissionPolicies = ['open', 'allowList', 'invitation', 'paid'] as const;
export type AdmissionPolicyName = (typeof admissionPolicies)[number];

/** The policy of admission; a price goes with `paid` alone. */
export type AdmissionPolicy =
  | { readonly name: Exclude<AdmissionPolicyName, 'paid'> }
  | {
      readonly name: 'paid';
      /** What a request must bring, attached or as credit. */
      readonly priceCycles: bigint;
    };

/** What an admin may change while the Manager runs. Amounts of cycles are `bigint`, other numbers are `number`. */
export interface Configuration extends Readonly<Partial<Record<BudgetOptionName, bigint>>> {
  readonly admission: AdmissionPolicy;
  readonly maximumOpenJobsPerCaller: number;
  readonly warmCanisters: number;
  /**
   * Attached to `create_canister`: the network keeps its creation fee (0.5 T on a 13-node subnet) and the rest is the
   * Greeter's balance, out of which the network also prepays the installation (up to 0.3 T, the unused part returns).
   */
  readonly creationCycles: bigint;
  /** A vacant canister with less is topped up before a job takes it. */
  readonly vacantMinimumCycles: bigint;
  /** Never promised to jobs and never attached to a call: keeps the Manager itself running. */
  readonly managerReserveCycles: bigint;
  /** How long the journal of an ended job is kept whole. */
  readonly journalRetentionMs: number;
  /** Attempts that may be open at the same time, over all jobs. */
  readonly maximumOpenAttempts: number;
}

/** What holds until somebody sets something else. */
export const defaultConfiguration: Configuration = {
  admission: { name: 'open' },
  maximumOpenJobsPerCaller: Number(numericOptions.maximumOpenJobsPerCaller.default),
  warmCanisters: Number(numericOptions.warmCanisters.default),
  creationCycles: numericOptions.creationCycles.default,
  vacantMinimumCycles: numericOptions.vacantMinimumCycles.default,
  managerReserveCycles: numericOptions.managerReserveCycles.default,
  journalRetentionMs: Number(numericOptions.journalRetentionMs.default),
  maximumOpenAttempts: Number(numericOptions.maximumOpenAttempts.default),
};
