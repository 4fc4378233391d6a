import type { SagaDefinition } from './definition.ts';
import type { RetryPolicy } from './retry-policy.ts';

/**
 * What the engine relies on in a definition: checked where a host names it, so that a wrong one never meets a saga.
 *
 * @throws Error naming the step and the broken rule
 */
export function assertLegalDefinition<Facts, Action>(definition: SagaDefinition<Facts, Action>): void {
  const { name, steps } = definition;
  if (steps.length === 0) throw new Error(`${name}: a saga needs at least one step`);
  const pivot = steps.findIndex(({ kind }) => kind === 'pivot');
  for (const [index, step] of steps.entries()) {
    const { kind, compensate, leaseMs } = step;
    const broken = (rule: string): Error => new Error(`${name}, step ${step.name}: ${rule}`);
    if (kind === 'pivot' && index !== pivot) throw broken('a saga has at most one pivot');
    if (kind === 'compensable' && pivot >= 0 && index > pivot)
      throw broken('nothing is undone after the pivot, so no step there may be compensable');
    if (kind === 'retriable' && index < pivot)
      throw broken('before the pivot a saga may turn back, so no step there may be retriable');
    if (kind !== 'compensable' && compensate) throw broken('only a compensable step may be undone');
    if (!(leaseMs > 0)) throw broken('leaseMs must be positive');
    for (const policy of [step.retry, step.reconcileRetry, step.compensateRetry ?? step.retry]) {
      if (!isInRange(policy)) throw broken('a retry policy is out of range');
    }
  }
}

function isInRange(policy: RetryPolicy): boolean {
  const { initialIntervalMs, maximumIntervalMs, backoffCoefficient, maximumAttempts, jitter } = policy;
  const atLeastOne = [initialIntervalMs, maximumIntervalMs, backoffCoefficient, maximumAttempts];
  return atLeastOne.every((value) => value >= 1) && jitter >= 0 && jitter <= 1;
}
