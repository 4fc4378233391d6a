import { LocalNetwork } from '../../localnet/index.ts';
import { duration, grouped, trillionCycles } from '../amounts.ts';
import { freshPrincipal } from '../identity.ts';
import { Printer } from '../terminal/printer.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { readCanisterModule } from './canister-files.ts';
import { activateTemplate, installManager, managerCycles, templateVersion } from './deploy.ts';
import { jobProgress } from './job-progress.ts';
import { type Provisioned, provisionGreeter } from './provision.ts';
import { type GreeterFacts, verifyGreeter } from './verify.ts';

/**
 * The whole mission once, on an embedded network that lives as long as this call: deploys the Manager, then gets a
 * Greeter from it as a user would, and looks at what came out.
 *
 * @param canistersDirectory outputs of the build
 * @throws CliError
 */
export async function runDemo(terminal: Terminal, canistersDirectory: string): Promise<void> {
  const startedAtMs = performance.now();
  const printer = new Printer(terminal);
  printer.line({ text: 'A Greeter canister of your own, from a durable Manager', style: 'strong' });
  printer.line();
  const network = new LocalNetwork();
  const networkStartedAt = network.timeNanos;
  printer.field(
    'Network',
    'an Internet Computer inside this process',
    'It runs the real Wasm. Its time is virtual: waiting on it takes no time here.',
  );

  const operator = freshPrincipal();
  const managerModule = await readCanisterModule(canistersDirectory, 'manager');
  const managerId = installManager(network, operator, managerModule);
  printer.field('Manager', managerId.toText(), `installed, ${trillionCycles(managerCycles)} cycles`);

  const template = await readCanisterModule(canistersDirectory, 'greeter');
  await activateTemplate(network, operator, managerId, template);
  const size = grouped(template.bytes.length);
  printer.field('Template', `Greeter ${templateVersion}`, `${size} bytes, published and active`);

  const user = freshPrincipal();
  printer.field('You', user.toText(), 'a new identity; you call createGreeter and follow the job');
  printer.line();

  const onStatus = jobProgress(printer, () => network.timeNanos);
  const provisioned = await provisionGreeter(network, user, managerId, onStatus);
  const facts = await verifyGreeter(network, user, provisioned.greeterId, template.sha256);
  printer.line();
  report(printer, provisioned, facts);
  const virtualMs = Number(network.timeNanos - networkStartedAt) / 1e6;
  const realMs = performance.now() - startedAtMs;
  printer.field(
    'Time',
    `${duration(realMs)} of yours`,
    `${duration(virtualMs)} of the network's virtual time`,
  );
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
