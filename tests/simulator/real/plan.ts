import type { FaultAction } from '../../../src/localnet/index.ts';

/** Calls of the Manager to the management canister that a plan can disturb. */
export const managementMethods = [
  'create_canister',
  'install_chunked_code',
  'update_settings',
  'canister_info',
  'canister_status',
  'uninstall_code',
  'deposit_cycles',
] as const;

/** Those of them that wait without a bound: the IC applies or rejects them, and never answers that it does not know. */
export const unboundedMethods: readonly string[] = ['create_canister', 'uninstall_code'];

/** The method by which a canister's timers call the canister itself; its name as ic-cdk has it. */
export const timerMethod = '<ic-cdk internal> timer_executor';

/** One request of a user. */
export interface PlannedJob {
  /** Number of the user who asks. */
  readonly user: number;
  readonly idempotencyKey?: string;
  /** Virtual time until the next request. */
  readonly pauseMs: number;
}

/** One thing that goes wrong. `step` counts messages from the first request on. */
export type PlannedFault =
  /** Something happens to the `nth` call of a method. */
  | {
      readonly kind: 'call';
      readonly method: (typeof managementMethods)[number] | typeof timerMethod | 'createGreeter';
      readonly nth: number;
      readonly action: FaultAction;
    }
  /** The Manager is upgraded with its calls open, or stopped before. */
  | { readonly kind: 'upgrade'; readonly step: number; readonly stopped: boolean }
  /** The owner of the job that was accepted as number `job` asks to undo it. */
  | { readonly kind: 'cancel'; readonly step: number; readonly job: number }
  /** An operator does something. */
  | { readonly kind: 'operator'; readonly step: number; readonly act: OperatorAct }
  | { readonly kind: 'clockJump'; readonly step: number; readonly milliseconds: number }
  /** The Manager can spend no more than this until it is topped up. */
  | {
      readonly kind: 'outOfCycles';
      readonly step: number;
      readonly leftCycles: number;
      readonly forMs: number;
    };

/** What an operator may do at any moment; `job` is the number of an accepted one. */
export type OperatorAct =
  | { readonly act: 'retryJob' | 'terminateJob' | 'resolveStep'; readonly job: number }
  | { readonly act: 'pauseQueue' | 'resumeQueue' | 'prepareUpgrade' }
  | { readonly act: 'retryJobs' | 'cancelJobs' | 'terminateJobs'; readonly status: string }
  | {
      readonly act: 'setBudget';
      readonly budget: 'total' | 'daily' | 'caller';
      /** For how many jobs it is; null: no limit. */
      readonly jobs: number | null;
    }
  /** The network's fee for a creation is so many times what it usually is. */
  | { readonly act: 'changeFee'; readonly factor: number }
  | { readonly act: 'activateTemplate'; readonly version: string }
  | { readonly act: 'findOrphans' };

/** Everything a run does. The same plan does the same, byte by byte. */
export interface RealPlan {
  /** Shuffles the network's messages. */
  readonly seed: number;
  readonly greeter: 'tiny' | 'azle';
  /** How many canisters the Manager keeps in stock, so that jobs need not create one. */
  readonly warmCanisters: number;
  readonly jobs: readonly PlannedJob[];
  /** Any part of them makes a plan, too: that is how a failing plan is shrunk. */
  readonly faults: readonly PlannedFault[];
}
