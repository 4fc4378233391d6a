import { readFileSync } from 'node:fs';
import { Actor, type ActorSubclass, HttpAgent, type HttpAgentOptions } from '@icp-sdk/core/agent';
import { type Endpoint, type EndpointOptions, startEndpoint } from '../../../../src/localnet/http/index.ts';
import { LocalNetwork, type LocalNetworkOptions, managementClient } from '../../../../src/localnet/index.ts';
import { LiveNetwork } from '../../../../src/localnet/live/index.ts';
import { compileMotoko } from '../../../support/compile-motoko.ts';
import { user } from '../../support/test-network.ts';
import { type Guestbook, guestbookInterface } from './guestbook-interface.ts';
import { keys } from './test-api.ts';
import { withCustomSection } from './with-metadata.ts';

/** A network that listens on a free port, with the guestbook installed. Close it. */
export class AgentEndpoint {
  private constructor(
    readonly live: LiveNetwork,
    readonly endpoint: Endpoint,
    readonly guestbookId: string,
  ) {}

  static async start(
    networkOptions: LocalNetworkOptions = {},
    endpointOptions: Partial<EndpointOptions> = {},
  ): Promise<AgentEndpoint> {
    const network = new LocalNetwork(networkOptions);
    const management = managementClient(network, user);
    const id = management.createCanister();
    const source = readFileSync(new URL('../canisters/guestbook.mo', import.meta.url), 'utf8');
    const module = withCustomSection(compileMotoko(source), 'icp:public greeting', 'welcome');
    management.installCode(id, { module, arg: new Uint8Array() });
    const live = new LiveNetwork(network);
    return new AgentEndpoint(live, await startEndpoint(live, { keys, ...endpointOptions }), id.toText());
  }

  agent(options: HttpAgentOptions = {}): Promise<HttpAgent> {
    return HttpAgent.create({ host: this.endpoint.url, rootKey: this.endpoint.rootKeyDer, ...options });
  }

  async guestbook(options: HttpAgentOptions = {}): Promise<ActorSubclass<Guestbook>> {
    const agent = await this.agent(options);
    return Actor.createActor<Guestbook>(guestbookInterface, { agent, canisterId: this.guestbookId });
  }

  async close(): Promise<void> {
    await this.endpoint.close();
    this.live.close();
  }
}
