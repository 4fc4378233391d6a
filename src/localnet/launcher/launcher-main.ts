import { join } from 'node:path';
import { canisterIdOfNumber, firstCanisterNumber } from '../canister-ids.ts';
import { CommandLineError } from './command-line-error.ts';
import { parseLauncherCommand } from './launcher-command-line.ts';
import { closeOnSignal, usageExitCode } from './run-until-signal.ts';
import { startNetwork } from './running-network.ts';
import { writeStatusFile } from './status-file.ts';

// The program behind bin/icp-network-launcher. icp-cli keeps what it prints in the network's directory.

try {
  const command = parseLauncherCommand(process.argv.slice(2));
  const network = await startNetwork({
    port: command.port,
    host: command.host,
    customDomainsFile: join(command.statusDirectory, 'custom-domains.txt'),
    log: (line) => process.stdout.write(`${line}\n`),
    onDefect: (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  });
  closeOnSignal(process, network);
  writeStatusFile(command.statusDirectory, {
    port: network.port,
    rootKeyDer: network.rootKeyDer,
    defaultEffectiveCanisterId: canisterIdOfNumber(firstCanisterNumber).toText(),
    // icp-cli then writes the file above whenever it deploys a canister.
    supportedFeatures: ['custom-domains'],
  });
} catch (error) {
  process.stderr.write(`icp-network-launcher: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof CommandLineError ? usageExitCode : 1);
}
