import { shrink } from '../shared/shrink.ts';
import { drawPlan } from './draw-plan.ts';
import type { RealPlan } from './plan.ts';
import { runPlan } from './run-plan.ts';
import { textOf } from './text-of.ts';

export type { RealPlan } from './plan.ts';

/** What became of one seed. */
export interface RealRunReport {
  readonly seed: number;
  readonly plan: RealPlan;
  /** What happened in the run, and how often. */
  readonly marks: readonly (readonly [string, number])[];
  readonly failure?: RealRunFailure;
}

/** A promise that was broken. */
export interface RealRunFailure {
  readonly message: string;
  /** The plan with as few faults as still break a promise. */
  readonly smallestPlan: RealPlan;
  /** Options, seed, plan and the command that repeats the run: everything a person needs. */
  readonly text: string;
}

/** A shrunk plan is worth some patience, not more. */
const maximumShrinkingRuns = 60;

/**
 * Runs the plan of a seed on the real Manager, in the embedded network of this process.
 *
 * @param seed any unsigned 32-bit number; the same seed does the same
 * @param options.log gets every event of the network as one line
 */
export function runRealSeed(
  seed: number,
  { log }: { readonly log?: ((line: string) => void) | undefined } = {},
): RealRunReport {
  const plan = drawPlan(seed);
  try {
    return { seed, plan, marks: runPlan(plan, log).sorted() };
  } catch (error) {
    return { seed, plan, marks: [], failure: explain(plan, error) };
  }
}

function explain(plan: RealPlan, error: unknown): RealRunFailure {
  const smallestPlan = {
    ...plan,
    faults: shrink(plan.faults, (faults) => fails({ ...plan, faults }), maximumShrinkingRuns),
  };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = [
    `Seed ${plan.seed} broke a promise: ${message}`,
    `Plan: ${textOf(plan)}`,
    `As few faults as still fail: ${textOf(smallestPlan.faults)}`,
    `Repeat it: npm run simulate -- --tier t2 --seed ${plan.seed} --log`,
  ].join('\n');
  return { message, smallestPlan, text };
}

function fails(plan: RealPlan): boolean {
  try {
    runPlan(plan);
    return false;
  } catch {
    return true;
  }
}
