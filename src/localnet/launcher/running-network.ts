import { systemCanisters } from '../builtin/index.ts';
import { refuseHttpOutcall } from '../http-outcalls/index.ts';
import { nanosPerMillisecond } from '../limits.ts';
import { type ServedNetwork, serveNetwork } from '../serve/index.ts';
import { describeEvent } from './describe-event.ts';

/** How a network runs for clients outside of this process. */
export interface RunningNetworkOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `127.0.0.1`: this computer only. */
  readonly host?: string;
  /** Shuffles messages; see `LocalNetworkOptions.seed`. */
  readonly seed?: number | undefined;
  /** Keeps the network there. Default: it is gone when it is closed. */
  readonly stateDirectory?: string | undefined;
  /** File in which names of canisters appear, see GatewayOptions. Default: none. */
  readonly customDomainsFile?: string;
  /** Whether HTTP requests of canisters are made; otherwise they are rejected. Default true. */
  readonly httpOutcalls?: boolean;
  /** Gets a line for everything that happens. */
  readonly log: (line: string) => void;
  /** Told once when the network has stopped because of a defect of its own. */
  readonly onDefect: (error: Error) => void;
}

/**
 * Starts a network with the system canisters, served over HTTP in real time.
 *
 * @throws StateDirError when the state directory cannot be used
 * @throws Error when the port is taken
 */
export async function startNetwork(options: RunningNetworkOptions): Promise<ServedNetwork> {
  const log = (text: string): void => {
    options.log(`${timeOfDay()} ${text}`);
  };
  // What is repeated from a state directory was told when it happened.
  let isRecovered = false;
  const served = await serveNetwork({
    network: {
      ...(options.seed !== undefined && { seed: options.seed }),
      startTimeNanos: BigInt(Date.now()) * nanosPerMillisecond,
      nativeCanisters: systemCanisters(),
      onEvent: (event) => {
        const text = isRecovered ? describeEvent(event) : undefined;
        if (text !== undefined) log(text);
      },
    },
    port: options.port ?? 0,
    ...(options.host !== undefined && { host: options.host }),
    ...(options.stateDirectory !== undefined && { stateDirectory: options.stateDirectory }),
    ...(options.httpOutcalls === false && { performHttpOutcall: refuseHttpOutcall }),
    gateway: {
      ...(options.customDomainsFile !== undefined && { customDomainsFile: options.customDomainsFile }),
      log: ({ method, host, url, status, error }) => {
        const reason = error === undefined ? '' : `: ${error}`;
        log(`http ${status}       ${method} ${host}${url}${reason}`);
      },
    },
    log: ({ method, path, status, error }) => {
      if (error !== undefined) log(`http ${status}       ${method} ${path}: ${error}`);
    },
    onDefect: options.onDefect,
  });
  isRecovered = true;
  return served;
}

const timeStart = 11;
const timeEnd = 23;

/** Hours to milliseconds, in UTC. */
function timeOfDay(): string {
  return new Date().toISOString().slice(timeStart, timeEnd);
}
