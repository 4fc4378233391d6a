import type { Principal } from '@dfinity/principal';
import { managerClient, type ManagerClient, type TemplateResult, variantName } from '../../client/index.ts';
import { type LocalNetwork, managementClient } from '../../localnet/index.ts';
import { CliError } from '../cli-error.ts';
import { describeValue } from '../describe-value.ts';
import { localTransport } from '../local-transport.ts';
import type { CanisterModule } from './canister-files.ts';

/** Enough for some sixty Greeters. */
export const managerCycles = 100_000_000_000_000n;

export const templateVersion = '1.0.0';

/** Creates the Manager, with the operator as its controller. */
export function installManager(
  network: LocalNetwork,
  operator: Principal,
  module: CanisterModule,
): Principal {
  const management = managementClient(network, operator);
  const managerId = management.createCanister({ cycles: managerCycles });
  management.installCode(managerId, { module: module.bytes });
  return managerId;
}

/**
 * Publishes the module as a template, waits until the Manager has it in its chunk store, and makes new jobs use it.
 *
 * @throws CliError when the Manager refuses, or the upload fails
 */
export async function activateTemplate(
  network: LocalNetwork,
  operator: Principal,
  managerId: Principal,
  module: CanisterModule,
): Promise<void> {
  const manager = managerClient(localTransport(network, operator), managerId);
  const request = { version: templateVersion, module: module.bytes, moduleHash: module.sha256 };
  requireOk('publishTemplate', await manager.publishTemplate(request));
  // The upload is a call of the Manager's own; nothing happens on this network unless it is told to run.
  network.run();
  await requireAvailable(manager);
  requireOk('activateTemplate', await manager.activateTemplate(templateVersion));
}

async function requireAvailable(manager: ManagerClient): Promise<void> {
  const template = (await manager.listTemplates()).find(({ version }) => version === templateVersion);
  if (template && variantName(template.state) === 'available') return;
  const state = template ? describeValue(template.state) : 'not listed';
  throw templateError(`The template did not become available: ${state}.`);
}

function requireOk(method: string, result: TemplateResult): void {
  if ('Err' in result) throw templateError(`${method} was refused: ${describeValue(result.Err)}.`);
}

function templateError(message: string): CliError {
  return new CliError(
    'demo.template',
    message,
    'The Manager and the Greeter may be of different builds: delete .canisters/ and run "npm start" again.',
  );
}
