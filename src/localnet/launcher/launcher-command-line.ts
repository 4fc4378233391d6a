import { parseArgs } from 'node:util';
import { CommandLineError, portOf, reading } from './command-line-error.ts';

/** What icp-cli asks of a launcher. */
export interface LauncherCommand {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Directory where the client waits for the file that says that the network is ready. */
  readonly statusDirectory: string;
}

/** What the original can do and this network cannot; nobody should wait for it. */
const outOfScope: Readonly<Record<string, string>> = {
  ii: 'an Internet Identity canister',
  nns: 'the canisters of the NNS (ICP ledger, cycles ledger and CMC are always there)',
  'artificial-delay-ms': 'artificial delays',
  'bitcoind-addr': 'a Bitcoin integration',
  'dogecoind-addr': 'a Dogecoin integration',
};

const supportedInterface = '1';

/**
 * Reads the command line with which icp-cli starts a network launcher. Source: icp-cli 1.5.0
 * `crates/icp/src/network/managed/launcher.rs`.
 *
 * @param args without the program's name
 * @throws CommandLineError
 */
export function parseLauncherCommand(args: readonly string[]): LauncherCommand {
  const { values } = reading(() =>
    parseArgs({
      args: [...args],
      options: {
        'interface-version': { type: 'string' },
        // Emptied by icp-cli at every start: there is never anything in it to continue from.
        'state-dir': { type: 'string' },
        'status-dir': { type: 'string' },
        'gateway-port': { type: 'string' },
        bind: { type: 'string' },
        // The gateway reads the canister's id from the first part of a host's name, whatever follows.
        domain: { type: 'string', multiple: true },
        subnet: { type: 'string', multiple: true },
        // The log is for people already, and the file it goes to is never shown unasked.
        verbose: { type: 'boolean' },
        ii: { type: 'boolean' },
        nns: { type: 'boolean' },
        'artificial-delay-ms': { type: 'string' },
        'bitcoind-addr': { type: 'string', multiple: true },
        'dogecoind-addr': { type: 'string', multiple: true },
      },
    }),
  );
  for (const [flag, what] of Object.entries(outOfScope)) {
    if (flag in values) {
      throw new CommandLineError(
        'UNSUPPORTED_FLAG',
        `--${flag}: this network does not offer ${what}. Take it out of the network's settings in icp.yaml, ` +
          'or unset ICP_CLI_NETWORK_LAUNCHER_PATH to use the original launcher.',
      );
    }
  }
  checkSubnets(values.subnet ?? []);
  checkInterface(values['interface-version']);
  const statusDirectory = values['status-dir'];
  if (statusDirectory === undefined) {
    throw new CommandLineError(
      'MISSING_FLAG',
      '--status-dir is missing. This program is started by icp-cli: set ICP_CLI_NETWORK_LAUNCHER_PATH to it. ' +
        'To start a network by hand, use ic-network, or npm run network in a checkout.',
    );
  }
  return {
    port: portOf('--gateway-port', values['gateway-port']),
    host: values.bind ?? '127.0.0.1',
    statusDirectory,
  };
}

/** There is one subnet, an application subnet. */
function checkSubnets(kinds: readonly string[]): void {
  const others = kinds.filter((kind) => kind !== 'application');
  if (others.length === 0 && kinds.length <= 1) return;
  throw new CommandLineError(
    'UNSUPPORTED_FLAG',
    `--subnet=${others[0] ?? 'application'}: this network has exactly one subnet, an application subnet. ` +
      'Leave subnets out of the settings in icp.yaml.',
  );
}

function checkInterface(version: string | undefined): void {
  if (version === undefined || version.split('.')[0] === supportedInterface) return;
  throw new CommandLineError(
    'INVALID_VALUE',
    `--interface-version ${version}: this launcher speaks version ${supportedInterface}.`,
  );
}
