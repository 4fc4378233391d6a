import type { AdmissionChange } from './admissions.ts';
import { shown } from './broken-promise.ts';
import type { BudgetChange } from './budgets.ts';
import type { Fault } from './faults.ts';
import { describeFault } from './faults.ts';
import type { LifeAction } from './lives.ts';
import type { DutyAction } from './operator-on-duty.ts';
import type { JobVerb, QueueVerb } from './population.ts';
import type { Appointment, StaffAttempt } from './staff.ts';
import type { TemplateChange } from './template-shelf.ts';
import type { GreeterRequest } from './users.ts';

/** What people do in a run, and when; times count from the end of the deployment. */
export type Action = { readonly atMs: number } & (
  | ({ readonly kind: 'request' } & GreeterRequest)
  | {
      readonly kind: 'verb';
      readonly verb: JobVerb;
      /** Which of the accepted jobs, counted from 0. */
      readonly job: number;
      /** A number: that member of staff. */
      readonly by: 'operator' | 'owner' | number;
    }
  | { readonly kind: 'queue'; readonly verb: QueueVerb }
  | DutyAction
  | { readonly kind: 'findOrphans' }
  | AdmissionChange
  | BudgetChange
  | Appointment
  | StaffAttempt
  | TemplateChange
  | LifeAction
);

/** One thing of a schedule; a schedule that fails is shrunk item by item. */
export type Item =
  { readonly type: 'action'; readonly action: Action } | { readonly type: 'fault'; readonly fault: Fault };

/** A run as data: the same schedule is the same run. */
export interface Schedule {
  /** Of the latencies. */
  readonly seed: number;
  /** For people. */
  readonly options: readonly string[];
  readonly items: readonly Item[];
  /** How long faults last before everything is healed. */
  readonly unsafeMs: number;
  /** Others' canisters between ours. */
  readonly strangers: number;
  /** Canisters the Manager is to keep ready. */
  readonly warmCanisters: number;
  /** The Manager has cycles for a few jobs only. */
  readonly isScarce: boolean;
  /** The operator looks for orphans at the end, also when there should be none. */
  readonly searchesOrphans: boolean;
}

/** A schedule, line by line. */
export function describeSchedule({ items }: Pick<Schedule, 'items'>): string {
  return items.map((item) => `  ${describeItem(item)}\n`).join('');
}

function describeItem(item: Item): string {
  if (item.type === 'fault') {
    const { fault } = item;
    return fault.at === 'call'
      ? `${describeFault(fault.fault)} at call ${fault.nth} of ${fault.method}`
      : `${describeFault(fault.fault)} at message ${fault.nth}`;
  }
  const { atMs, kind, ...details } = item.action;
  return `at ${atMs} ms: ${kind} ${shown(details)}`;
}
