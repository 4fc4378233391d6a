import type { IncomingHttpHeaders } from 'node:http';
import type { ApiResponse } from '../http/index.ts';
import type { JsonValue } from './bare-json.ts';
import type { Blobstore } from './blobstore.ts';
import type { Gateways } from './gateways.ts';
import type { Instance } from './instance.ts';
import type { Instances } from './instances.ts';
import { badRequest } from './protocol-error.ts';
import type { RequestBody } from './request-body.ts';

/** What the requests of one server share. */
export interface ServerContext {
  readonly instances: Instances;
  readonly blobs: Blobstore;
  readonly gateways: Gateways;
}

/** A request to one route. */
export interface RouteRequest {
  readonly method: string;
  /** Of the URL, without the query. */
  readonly path: string;
  /** The segments of the path that the route leaves open, in order. */
  readonly parameters: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Uint8Array;
  /** @throws ProtocolError when the body is no JSON object */
  readonly body: () => RequestBody;
}

/** Plain text, JSON, or whatever an instance's own HTTP interface answers; undefined is an empty body. */
export type RouteResponse =
  { readonly text: string } | { readonly json: JsonValue } | { readonly passed: ApiResponse } | undefined;

export interface Route {
  readonly method: string;
  /** Segments; `*` matches any one, `**` at the end any number. */
  readonly path: readonly string[];
  readonly handle: (request: RouteRequest, context: ServerContext) => RouteResponse | Promise<RouteResponse>;
}

/** @param path for example `/instances/<n>/read/query` */
export function route(method: Route['method'], path: string, handle: Route['handle']): Route {
  return { method, path: segmentsOf(path).map((part) => (part.startsWith('<') ? '*' : part)), handle };
}

/** A route below one instance, whose answer is JSON. @param path behind `/instances/<n>` */
export function instanceRoute(
  method: Route['method'],
  path: string,
  handle: (
    instance: Instance,
    request: RouteRequest,
    context: ServerContext,
  ) => JsonValue | Promise<JsonValue>,
): Route {
  return route(method, `/instances/<n>${path}`, async (request, context) => {
    const instance = context.instances.get(numberParameter(request, 0));
    return { json: await handle(instance, request, context) };
  });
}

/** @returns the routes with this path, whatever their method */
export function routesAt(routes: readonly Route[], path: string): readonly Route[] {
  const segments = segmentsOf(path);
  return routes.filter(
    (candidate) =>
      (candidate.path.at(-1) === '**'
        ? candidate.path.length <= segments.length
        : candidate.path.length === segments.length) &&
      candidate.path.every((part, index) => part.startsWith('*') || part === segments[index]),
  );
}

/** The segments that a route leaves open. */
export function parametersOf({ path: pattern }: Route, path: string): readonly string[] {
  return segmentsOf(path).filter((_, index) => pattern[index] === '*');
}

/** A number in the path. @throws ProtocolError when it is none */
export function numberParameter({ parameters }: RouteRequest, index: number): number {
  const text = parameters[index] ?? '';
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`"${text}" in the path must be a number.`);
  return Number(text);
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}
