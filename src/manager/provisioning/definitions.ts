import type { SagaDefinition, SagaRecord } from '../../saga/index.ts';
import type { ProvisioningAction } from './action.ts';
import { provisioning } from './definition.ts';
import type { ProvisioningFacts } from './facts.ts';

/** Every kind of saga the Manager runs. */
export const sagaDefinitions: readonly SagaDefinition<ProvisioningFacts, ProvisioningAction>[] = [
  provisioning,
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
