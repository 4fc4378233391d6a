import { HttpApiError, type SubnetKeys } from '../certification/index.ts';
import type { LiveNetwork } from '../live/index.ts';
import { type ApiRequest, type ApiResponse, cborResponse, cborType, textResponse } from './api-message.ts';
import { answerCall } from './call.ts';
import { CertificateBatches } from './certificate-batches.ts';
import { Certificates } from './certificates.ts';
import { answerQuery } from './query.ts';
import { answerReadState } from './read-state.ts';
import { type Route, routeOf } from './routes.ts';

/** Largest body of a request. Source: dfinity/ic `rs/config/src/http_handler.rs`. */
export const maximumBodyBytes = 4 * 1_048_576;
/** How long a synchronous call waits for its answer. Source: dfinity/ic `http_handler.rs`, certificate timeout. */
const defaultAnswerTimeoutMs = 10_000;

/** What the HTTP interface works on. */
export interface HttpApiOptions {
  readonly live: LiveNetwork;
  /** Must have the root key of the network. */
  readonly keys: SubnetKeys;
  /** How long a synchronous call waits before it is answered 202, in milliseconds. Default 10,000. */
  readonly answerTimeoutMs?: number;
  /** Told of failures that are no client's fault. */
  readonly onDefect?: (error: unknown) => void;
}

/** The same with what is made of it once. */
export interface ApiContext {
  readonly live: LiveNetwork;
  readonly keys: SubnetKeys;
  readonly certificates: Certificates;
  /** For those who wait for the answers to their calls. */
  readonly answers: CertificateBatches;
  readonly answerTimeoutMs: number;
}

/**
 * The IC's HTTP interface over a live network, without the HTTP: requests in, responses out. Whatever comes in, the
 * answer is one of the protocol; it never throws.
 *
 * Source: IC interface spec, 'HTTPS Interface'.
 */
export class HttpApi {
  readonly #context: ApiContext;
  readonly #onDefect: (error: unknown) => void;

  /** @throws Error when the keys are not those of the network */
  constructor({ live, keys, answerTimeoutMs, onDefect }: HttpApiOptions) {
    if (keys.subnetId.compareTo(live.network.subnetId) !== 'eq') {
      throw new Error(
        'The keys do not belong to this network, so no client could verify its answers: ' +
          'pass rootKeyDer of the same SubnetKeys to LocalNetwork as rootKey.',
      );
    }
    const certificates = new Certificates(live.network, keys);
    this.#context = {
      live,
      keys,
      certificates,
      answers: new CertificateBatches(certificates),
      answerTimeoutMs: answerTimeoutMs ?? defaultAnswerTimeoutMs,
    };
    this.#onDefect = onDefect ?? (() => undefined);
  }

  async handle(request: ApiRequest): Promise<ApiResponse> {
    try {
      const route = routeOf(request.method, request.path);
      if (route.kind !== 'status') requireCbor(request);
      this.#context.live.moveClock();
      return await this.#answer(route, request.body);
    } catch (error) {
      if (error instanceof HttpApiError) return textResponse(error.status, error.text);
      this.#onDefect(error);
      return textResponse(
        500,
        `The network failed: ${error instanceof Error ? error.message : 'unknown error'}`,
      );
    }
  }

  #answer(route: Route, body: Uint8Array): ApiResponse | Promise<ApiResponse> {
    switch (route.kind) {
      case 'status':
        return cborResponse({
          root_key: this.#context.keys.rootKeyDer,
          impl_version: 'localnet',
          replica_health_status: 'healthy',
        });
      case 'call':
        return answerCall(this.#context, route.scope, route.isSynchronous, body);
      case 'query':
        return answerQuery(this.#context, route.scope, body);
      case 'readState':
        return answerReadState(this.#context, route.scope, body);
    }
  }
}

function requireCbor({ contentType, body }: ApiRequest): void {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== cborType) {
    throw new HttpApiError('UNSUPPORTED_MEDIA_TYPE', `Send content-type ${cborType}.`, 415);
  }
  if (body.length > maximumBodyBytes) throw bodyTooLarge();
}

export function bodyTooLarge(): HttpApiError {
  return new HttpApiError('BODY_TOO_LARGE', `The body is larger than ${maximumBodyBytes} bytes.`, 413);
}
