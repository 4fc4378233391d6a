import { HttpAgent, type Identity } from '@icp-sdk/core/agent';
import type { Principal } from '@dfinity/principal';
import type { CallTransport } from '../../client/index.ts';
import { serveNetwork } from '../../localnet/serve/index.ts';
import { agentTransport } from '../agent-transport.ts';

/** An embedded network behind its HTTP interface, as any client finds it. */
export interface LocalEndpoint {
  readonly url: string;
  /** Some canister id of the network: where creating a canister is sent. */
  readonly anyCanisterId: Principal;
  /** Reaches the network through an agent that signs as the identity and verifies what is answered. */
  connect(identity: Identity): Promise<CallTransport>;
  close(): Promise<void>;
}

/** Starts an empty network in this process, on a free port of this machine only. */
export async function startLocalEndpoint(): Promise<LocalEndpoint> {
  const served = await serveNetwork();
  const { url, rootKeyDer: rootKey, live } = served;
  return {
    url,
    anyCanisterId: live.network.canisterRange.first,
    connect: async (identity) => agentTransport(await HttpAgent.create({ host: url, rootKey, identity })),
    close: () => served.close(),
  };
}
