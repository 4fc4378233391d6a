import { onNotApplied } from './decide-outcome.ts';
import { retryReading } from './decide-unknown.ts';
import { currentStep, advance, answersOpenAttempt, atRest, park, stepAtWork, withStep } from './move.ts';
import type { Move } from './move.ts';
import type { SagaDefinition } from './definition.ts';
import type { Verdict } from './outcome.ts';
import type { AttemptTicket, SagaRecord } from './record.ts';

/** Evidence about an unknown attempt was read. A reading that comes late says nothing about the present: only counted. */
export function onVerdict<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  saga: SagaRecord<Facts>,
  ticket: AttemptTicket,
  verdict: Verdict<Facts>,
  nowMs: number,
): Move<Facts, Action> {
  if (!answersOpenAttempt(saga, ticket) || saga.openAttempt?.phase !== 'reconcile') {
    return { saga: { ...saga, lateAnswers: saga.lateAnswers + 1 } };
  }
  const { step } = stepAtWork(definition, saga);
  switch (verdict.kind) {
    case 'applied':
      return { saga: advance(saga, verdict.learned, verdict.evidence, nowMs) };
    case 'notApplied': {
      const learned = { ...saga, facts: { ...saga.facts, ...verdict.learned } };
      const noted = withStep(learned, { ...step, evidence: verdict.evidence });
      const message = `the attempt with unknown outcome was not applied: ${verdict.evidence}`;
      const error = { class: 'retryable', code: 'unknownNotApplied', message } as const;
      return { saga: onNotApplied(definition, noted, { error }, nowMs) };
    }
    case 'undecided': {
      const learned = { ...saga, facts: { ...saga.facts, ...verdict.learned } };
      const noted = withStep(learned, { ...step, evidence: verdict.evidence });
      return { saga: park(noted, 'outcomeUndecided', nowMs) };
    }
    case 'unfinished':
      return { saga: readOn(saga, verdict, nowMs) };
    case 'unreadable':
      return { saga: retryReading(definition, saga, verdict.error, nowMs, verdict.retryAfterMs) };
  }
}

/** A long reading goes on in the next message; it made progress, so it does not count against the policy. */
function readOn<Facts>(
  saga: SagaRecord<Facts>,
  verdict: Verdict<Facts> & { readonly kind: 'unfinished' },
  nowMs: number,
): SagaRecord<Facts> {
  const step = currentStep(saga);
  return {
    ...withStep(atRest(saga), { ...step, evidence: verdict.evidence, reconcileAttempt: 0 }),
    facts: { ...saga.facts, ...verdict.learned },
    status: 'reconciling',
    dueAtMs: nowMs,
  };
}
