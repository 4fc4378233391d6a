import type { Fault } from './faults.ts';
import { describeFault } from './faults.ts';
import type { GreeterRequest, JobVerb, QueueVerb } from './population.ts';

/** What people do in a run, and when; times count from the end of the deployment. */
export type Action =
  | ({ readonly kind: 'request'; readonly atMs: number } & GreeterRequest)
  | {
      readonly kind: 'verb';
      readonly atMs: number;
      readonly verb: JobVerb;
      /** Which of the accepted jobs, counted from 0. */
      readonly job: number;
      readonly byOwner: boolean;
    }
  | { readonly kind: 'queue'; readonly atMs: number; readonly verb: QueueVerb };

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
  const { atMs, ...action } = item.action;
  if (action.kind === 'request') {
    const { user, key, greeting } = action;
    return `at ${atMs} ms: user ${user} asks for a Greeter, key ${key ?? 'none'}, greeting ${greeting ?? 'none'}`;
  }
  if (action.kind === 'queue') return `at ${atMs} ms: the operator: ${action.verb}`;
  return `at ${atMs} ms: ${action.byOwner ? 'its owner' : 'the operator'}: ${action.verb} of job ${action.job}`;
}
