import fc from 'fast-check';
import type { Outcome, RetryPolicy, StepError, Verdict } from '../../../src/saga/index.ts';
import { testDefinition, testStep, undoableStep } from './definition.ts';
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

const anySettings = fc.record(
  {
    leaseMs: fc.integer({ min: 1, max: 600_000 }),
    retry: anyPolicy,
    reconcileRetry: anyPolicy,
    compensateRetry: anyPolicy,
    mustBeFoundOut: fc.constant(true as const),
    isUndoable: fc.constantFrom(true, true, true, false),
  },
  { requiredKeys: ['leaseMs', 'retry', 'reconcileRetry', 'isUndoable'] },
);

/** A saga of one to five steps with any policies and leases, any of them the pivot, or none. */
export const anyDefinition: fc.Arbitrary<TestDefinition> = fc
  .tuple(fc.array(anySettings, { minLength: 1, maxLength: 5 }), fc.constantFrom(0, 1, 2, 3, 4, 9))
  .map(([steps, pivot]) =>
    testDefinition(
      steps.map(({ isUndoable, ...settings }, index) => {
        const name = `step${index}`;
        if (pivot < steps.length && index >= pivot)
          return testStep(name, { ...settings, kind: index === pivot ? 'pivot' : 'retriable' });
        return isUndoable ? undoableStep(name, settings) : testStep(name, settings);
      }),
    ),
  );

export const anyFacts: fc.Arbitrary<TestFacts> = fc.dictionary(
  fc.constantFrom('canister', 'module', 'page'),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
  { noNullPrototype: true },
);

const anyLearned = fc.option(anyFacts, { nil: undefined });

const anyDelay = fc
  .option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined, freq: 2 })
  .map((retryAfterMs) => (retryAfterMs === undefined ? {} : { retryAfterMs }));

const maybeLearned = anyLearned.map((learned) => (learned ? { learned } : {}));

const anyNotApplied = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: anyError('retryable') }, { weight: 1, arbitrary: anyError('terminal') }),
    anyDelay,
    maybeLearned,
    fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined, freq: 3 }),
  )
  .map(([error, delay, learned, maximumAttempts]) => ({
    kind: 'notApplied' as const,
    error,
    ...delay,
    ...learned,
    ...(maximumAttempts === undefined ? {} : { maximumAttempts }),
  }));

const anyInterrupted = fc
  .tuple(anyError('interrupted'), anyDelay, maybeLearned)
  .map(([error, delay, learned]) => ({ kind: 'interrupted' as const, error, ...delay, ...learned }));

/** What a step of a saga may be answered, of every kind and class. What lets a saga go on comes more often. */
export const anyOutcome: fc.Arbitrary<Outcome<TestFacts>> = plain(
  fc.oneof(
    { weight: 5, arbitrary: maybeLearned.map((learned) => ({ kind: 'applied' as const, ...learned })) },
    { weight: 4, arbitrary: anyNotApplied },
    {
      weight: 3,
      arbitrary: fc
        .tuple(anyError('unknown'), maybeLearned)
        .map(([error, learned]) => ({ kind: 'unknown' as const, error, ...learned })),
    },
    { weight: 1, arbitrary: anyFacts.map((learned) => ({ kind: 'unfinished' as const, learned })) },
    { weight: 1, arbitrary: anyInterrupted },
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
    {
      weight: 1,
      arbitrary: fc
        .tuple(anyText(), maybeLearned)
        .map(([evidence, learned]) => ({ kind: 'undecided' as const, evidence, ...learned })),
    },
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

/** What anybody may ask of a saga, at whatever time. */
export const anyRequest = {
  retry: fc.tuple(maybeLearned, fc.option(fc.nat(100_000), { nil: undefined })).map(([learned, delayMs]) => ({
    type: 'retry' as const,
    ...learned,
    ...(delayMs === undefined ? {} : { delayMs }),
  })),
  resolve: fc
    .tuple(fc.constantFrom('applied' as const, 'notApplied' as const), anyText(), maybeLearned)
    .map(([finding, evidence, learned]) => ({ type: 'resolve' as const, finding, evidence, ...learned })),
  cancel: fc.constant({ type: 'cancel' as const }),
  terminate: fc.constant({ type: 'terminate' as const }),
};

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
