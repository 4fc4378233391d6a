import type { Principal } from '@dfinity/principal';
import {
  type CallTransport,
  managementClient,
  managerClient,
  type ManagerClient,
  type Template,
  type TemplateResult,
  variantName,
  type WaitingClock,
} from '../../client/index.ts';
import { CliError } from '../cli-error.ts';
import { describeValue } from '../describe-value.ts';
import { briskClock } from './brisk-clock.ts';
import type { CanisterModule } from './canister-files.ts';

/** Enough for some sixty Greeters. */
export const managerCycles = 100_000_000_000_000n;

export const templateVersion = '1.0.0';

/** The Manager uploads a template to itself in two calls, which take far less than a second here. */
const uploadTimeoutMs = 30_000;
/** A clock may make the pauses shorter. */
const pollIntervalMs = 250;
const noArgument = Uint8Array.from(Buffer.from('DIDL\0\0'));

/**
 * Creates the Manager, with the operator as its controller.
 *
 * @param operator the operator's connection
 * @param anyCanisterId see LocalEndpoint
 */
export async function installManager(
  operator: CallTransport,
  anyCanisterId: Principal,
  module: CanisterModule,
): Promise<Principal> {
  const { canister_id: managerId } = await managementClient(
    operator,
    anyCanisterId,
  ).provisional_create_canister_with_cycles({ amount: [managerCycles], settings: [] });
  await managementClient(operator, managerId).install_code({
    mode: { install: null },
    canister_id: managerId,
    wasm_module: module.bytes,
    arg: noArgument,
  });
  return managerId;
}

/**
 * Publishes the module as a template, waits until the Manager has it in its chunk store, and makes new jobs use it.
 *
 * @param clock default: the machine's
 * @throws CliError when the Manager refuses, or the upload fails
 */
export async function activateTemplate(
  operator: CallTransport,
  managerId: Principal,
  module: CanisterModule,
  clock: WaitingClock = briskClock,
): Promise<void> {
  const manager = managerClient(operator, managerId);
  const request = { version: templateVersion, module: module.bytes, moduleHash: module.sha256 };
  requireOk('publishTemplate', await manager.publishTemplate(request));
  await requireAvailable(manager, clock);
  requireOk('activateTemplate', await manager.activateTemplate(templateVersion));
}

/** The upload is a call of the Manager's own, which answers its publisher before it is done. */
async function requireAvailable(manager: ManagerClient, clock: WaitingClock): Promise<void> {
  const deadlineMs = clock.nowMs() + uploadTimeoutMs;
  let template = await findTemplate(manager);
  while (template && variantName(template.state) === 'uploading' && clock.nowMs() < deadlineMs) {
    await clock.pause(pollIntervalMs);
    template = await findTemplate(manager);
  }
  if (template && variantName(template.state) === 'available') return;
  const state = template ? describeValue(template.state) : 'not listed';
  throw templateError(`The template did not become available: ${state}.`);
}

async function findTemplate(manager: ManagerClient): Promise<Template | undefined> {
  return (await manager.listTemplates()).find(({ version }) => version === templateVersion);
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
