import { Principal } from '@dfinity/principal';
import { Ed25519KeyIdentity } from '@icp-sdk/core/identity';
import { duration, grouped, trillionCycles } from '../amounts.ts';
import { Printer } from '../terminal/printer.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { readCanisterModule } from './canister-files.ts';
import { activateTemplate, installManager, managerCycles, templateVersion } from './deploy.ts';
import { jobProgress } from './job-progress.ts';
import { type LocalEndpoint, startLocalEndpoint } from './local-endpoint.ts';
import { type Provisioned, provisionGreeter } from './provision.ts';
import { type GreeterFacts, verifyGreeter } from './verify.ts';

const nanosPerMillisecond = 1_000_000n;

/**
 * The whole mission once, on an embedded network that lives as long as this call: deploys the Manager, then gets a
 * Greeter from it as a user would, over HTTP with a signing and verifying agent, and looks at what came out.
 *
 * @param canistersDirectory outputs of the build
 * @throws CliError
 */
export async function runDemo(terminal: Terminal, canistersDirectory: string): Promise<void> {
  const startedAtMs = performance.now();
  const printer = new Printer(terminal);
  printer.line({ text: 'A Greeter canister of your own, from a durable Manager', style: 'strong' });
  printer.line();
  const endpoint = await startLocalEndpoint();
  try {
    await demonstrate(printer, endpoint, canistersDirectory);
  } finally {
    await endpoint.close();
  }
  printer.field('Time', duration(performance.now() - startedAtMs));
}

async function demonstrate(
  printer: Printer,
  endpoint: LocalEndpoint,
  canistersDirectory: string,
): Promise<void> {
  printer.field('Network', endpoint.url, 'an Internet Computer inside this process; it runs the real Wasm');

  const operator = await endpoint.connect(Ed25519KeyIdentity.generate());
  const managerModule = await readCanisterModule(canistersDirectory, 'manager');
  const managerId = await installManager(operator, endpoint.anyCanisterId, managerModule);
  printer.field('Manager', managerId.toText(), `installed, ${trillionCycles(managerCycles)} cycles`);

  const template = await readCanisterModule(canistersDirectory, 'greeter');
  await activateTemplate(operator, managerId, template);
  const size = grouped(template.bytes.length);
  printer.field('Template', `Greeter ${templateVersion}`, `${size} bytes, published and active`);

  const identity = Ed25519KeyIdentity.generate();
  const owner = Principal.fromText(identity.getPrincipal().toText());
  const user = await endpoint.connect(identity);
  printer.field('You', owner.toText(), 'a new identity; you call createGreeter and follow the job');
  printer.line();

  const onStatus = jobProgress(printer, () => BigInt(Date.now()) * nanosPerMillisecond);
  const provisioned = await provisionGreeter(user, managerId, onStatus);
  const facts = await verifyGreeter(user, owner, provisioned.greeterId, template.sha256);
  printer.line();
  report(printer, provisioned, facts);
}

function report(printer: Printer, { job, greeterId }: Provisioned, facts: GreeterFacts): void {
  printer.line('  greet("Alice")  ', { text: facts.greeting, style: 'good' });
  printer.line();
  printer.field('Greeter', greeterId.toText());
  const controllers = facts.controllers.map((principal) => principal.toText()).join(' ');
  printer.field('Controllers', controllers, 'you, and nobody else');
  printer.field('Module hash', Buffer.from(facts.moduleHash).toString('hex'), "the template's");
  const spent = trillionCycles(job.cyclesSpent);
  printer.field(
    'Cycles',
    `${spent} spent`,
    `${trillionCycles(facts.cycles)} of them are now the Greeter's own`,
  );
}
