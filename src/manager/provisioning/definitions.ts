import type { SagaDefinition, SagaRecord } from '../../saga/index.ts';
import type { ProvisioningAction } from './action.ts';
import { provisioning, provisioningSteps, warming, warmingSteps } from './definition.ts';
import type { ProvisioningFacts } from './facts.ts';
import type { ProvisioningStep } from './provisioning-step.ts';

/** Every kind of saga the Manager runs. */
export const sagaDefinitions: readonly SagaDefinition<ProvisioningFacts, ProvisioningAction>[] = [
  provisioning,
  warming,
];

/**
 * The definition a saga was started with.
 *
 * @throws Error when the Manager no longer knows it
 */
export function definitionOf({
  definitionName,
}: SagaRecord<ProvisioningFacts>): SagaDefinition<ProvisioningFacts, ProvisioningAction> {
  const definition = sagaDefinitions.find(({ name }) => name === definitionName);
  if (!definition) throw new Error(`no saga definition named ${definitionName}`);
  return definition;
}

/**
 * A step with how its answers are read, by its place in the saga of that name.
 *
 * @throws Error if there is none: a defect, or a record of a later version
 */
export function stepOf(definitionName: string, index: number): ProvisioningStep {
  const steps = definitionName === warming.name ? warmingSteps : provisioningSteps;
  const step = steps[index];
  if (!step) throw new Error(`${definitionName} has no step ${index}`);
  return step;
}
