import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from './cli-error.ts';
import { runDemo } from './demo/demo.ts';
import { Printer } from './terminal/printer.ts';
import { terminalOf, type OutputStream } from './terminal/terminal.ts';

/** What the command line runs in. */
export interface CliEnvironment {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Outputs of the canister build. Default: `.canisters` of this checkout. */
  readonly canistersDirectory?: string;
}

const usage = `Usage: npm run saga -- <command>

Commands:
  demo      Start a network in this process, deploy the Manager, get a Greeter from it and greet.
            It needs nothing and leaves nothing behind. "npm start" builds the canisters and runs it.

Options:
  --help    Show this text.
`;

const builtCanisters = join(fileURLToPath(new URL('../..', import.meta.url)), '.canisters');

/**
 * Runs one command.
 *
 * @param args the command line after the program's name
 * @returns the exit code: 0 done, 1 failed, 2 the command line was wrong
 */
export async function runCli(args: readonly string[], environment: CliEnvironment): Promise<number> {
  try {
    await dispatch(args, environment);
    return 0;
  } catch (error) {
    const printer = new Printer(terminalOf(environment.stderr, environment.variables));
    return reportFailure(error, printer);
  }
}

async function dispatch(args: readonly string[], environment: CliEnvironment): Promise<void> {
  const { stdout, variables, canistersDirectory = builtCanisters } = environment;
  const [command, ...rest] = args;
  if (args.some((arg) => arg === '--help' || arg === '-h') || command === 'help') {
    stdout.write(usage);
    return;
  }
  if (command === undefined) throw wrongCommandLine('No command was given.');
  if (command !== 'demo') throw wrongCommandLine(`There is no command "${command}".`);
  if (rest[0] !== undefined) throw wrongCommandLine(`"demo" takes no arguments, but got "${rest[0]}".`);
  await runDemo(terminalOf(stdout, variables), canistersDirectory);
}

function wrongCommandLine(message: string): CliError {
  return new CliError('cli.usage', message, 'The commands are: demo. See "npm run saga -- --help".', 2);
}

function reportFailure(error: unknown, printer: Printer): number {
  printer.line();
  if (error instanceof CliError) {
    printer.line({ text: 'Failed: ', style: 'bad' }, `${error.message} (${error.code})`);
    printer.line(error.advice);
    return error.exitCode;
  }
  const [first = '', ...stack] =
    error instanceof Error ? (error.stack ?? error.message).split('\n') : [String(error)];
  printer.line({ text: 'Failed unexpectedly: ', style: 'bad' }, first);
  for (const line of stack) printer.line({ text: line, style: 'quiet' });
  printer.line('This is a defect of the program; please report it with the lines above.');
  return 1;
}
