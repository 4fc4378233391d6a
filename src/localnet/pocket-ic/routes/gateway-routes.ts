import type { JsonValue } from '../bare-json.ts';
import { badRequest, notSupported, ProtocolError } from '../protocol-error.ts';
import type { RequestBody } from '../request-body.ts';
import { numberParameter, route, type Route, type ServerContext } from '../route.ts';

const largestPort = 65_535n;

/** HTTP gateways, each of which reaches one instance. */
export const gatewayRoutes: readonly Route[] = [
  route('GET', '/http_gateway', (_request, { gateways }) => ({
    json: gateways.list().map(({ id, instanceId, port }) => ({
      instance_id: id,
      port,
      forward_to: { PocketIcInstance: instanceId },
      domains: null,
      https_config: null,
    })),
  })),

  route('POST', '/http_gateway', async (request, context) => ({
    json: await create(request.body(), context),
  })),

  route('POST', '/http_gateway/<n>/stop', async (request, { gateways }) => {
    await gateways.stop(numberParameter(request, 0));
    return undefined;
  }),
];

/** Answers `{Error: …}` instead of an HTTP error, as the original does. */
async function create(body: RequestBody, { instances, gateways }: ServerContext): Promise<JsonValue> {
  try {
    for (const unknown of ['domains', 'https_config']) {
      if (body.has(unknown)) throw notSupported(`A gateway has no "${unknown}" here; leave it out.`);
    }
    const target = body.object('forward_to');
    if (target.has('Replica')) {
      throw notSupported('A gateway reaches an instance of this server; name a "PocketIcInstance".');
    }
    const instance = instances.get(Number(target.natural('PocketIcInstance')));
    const gateway = await gateways.start(instance, {
      port: portOf(body),
      host: body.has('ip_addr') ? body.text('ip_addr') : '127.0.0.1',
    });
    return { Created: { instance_id: gateway.id, port: gateway.port } };
  } catch (error) {
    if (error instanceof ProtocolError) return { Error: { message: error.message } };
    throw error;
  }
}

function portOf(body: RequestBody): number {
  const port = body.has('port') ? body.natural('port') : 0n;
  if (port > largestPort) throw badRequest(`A port is at most ${largestPort}.`);
  return Number(port);
}
