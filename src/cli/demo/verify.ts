import type { Principal } from '@dfinity/principal';
import { type CallTransport, greeterClient, managementClient } from '../../client/index.ts';
import { CliError } from '../cli-error.ts';

/** What the owner of a new Greeter sees of it. */
export interface GreeterFacts {
  readonly greeting: string;
  readonly controllers: readonly Principal[];
  readonly moduleHash: Uint8Array;
  readonly cycles: bigint;
}

/**
 * Looks at a Greeter as its owner: greets, and asks the network for the canister's status, which it tells
 * controllers only.
 *
 * @param connection the owner's
 * @throws CliError when it is not what was promised: a Greeter of the template, with the owner as only controller
 */
export async function verifyGreeter(
  connection: CallTransport,
  owner: Principal,
  greeterId: Principal,
  templateHash: Uint8Array,
): Promise<GreeterFacts> {
  const greeting = await greeterClient(connection, greeterId).greet('Alice');
  const { settings, module_hash, cycles } = await managementClient(connection, greeterId).canister_status({
    canister_id: greeterId,
  });
  const moduleHash = Uint8Array.from(module_hash[0] ?? []);
  promised(greeting === 'Hello, Alice!', `It answers "${greeting}" to Alice.`);
  const [controller, ...others] = settings.controllers;
  const texts = settings.controllers.map((principal) => principal.toText()).join(' ');
  promised(
    controller?.toText() === owner.toText() && others.length === 0,
    `Its controllers are ${texts}, not only its owner ${owner.toText()}.`,
  );
  promised(Buffer.compare(moduleHash, templateHash) === 0, 'Its module is not the template.');
  return { greeting, controllers: settings.controllers, moduleHash, cycles };
}

function promised(kept: boolean, problem: string): void {
  if (kept) return;
  throw new CliError(
    'demo.promise-broken',
    `The Greeter exists, but is not what was promised. ${problem}`,
    'This should not have happened: run "npm test" to see what is broken.',
  );
}
