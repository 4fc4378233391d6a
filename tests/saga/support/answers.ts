import type { Outcome, StepError, Verdict } from '../../../src/saga/index.ts';
import type { TestFacts } from './definition.ts';

export function applied(learned?: TestFacts): Outcome<TestFacts> {
  return learned ? { kind: 'applied', learned } : { kind: 'applied' };
}

export function notApplied(
  errorClass: 'retryable' | 'terminal' = 'retryable',
  retryAfterMs?: number,
): Outcome<TestFacts> {
  const error = { class: errorClass, code: 'refused', message: 'refused by the test' };
  return { kind: 'notApplied', error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** An error for which the policy has too much patience. */
export function notAppliedAtMost(maximumAttempts: number): Outcome<TestFacts> {
  const error = { class: 'retryable', code: 'refused', message: 'refused by the test' } as const;
  return { kind: 'notApplied', error, maximumAttempts };
}

/** One call of several succeeded. */
export function oneOfSeveral(learned: TestFacts): Outcome<TestFacts> {
  return { kind: 'unfinished', learned };
}

export const unknown: Outcome<TestFacts> = { kind: 'unknown', error: stepError('unknown') };
export const interrupted: Outcome<TestFacts> = { kind: 'interrupted', error: stepError('interrupted') };
export function interruptedFor(retryAfterMs: number): Outcome<TestFacts> {
  return { kind: 'interrupted', error: stepError('interrupted'), retryAfterMs };
}
export const defect: Outcome<TestFacts> = { kind: 'defect', error: stepError('defect') };

export function seenApplied(learned?: TestFacts): Verdict<TestFacts> {
  return { kind: 'applied', evidence: 'seen', ...(learned ? { learned } : {}) };
}

export function seenNotApplied(learned?: TestFacts): Verdict<TestFacts> {
  return { kind: 'notApplied', evidence: 'not seen', ...(learned ? { learned } : {}) };
}

export const undecided: Verdict<TestFacts> = { kind: 'undecided', evidence: 'contradictory' };

export function unfinished(learned: TestFacts): Verdict<TestFacts> {
  return { kind: 'unfinished', evidence: 'half read', learned };
}

export function unreadable(
  errorClass: StepError['class'] = 'retryable',
  retryAfterMs?: number,
): Verdict<TestFacts> {
  const delay = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { kind: 'unreadable', error: stepError(errorClass), ...delay };
}

function stepError<Class extends StepError['class']>(errorClass: Class): StepError & { class: Class } {
  return { class: errorClass, code: `test.${errorClass}`, message: `${errorClass} by the test` };
}
