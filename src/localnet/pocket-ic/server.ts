import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseJson, writeJson } from './bare-json.ts';
import { Blobstore, maximumBlobBytes } from './blobstore.ts';
import { Gateways } from './gateways.ts';
import { Instances } from './instances.ts';
import { badRequest, ProtocolError } from './protocol-error.ts';
import { RequestBody } from './request-body.ts';
import { parametersOf, type Route, type RouteResponse, routesAt, type ServerContext } from './route.ts';
import { extensionRoutes } from './routes/extension-routes.ts';
import { gatewayRoutes } from './routes/gateway-routes.ts';
import { instanceRoutes } from './routes/instance-routes.ts';
import { httpOutcallRoutes } from './routes/http-outcall-routes.ts';
import { readRoutes } from './routes/read-routes.ts';
import { updateRoutes } from './routes/update-routes.ts';

/** How a server listens. Everything has a default. */
export interface PocketIcServerOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Gets a line for everything a canister prints. Default: dropped. */
  readonly writeLog?: (line: string) => void;
  /** Told whenever a request was answered. */
  readonly onAnswered?: () => void;
}

/** A server of the PocketIC protocol that is listening. */
export interface RunningPocketIcServer {
  readonly port: number;
  readonly url: string;
  /** How many requests are being answered. */
  openRequests(): number;
  /** Ends all connections, instances and gateways. */
  close(): Promise<void>;
}

const routes: readonly Route[] = [
  ...instanceRoutes,
  ...httpOutcallRoutes,
  ...readRoutes,
  ...updateRoutes,
  ...gatewayRoutes,
  ...extensionRoutes,
];

/** Serves the PocketIC protocol: many networks in this process, made and driven by HTTP requests. */
export async function startPocketIcServer(
  options: PocketIcServerOptions = {},
): Promise<RunningPocketIcServer> {
  const { port: wantedPort = 0, host = '127.0.0.1', writeLog = () => undefined } = options;
  const context: ServerContext = {
    instances: new Instances(writeLog),
    blobs: new Blobstore(),
    gateways: new Gateways(),
  };
  let openRequests = 0;
  const server = createServer((request, response) => {
    openRequests += 1;
    response.on('close', () => {
      openRequests -= 1;
      options.onAnswered?.();
    });
    void serve(request, response, context);
  });
  // A client that was busy with itself, compiling for instance, would use a connection that was closed meanwhile.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wantedPort, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return {
    port: address.port,
    url: `http://${host}:${address.port}`,
    openRequests: () => openRequests,
    close: async () => {
      await context.gateways.close();
      context.instances.close();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  context: ServerContext,
): Promise<void> {
  try {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/status') {
      send(response, 200, undefined);
      return;
    }
    const handled = findRoute(request.method ?? 'GET', path);
    const bytes = await bodyOf(request);
    const answer = await handled.handle(
      {
        method: handled.method,
        path,
        parameters: parametersOf(handled, path),
        headers: request.headers,
        bytes,
        body: () => new RequestBody(bytes.length === 0 ? null : parseJson(textOf(bytes))),
      },
      context,
    );
    send(response, 200, answer);
  } catch (error) {
    const status = error instanceof ProtocolError ? error.status : 500;
    const message = error instanceof Error ? error.message : String(error);
    send(response, status, { json: { message } });
  }
}

function findRoute(method: string, path: string): Route {
  const candidates = routesAt(routes, path);
  const found = candidates.find((candidate) => candidate.method === method);
  if (found !== undefined) return found;
  if (candidates.length > 0) throw new ProtocolError('MethodNotAllowed', `${method} ${path}`, 405);
  throw new ProtocolError('NotFound', `This server has no ${path}.`, 404);
}

/** @throws ProtocolError when it is too large */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maximumBlobBytes) {
      throw new ProtocolError('PayloadTooLarge', `A body has at most ${maximumBlobBytes} bytes.`, 413);
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badRequest('The body is not UTF-8.');
  }
}

function send(response: ServerResponse, status: number, answer: RouteResponse): void {
  if (response.headersSent || response.destroyed) return;
  if (answer === undefined) {
    response.writeHead(status).end();
    return;
  }
  if ('passed' in answer) {
    const { status: passedStatus, contentType, body } = answer.passed;
    response.writeHead(passedStatus, contentType === undefined ? {} : { 'content-type': contentType });
    response.end(body);
    return;
  }
  const [type, text] =
    'text' in answer ? ['text/plain', answer.text] : ['application/json', writeJson(answer.json)];
  response.writeHead(status, { 'content-type': type }).end(text);
}
