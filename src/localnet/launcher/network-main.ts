import { CommandLineError } from './command-line-error.ts';
import { type NetworkCommand, networkHelp, parseNetworkCommand } from './network-command-line.ts';
import { closeOnSignal, usageExitCode } from './run-until-signal.ts';
import { startNetwork } from './running-network.ts';

// The program behind `npm run network`.

try {
  const command = parseNetworkCommand(process.argv.slice(2));
  if (command.help) process.stdout.write(networkHelp);
  else await run(command);
} catch (error) {
  process.stderr.write(`network: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof CommandLineError ? usageExitCode : 1);
}

async function run({ port, seed, stateDirectory, httpOutcalls }: NetworkCommand): Promise<void> {
  const network = await startNetwork({
    port,
    seed,
    stateDirectory,
    httpOutcalls,
    log: (line) => process.stdout.write(`${line}\n`),
    onDefect: (error) => {
      process.stderr.write(`network: ${error.message}\n`);
      process.exit(1);
    },
  });
  closeOnSignal(process, network);
  const rootKey = Buffer.from(network.rootKeyDer).toString('hex');
  const continues = network.recovery?.foundState === true ? ', continues from its state directory' : '';
  process.stdout.write(
    `A local Internet Computer, ready after ${Math.round(performance.now())} ms${continues}. Ctrl-C stops it.\n\n` +
      `  url       ${network.url}\n` +
      `  root key  ${rootKey}\n\n` +
      `For icp-cli, in icp.yaml:\n\n` +
      `networks:\n  - name: localnet\n    mode: connected\n    url: ${network.url}\n    root-key: ${rootKey}\n` +
      `environments:\n  - name: localnet\n    network: localnet\n\n`,
  );
}
