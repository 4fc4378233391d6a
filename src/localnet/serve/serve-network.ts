import { SubnetKeys } from '../certification/index.ts';
import { createGateway, type GatewayOptions } from '../gateway/index.ts';
import { performHttpOutcall } from '../http-outcalls/index.ts';
import { type Endpoint, type EndpointLogLine, startEndpoint } from '../http/index.ts';
import {
  applyInput,
  LiveNetwork,
  type NetworkDefectError,
  type NetworkInput,
  type PerformHttpOutcall,
} from '../live/index.ts';
import { LocalNetwork } from '../network.ts';
import type { LocalNetworkOptions } from '../network-options.ts';
import { type Recovery, StateDirectory } from '../state-dir/index.ts';

/** How a network is served. Everything has a default. */
export interface ServeOptions {
  readonly network?: Omit<LocalNetworkOptions, 'rootKey'>;
  /** From which the root key follows. Default: the well-known one of local networks. */
  readonly keySeed?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `127.0.0.1`: this computer only. */
  readonly host?: string;
  /** Keeps the network in this directory, over restarts and crashes. Default: it lives as long as the process. */
  readonly stateDirectory?: string;
  /** How canisters are served to browsers, under `http://<canister id>.localhost:<port>/`. */
  readonly gateway?: GatewayOptions;
  /**
   * Makes the HTTP requests of canisters. Default: they are really made, over `https:` and `http:`. Another function
   * plays the servers.
   */
  readonly performHttpOutcall?: PerformHttpOutcall;
  /** Told of every request to the HTTP interface, once it is answered. */
  readonly log?: (line: EndpointLogLine) => void;
  /** See LiveNetworkOptions. */
  readonly onDefect?: (error: NetworkDefectError) => void;
}

/** A network that runs in real time behind its HTTP interface. */
export interface ServedNetwork extends Pick<Endpoint, 'port' | 'url' | 'rootKeyDer'> {
  readonly live: LiveNetwork;
  readonly keys: SubnetKeys;
  /** What the state directory held; undefined without one. */
  readonly recovery: Recovery | undefined;
  /** Stops listening, then executing, and writes down the state. */
  close(): Promise<void>;
}

/**
 * Starts a network as any client finds it: in real time, over HTTP, with certificates.
 *
 * @throws StateDirError when the state directory cannot be used
 * @throws Error when the port is taken
 */
export async function serveNetwork(options: ServeOptions = {}): Promise<ServedNetwork> {
  const keys = new SubnetKeys(options.keySeed);
  const network = new LocalNetwork({ ...options.network, rootKey: keys.rootKeyDer });
  const directory =
    options.stateDirectory === undefined
      ? undefined
      : new StateDirectory<NetworkInput>(options.stateDirectory);
  const recovery = directory?.recover(network, (input) => {
    applyInput(network, input);
  });
  let live: LiveNetwork | undefined;
  const closeNetwork = async (): Promise<void> => {
    live?.close();
    await directory?.close();
  };
  try {
    // Its clock begins to move at once, which is an input already, and may fail as any.
    live = new LiveNetwork(network, {
      ...(directory && { journal: directory }),
      performHttpOutcall:
        options.performHttpOutcall ?? ((outcall, signal) => performHttpOutcall(outcall, { signal })),
      ...(options.onDefect && { onDefect: options.onDefect }),
    });
    const endpoint = await startEndpoint(live, {
      keys,
      gateway: createGateway(live, keys, options.gateway),
      port: options.port ?? 0,
      ...(options.host !== undefined && { host: options.host }),
      ...(options.log && { log: options.log }),
    });
    const { port, url, rootKeyDer } = endpoint;
    const close = async (): Promise<void> => {
      await endpoint.close();
      await closeNetwork();
    };
    return { live, keys, recovery, port, url, rootKeyDer, close };
  } catch (error) {
    // What failed first is what the caller has to know.
    await closeNetwork().catch(() => undefined);
    throw error;
  }
}
