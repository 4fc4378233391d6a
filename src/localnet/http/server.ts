import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpApi, type HttpApiOptions, bodyTooLarge, maximumBodyBytes } from './api.ts';
import { type ApiResponse, emptyResponse, textResponse } from './api-message.ts';
import { toOriginForm } from './origin-form.ts';

/** How an endpoint serves a live network. Only the keys have no default. */
export interface EndpointOptions extends Omit<HttpApiOptions, 'live'> {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `127.0.0.1`: this computer only. */
  readonly host?: string;
  /** Told of every request to the HTTP interface, once it is answered. */
  readonly log?: (line: EndpointLogLine) => void;
  /** Gets every request that is not for `/api/` or `/_/`. Default: they are answered 404. */
  readonly gateway?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface EndpointLogLine {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** What the client was told, when the status is 400 or more. */
  readonly error: string | undefined;
}

/** A running HTTP endpoint. */
export interface Endpoint {
  readonly port: number;
  /** For example `http://127.0.0.1:4943`. */
  readonly url: string;
  readonly rootKeyDer: Uint8Array;
  /** Stops listening and ends all connections. The live network goes on. */
  close(): Promise<void>;
}

/** A client must have sent its whole request within this time, or the connection ends. */
const requestTimeoutMs = 60_000;
/**
 * How long an idle connection stays open. Node's 5 s would end connections of clients that compute in between, and
 * whose next request then fails just when it is sent.
 */
const keepAliveTimeoutMs = 120_000;

/** So that web pages from anywhere can use the network. */
const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, HEAD, OPTIONS',
  'access-control-allow-headers':
    'Accept, Authorization, Cache-Control, Content-Type, Cookie, Range, X-Requested-With',
  'access-control-max-age': '600',
};

/**
 * Serves the IC's HTTP interface of a live network.
 *
 * @throws Error when the port is taken
 */
export async function startEndpoint(
  live: HttpApiOptions['live'],
  options: EndpointOptions,
): Promise<Endpoint> {
  const api = new HttpApi({ ...options, live });
  const server = createServer(
    { requestTimeout: requestTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs },
    (request, response) => {
      toOriginForm(request);
      const [path = '/'] = (request.url ?? '/').split('?');
      if (!/^\/(api|_)\//.test(path) && options.gateway !== undefined) options.gateway(request, response);
      else void serve(api, request, response, path, options.log);
    },
  );
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, options.port ?? 0, host);
  return {
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    rootKeyDer: options.keys.rootKeyDer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      // It never listened, but has a timer that looks after its connections.
      server.close();
      reject(error);
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function serve(
  api: HttpApi,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  log: EndpointOptions['log'],
): Promise<void> {
  const method = request.method ?? '';
  const answer = method === 'OPTIONS' ? emptyResponse(204) : await answerOf(api, request, method, path);
  if (answer === undefined) return;
  send(response, answer);
  log?.({
    method,
    path,
    status: answer.status,
    error: answer.status < 400 ? undefined : new TextDecoder().decode(answer.body),
  });
}

/** @returns undefined when the client went away before it had said what it wants */
async function answerOf(
  api: HttpApi,
  request: IncomingMessage,
  method: string,
  path: string,
): Promise<ApiResponse | undefined> {
  const body = await readBody(request);
  if (body === 'too large') return textResponse(413, bodyTooLarge().text);
  if (body === 'gone') return undefined;
  return await api.handle({ method, path, contentType: request.headers['content-type'], body });
}

/** Keeps no more than a body may have; the rest is thrown away as it arrives, so that the client reads the answer. */
function readBody(request: IncomingMessage): Promise<Uint8Array | 'too large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maximumBodyBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
    });
    request.on('end', () => {
      resolve(bytes > maximumBodyBytes ? 'too large' : new Uint8Array(Buffer.concat(chunks)));
    });
    request.on('close', () => {
      resolve('gone');
    });
  });
}

function send(response: ServerResponse, { status, contentType, body }: ApiResponse): void {
  response.writeHead(status, {
    ...corsHeaders,
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    'content-length': body.length,
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
