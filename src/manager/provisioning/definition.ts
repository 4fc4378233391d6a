import type { SagaDefinition } from '../../saga/index.ts';
import type { ProvisioningAction } from './action.ts';
import { createStep } from './create-step.ts';
import { factsCodec } from './facts-codec.ts';
import type { ProvisioningFacts } from './facts.ts';
import { handoverStep } from './handover-step.ts';
import { installStep } from './install-step.ts';
import { poolStep } from './pool-step.ts';
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

/** The steps of making a vacant canister before a job asks for one. */
export const warmingSteps: readonly ProvisioningStep[] = [createStep, poolStep];

/** The saga that makes one vacant canister. It is nobody's job: its owner is the Manager itself. */
export const warming: SagaDefinition<ProvisioningFacts, ProvisioningAction> = {
  name: 'warming',
  version: 1,
  steps: warmingSteps,
  factsCodec,
};
