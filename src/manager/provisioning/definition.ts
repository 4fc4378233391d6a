import type { SagaDefinition } from '../../saga/index.ts';
import type { ProvisioningAction } from './action.ts';
import { createStep } from './create-step.ts';
import { factsCodec } from './facts-codec.ts';
import type { ProvisioningFacts } from './facts.ts';
import { handoverStep } from './handover-step.ts';
import { installStep } from './install-step.ts';
import type { ProvisioningStep } from './provisioning-step.ts';
import { registerStep } from './register-step.ts';

/** The steps of provisioning a Greeter, in order. */
export const provisioningSteps: readonly ProvisioningStep[] = [
  createStep,
  installStep,
  handoverStep,
  registerStep,
];

/** The saga that gives one caller a Greeter of their own. */
export const provisioning: SagaDefinition<ProvisioningFacts, ProvisioningAction> = {
  name: 'provisioning',
  version: 1,
  steps: provisioningSteps,
  factsCodec,
};

/** A step by its place in the saga. */
export function provisioningStep(index: number): ProvisioningStep {
  const step = provisioningSteps[index];
  if (!step) throw new Error(`provisioning has no step ${index}`);
  return step;
}
