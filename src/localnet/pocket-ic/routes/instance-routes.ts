import type { JsonValue } from '../bare-json.ts';
import type { Instance } from '../instance.ts';
import { instanceConfigOf } from '../instance-config.ts';
import { ProtocolError } from '../protocol-error.ts';
import {
  instanceRoute,
  numberParameter,
  route,
  type Route,
  type RouteRequest,
  type RouteResponse,
  type ServerContext,
} from '../route.ts';
import type { RequestBody } from '../request-body.ts';
import { topologyOf } from '../topology.ts';

/** Instances as a whole, and their real time. */
export const instanceRoutes: readonly Route[] = [
  route('GET', '/instances', (_request, { instances }) => ({ json: instances.states() })),

  route('POST', '/instances', (request, context) => ({ json: create(request.body(), context) })),

  route('DELETE', '/instances/<n>', async (request, { instances, gateways }) => {
    const id = numberParameter(request, 0);
    instances.get(id);
    await gateways.stopOf(id);
    instances.delete(id);
    return undefined;
  }),

  instanceRoute('GET', '/_/topology', ({ network }) => topologyOf(network)),
  instanceRoute('GET', '/read/topology', ({ network }) => topologyOf(network)),

  route('GET', '/instances/<n>/api/**', passToInstance),
  route('POST', '/instances/<n>/api/**', passToInstance),

  instanceRoute('GET', '/auto_progress', ({ isLive }) => isLive),
  instanceRoute('POST', '/auto_progress', ({ live }) => {
    live.resume();
    return null;
  }),
  instanceRoute('POST', '/stop_progress', ({ live }) => {
    live.pause();
    return null;
  }),
];

/** The HTTP interface of one instance, as agents speak it. */
async function passToInstance(
  request: RouteRequest,
  { instances, gateways }: ServerContext,
): Promise<RouteResponse> {
  const id = numberParameter(request, 0);
  const passed = await gateways.answer(instances.get(id), {
    method: request.method,
    path: request.path.slice(`/instances/${request.parameters[0] ?? ''}`.length),
    contentType: request.headers['content-type'],
    body: request.bytes,
  });
  return { passed };
}

/** Answers `{Error: …}` instead of an HTTP error, as the original does. */
function create(body: RequestBody, { instances }: ServerContext): JsonValue {
  let instance: Instance;
  try {
    instance = instances.create(instanceConfigOf(body));
  } catch (error) {
    if (error instanceof ProtocolError) return { Error: { message: error.message } };
    throw error;
  }
  return {
    Created: { instance_id: instance.id, topology: topologyOf(instance.network), http_gateway_info: null },
  };
}
