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

export function testStep(
  name: string,
  settings: Partial<Pick<StepDefinition<TestFacts, TestAction>, 'leaseMs' | 'retry' | 'reconcileRetry'>> = {},
): StepDefinition<TestFacts, TestAction> {
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

export function testDefinition(
  steps: readonly StepDefinition<TestFacts, TestAction>[] = [testStep('first'), testStep('second')],
): TestDefinition {
  return { name: 'test', version: 1, steps, factsCodec };
}
