import fc from 'fast-check';
import type { Outcome, RetryPolicy, StepError, Verdict } from '../../../src/saga/index.ts';
import { testDefinition, testStep } from './definition.ts';
import type { TestDefinition, TestFacts } from './definition.ts';

/** Any policy a definition may have. */
export const anyPolicy: fc.Arbitrary<RetryPolicy> = fc
  .record({
    initialIntervalMs: fc.integer({ min: 1, max: 60_000 }),
    backoffCoefficient: fc.double({ min: 1, max: 10, noNaN: true }),
    growthMs: fc.integer({ min: 0, max: 600_000 }),
    maximumAttempts: fc.integer({ min: 1, max: 5 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ growthMs, ...policy }) => ({ ...policy, maximumIntervalMs: policy.initialIntervalMs + growthMs }));

/** A saga of one to five steps with any policies and leases. */
export const anyDefinition: fc.Arbitrary<TestDefinition> = fc
  .array(
    fc.record({ leaseMs: fc.integer({ min: 1, max: 600_000 }), retry: anyPolicy, reconcileRetry: anyPolicy }),
    { minLength: 1, maxLength: 5 },
  )
  .map((steps) => testDefinition(steps.map((settings, index) => testStep(`step${index}`, settings))));

export const anyFacts: fc.Arbitrary<TestFacts> = fc.dictionary(
  fc.constantFrom('canister', 'module', 'page'),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
  { noNullPrototype: true },
);

const anyLearned = fc.option(anyFacts, { nil: undefined });

const anyApplied = anyLearned.map((learned) => ({
  kind: 'applied' as const,
  ...(learned ? { learned } : {}),
}));

const anyNotApplied = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: anyError('retryable') }, { weight: 1, arbitrary: anyError('terminal') }),
    fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined, freq: 2 }),
  )
  .map(([error, retryAfterMs]) => ({
    kind: 'notApplied' as const,
    error,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }));

const anyDelay = fc
  .option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined, freq: 2 })
  .map((retryAfterMs) => (retryAfterMs === undefined ? {} : { retryAfterMs }));

/** What a step of a saga may be answered, of every kind and class. What lets a saga go on comes more often. */
export const anyOutcome: fc.Arbitrary<Outcome<TestFacts>> = plain(
  fc.oneof(
    { weight: 4, arbitrary: anyApplied },
    { weight: 4, arbitrary: anyNotApplied },
    { weight: 3, arbitrary: anyError('unknown').map((error) => ({ kind: 'unknown' as const, error })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(anyError('interrupted'), anyDelay)
        .map(([error, delay]) => ({ kind: 'interrupted' as const, error, ...delay })),
    },
    { weight: 1, arbitrary: anyError('defect').map((error) => ({ kind: 'defect' as const, error })) },
  ),
);

const anyDecision = fc
  .tuple(
    fc.constantFrom('applied' as const, 'notApplied' as const, 'notApplied' as const),
    anyText(),
    anyLearned,
  )
  .map(([kind, evidence, learned]) => ({ kind, evidence, ...(learned ? { learned } : {}) }));

const anyUnreadable = fc
  .constantFrom('retryable', 'retryable', 'retryable', 'terminal', 'unknown', 'interrupted', 'defect')
  .chain((errorClass) => fc.tuple(anyError(errorClass), anyDelay))
  .map(([error, delay]) => ({ kind: 'unreadable' as const, error, ...delay }));

/** What a reading of evidence may lead to, of every kind. What lets a saga go on comes more often. */
export const anyVerdict: fc.Arbitrary<Verdict<TestFacts>> = plain(
  fc.oneof(
    { weight: 5, arbitrary: anyDecision },
    { weight: 1, arbitrary: anyText().map((evidence) => ({ kind: 'undecided' as const, evidence })) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('unfinished' as const),
        evidence: anyText(),
        learned: anyFacts,
      }),
    },
    { weight: 2, arbitrary: anyUnreadable },
  ),
);

function anyText(): fc.Arbitrary<string> {
  return fc.string({ maxLength: 12, unit: 'grapheme' });
}

function anyError<Class extends StepError['class']>(
  errorClass: Class,
): fc.Arbitrary<StepError & { readonly class: Class }> {
  return fc.record({ class: fc.constant(errorClass), code: anyText(), message: anyText() });
}

/** Without the null prototypes that fast-check gives some of its objects, and strict comparisons see. */
function plain<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return arbitrary.map((value) => structuredClone(value));
}
