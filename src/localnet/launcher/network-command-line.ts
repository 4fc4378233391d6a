import { parseArgs } from 'node:util';
import { portOf, reading, wholeNumber } from './command-line-error.ts';

/** What `npm run network` is asked for. */
export interface NetworkCommand {
  /** 0: any free port. */
  readonly port: number;
  /** Keeps the network there; absent: it is gone when it stops. */
  readonly stateDirectory: string | undefined;
  /** Shuffles messages; absent: the order of an idle subnet. */
  readonly seed: number | undefined;
  /** Whether HTTP requests of canisters are made. */
  readonly httpOutcalls: boolean;
  readonly help: boolean;
}

export const networkHelp = `ic-network [options], or in a checkout: npm run network -- [options]

Runs a local Internet Computer until Ctrl-C.

  --port N         port to listen on (default 4943; 0: any free one)
  --state-dir DIR  keep the network in this directory and continue from it
  --seed N         execute messages in an order shuffled by this number
  --no-http-outcalls
                   refuse the HTTP requests of canisters instead of making them
  --help           show this text
`;

export const defaultPort = 4_943;
const largestSeed = 2 ** 32 - 1;

/**
 * @param args without the program's name
 * @throws CommandLineError
 */
export function parseNetworkCommand(args: readonly string[]): NetworkCommand {
  const { values } = reading(() =>
    parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        'state-dir': { type: 'string' },
        seed: { type: 'string' },
        'no-http-outcalls': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }),
  );
  return {
    port: values.port === undefined ? defaultPort : portOf('--port', values.port),
    stateDirectory: values['state-dir'],
    seed: values.seed === undefined ? undefined : wholeNumber('--seed', values.seed, largestSeed),
    httpOutcalls: values['no-http-outcalls'] !== true,
    help: values.help ?? false,
  };
}
