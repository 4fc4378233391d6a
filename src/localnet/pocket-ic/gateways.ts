import { SubnetKeys } from '../certification/index.ts';
import { createGateway } from '../gateway/index.ts';
import { type ApiRequest, type ApiResponse, type Endpoint, HttpApi, startEndpoint } from '../http/index.ts';
import type { Instance } from './instance.ts';
import { ProtocolError } from './protocol-error.ts';

/** Where a gateway listens. */
export interface GatewayAddress {
  /** 0: a free one. */
  readonly port: number;
  readonly host: string;
}

/** A port of its own that reaches one instance as agents and browsers do. */
export interface RunningGateway {
  readonly id: number;
  readonly instanceId: number;
  readonly port: number;
}

interface Gateway extends RunningGateway {
  readonly endpoint: Endpoint;
}

/** The ways into a server's instances that speak the HTTP interface of the IC. */
export class Gateways {
  readonly #gateways = new Map<number, Gateway>();
  readonly #apis = new WeakMap<Instance, HttpApi>();
  #keys: SubnetKeys | undefined;
  #nextId = 0;

  /** @throws ProtocolError when the port is taken */
  async start(instance: Instance, { port, host }: GatewayAddress): Promise<RunningGateway> {
    let endpoint: Endpoint;
    try {
      const keys = this.#subnetKeys();
      const gateway = createGateway(instance.live, keys);
      endpoint = await startEndpoint(instance.live, { port, host, keys, gateway });
    } catch (error) {
      throw new ProtocolError('GatewayNotStarted', error instanceof Error ? error.message : String(error));
    }
    const gateway = { id: this.#nextId, instanceId: instance.id, port: endpoint.port, endpoint };
    this.#nextId += 1;
    this.#gateways.set(gateway.id, gateway);
    return gateway;
  }

  list(): readonly RunningGateway[] {
    return [...this.#gateways.values()];
  }

  /** @throws ProtocolError when there is none, or it was stopped */
  async stop(id: number): Promise<void> {
    const gateway = this.#gateways.get(id);
    if (gateway === undefined) {
      throw new ProtocolError('GatewayNotFound', `There is no HTTP gateway ${id}.`, 404);
    }
    this.#gateways.delete(id);
    await gateway.endpoint.close();
  }

  /** Stops all gateways of an instance. */
  async stopOf(instanceId: number): Promise<void> {
    const gateways = this.list().filter((gateway) => gateway.instanceId === instanceId);
    await Promise.all(gateways.map(({ id }) => this.stop(id)));
  }

  async close(): Promise<void> {
    await Promise.all(this.list().map(({ id }) => this.stop(id)));
  }

  /** Answers a request to an instance's HTTP interface that came without a gateway. */
  async answer(instance: Instance, request: ApiRequest): Promise<ApiResponse> {
    let api = this.#apis.get(instance);
    if (api === undefined) {
      api = new HttpApi({ live: instance.live, keys: this.#subnetKeys() });
      this.#apis.set(instance, api);
    }
    return api.handle(request);
  }

  /** Derived when they are needed: most servers never certify anything. */
  #subnetKeys(): SubnetKeys {
    this.#keys ??= new SubnetKeys();
    return this.#keys;
  }
}
