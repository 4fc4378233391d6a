import type { Codec, RetryPolicy, SagaDefinition, StepDefinition } from '../../../src/saga/index.ts';

/** What a test saga knows: anything, as words. */
export type TestFacts = Readonly<Partial<Record<string, string>>>;

/** What a test saga asks for: the phase, the step, and the serial of the attempt that is committed with it. */
export interface TestAction {
  readonly phase: 'execute' | 'reconcile' | 'compensate';
  readonly step: string;
  readonly serial: number | undefined;
}

export type TestDefinition = SagaDefinition<TestFacts, TestAction>;

export const factsCodec: Codec<TestFacts> = {
  encode: (facts) => new TextEncoder().encode(JSON.stringify(facts)),
  decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as TestFacts,
};

/** No jitter, so that unit tests can name exact times: 100, 200, 400, then 400 ms; 3 attempts. */
export const steadyPolicy: RetryPolicy = {
  initialIntervalMs: 100,
  backoffCoefficient: 2,
  maximumIntervalMs: 400,
  maximumAttempts: 3,
  jitter: 0,
};

type TestStep = StepDefinition<TestFacts, TestAction>;

export function testStep(
  name: string,
  settings: Partial<
    Pick<TestStep, 'kind' | 'leaseMs' | 'retry' | 'reconcileRetry' | 'compensateRetry' | 'mustBeFoundOut'>
  > = {},
): TestStep {
  return {
    name,
    kind: 'compensable',
    leaseMs: 5_000,
    retry: steadyPolicy,
    reconcileRetry: steadyPolicy,
    ...settings,
    execute: (saga) => ({ phase: 'execute', step: name, serial: saga.openAttempt?.serial }),
    reconcile: (saga) => ({ phase: 'reconcile', step: name, serial: saga.openAttempt?.serial }),
  };
}

/** A step that there is something to undo of. */
export function undoableStep(
  name: string,
  settings: Partial<Omit<TestStep, 'name' | 'kind' | 'execute' | 'reconcile'>> = {},
): TestStep {
  return {
    ...testStep(name),
    compensate: (saga) => ({ phase: 'compensate', step: name, serial: saga.openAttempt?.serial }),
    ...settings,
  };
}

/** Waits 1000 ms before every further undoing, four of them in all. */
export const undoPolicy: RetryPolicy = {
  initialIntervalMs: 1_000,
  backoffCoefficient: 1,
  maximumIntervalMs: 1_000,
  maximumAttempts: 4,
  jitter: 0,
};

/**
 * Like a real one: two steps to undo with one between them that needs none, a pivot, and a step after it. Only the saga
 * itself looks for what its first step may have left behind.
 */
export const reversibleDefinition = testDefinition([
  undoableStep('create', { compensateRetry: undoPolicy, mustBeFoundOut: true }),
  testStep('note'),
  undoableStep('install'),
  testStep('handover', { kind: 'pivot' }),
  testStep('register', { kind: 'retriable' }),
]);

export function testDefinition(
  steps: readonly TestStep[] = [testStep('first'), testStep('second')],
): TestDefinition {
  return { name: 'test', version: 1, steps, factsCodec };
}
