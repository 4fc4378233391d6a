import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HttpOutcall, HttpOutcallAnswer } from '../http-outcall.ts';
import { maximumHttpMessageBytes, responseSizeError } from '../http-outcall-limits.ts';
import { headersOf, setHeaders } from './headers.ts';
import { OutcallFailedError } from './outcall-failed-error.ts';

/** How an HTTP outcall is performed. Everything has a default. */
export interface PerformOptions {
  /** How long the whole exchange may take, in milliseconds. Default 30,000, as on the IC. */
  readonly timeoutMs?: number;
  /** Refuse `http:`, as mainnet does. Default false, as on other local networks. */
  readonly httpsOnly?: boolean;
  /** Ends the exchange early. */
  readonly signal?: AbortSignal;
}

const defaultTimeoutMs = 30_000;
/** The IC takes 48 KiB of headers; a little more, so that its own text refuses what is just too large. */
const maximumHeaderBytes = 65_536;
const longestHostInText = 50;

/**
 * Makes the request of an HTTP outcall, once. Redirects are not followed: they are responses like any other.
 *
 * Never throws: whatever goes wrong is an answer. Codes and texts are those of the IC's adapter (dfinity/ic
 * `rs/https_outcalls/adapter`), but for what the operating system says.
 */
export async function performHttpOutcall(
  outcall: HttpOutcall,
  options: PerformOptions = {},
): Promise<HttpOutcallAnswer> {
  try {
    return await exchange(outcall, urlOf(outcall, options.httpsOnly ?? false), options);
  } catch (error) {
    if (error instanceof OutcallFailedError) return error.answer;
    const text = error instanceof Error ? error.message : String(error);
    return new OutcallFailedError(1, text).answer;
  }
}

/** @throws OutcallFailedError */
function urlOf({ url }: HttpOutcall, httpsOnly: boolean): URL {
  // A browser would encode other characters; the IC does not, and an address is either valid or not.
  if (!/^[\x21-\x7e]+$/.test(url) || !URL.canParse(url)) {
    throw new OutcallFailedError(1, 'Failed to parse URL: invalid uri character');
  }
  const parsed = new URL(url);
  if (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && !httpsOnly)) return parsed;
  throw new OutcallFailedError(1, 'Url need to specify https scheme');
}

function exchange(outcall: HttpOutcall, url: URL, options: PerformOptions): Promise<HttpOutcallAnswer> {
  return new Promise((resolve, reject) => {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
    const request = begin(
      outcall,
      url,
      AbortSignal.any([timeout, ...(options.signal ? [options.signal] : [])]),
    );
    const fail = (error: Error): void => {
      if (error instanceof OutcallFailedError) reject(error);
      else if (timeout.aborted) reject(new OutcallFailedError(1, 'Timeout expired'));
      else reject(connectionFailed(url, error));
      request.destroy();
    };
    request.on('error', fail);
    request.on('response', (response) => {
      receive(outcall, response).then(resolve, fail);
    });
    request.on('upgrade', (_, socket) => {
      socket.destroy();
      fail(new Error('the server switched to another protocol'));
    });
    request.end(outcall.body);
  });
}

function begin(outcall: HttpOutcall, url: URL, signal: AbortSignal): ClientRequest {
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method: outcall.method,
    // A connection for each request, so that none keeps the process alive.
    agent: false,
    maxHeaderSize: maximumHeaderBytes,
    signal,
  });
  try {
    setHeaders(request, outcall);
    return request;
  } catch (error) {
    request.on('error', () => undefined);
    request.destroy();
    throw error;
  }
}

async function receive(outcall: HttpOutcall, response: IncomingMessage): Promise<HttpOutcallAnswer> {
  const limitBytes = outcall.maximumResponseBytes ?? maximumHttpMessageBytes;
  const headers = headersOf(response);
  const chunks: Buffer[] = [];
  let bytes = 0;
  const checkSize = (): void => {
    const error = responseSizeError(headers, bytes, limitBytes);
    if (error !== undefined) throw new OutcallFailedError(1, error);
  };
  checkSize();
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    checkSize();
    chunks.push(chunk);
  }
  return {
    kind: 'response',
    status: response.statusCode ?? 0,
    headers,
    body: new Uint8Array(Buffer.concat(chunks)),
  };
}

function connectionFailed({ hostname }: URL, { message }: Error): OutcallFailedError {
  return new OutcallFailedError(
    2,
    `Connecting to ${hostname.slice(0, longestHostInText)} failed: ${message}`,
  );
}
