import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SubnetKeys } from '../certification/index.ts';
import { type LiveNetwork, NetworkDefectError } from '../live/index.ts';
import { type AskingContext, askCanister } from './ask-canister.ts';
import { type AddressedCanister, canisterOfRequest } from './canister-of-request.ts';
import { collectRanges, isUnaskedPart } from './collect-ranges.ts';
import { CustomDomains } from './custom-domains.ts';
import { DataCertificates } from './data-certificates.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayRequest, GatewayResponse, Header } from './http-message.ts';
import { readRequest, sendError, sendPreflight, sendResponse } from './node-http.ts';
import { VerifiedCertificates } from './verified-certificates.ts';
import { hasCertification, verifyResponse } from './verify-response.ts';

/** How a gateway behaves. Everything has a default. */
export interface GatewayOptions {
  /**
   * Which responses to queries are verified, raw hosts aside.
   * `all` (default): all must be certified, as on mainnet and in PocketIC; so mistakes show before mainnet.
   * `certified`: those that say they are certified; others are passed on. `none`: no response is looked at.
   */
  readonly verification?: 'all' | 'certified' | 'none';
  /** A file of `host:principal` lines, read again whenever it changes. Default: none. */
  readonly customDomainsFile?: string;
  /** How long an update call may take to answer, in milliseconds. Default 60,000. */
  readonly answerTimeoutMs?: number;
  /** Told of every request once it is answered. */
  readonly log?: (line: GatewayLogLine) => void;
}

/** One answered request. */
export interface GatewayLogLine {
  readonly method: string;
  readonly host: string;
  readonly url: string;
  /** Absent: the request names no canister. */
  readonly canisterId: string | undefined;
  readonly status: number;
  /** What the gateway itself had to say. */
  readonly error: string | undefined;
}

const defaultAnswerTimeoutMs = 60_000;
/** The public metadata section in which a module says how it can certify. Source: HTTP gateway protocol specification. */
const versionsSection = 'supported_certificate_versions';

/**
 * Serves canisters to browsers: turns HTTP requests into calls of `http_request`, and verifies the answers.
 *
 * Source: HTTP gateway protocol specification.
 *
 * @param keys those of the network
 * @throws Error when they are not
 * @returns a handler for every request that is not for `/api/` or `/_/`; it answers all it gets
 */
export function createGateway(
  live: LiveNetwork,
  keys: SubnetKeys,
  options: GatewayOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const gateway = new Gateway(live, keys, options);
  return (request, response) => {
    void gateway.serve(request, response);
  };
}

class Gateway {
  readonly #live: LiveNetwork;
  readonly #certificates: VerifiedCertificates;
  readonly #verification: NonNullable<GatewayOptions['verification']>;
  readonly #customDomains: CustomDomains | undefined;
  readonly #log: GatewayOptions['log'];
  readonly #asking: AskingContext;

  constructor(live: LiveNetwork, keys: SubnetKeys, options: GatewayOptions) {
    if (keys.subnetId.compareTo(live.network.subnetId) !== 'eq') {
      throw new Error(
        'The keys do not belong to this network, so nobody could verify what canisters certify: ' +
          'pass rootKeyDer of the same SubnetKeys to LocalNetwork as rootKey.',
      );
    }
    this.#live = live;
    this.#certificates = new VerifiedCertificates(keys.rootKeyDer);
    this.#verification = options.verification ?? 'all';
    this.#customDomains =
      options.customDomainsFile === undefined ? undefined : new CustomDomains(options.customDomainsFile);
    this.#log = options.log;
    this.#asking = {
      live,
      certificates: new DataCertificates(live.network, keys),
      answerTimeoutMs: options.answerTimeoutMs ?? defaultAnswerTimeoutMs,
    };
  }

  /** Never throws: what fails is answered with a page. */
  async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const host = incoming.headers.host ?? '';
    const url = incoming.url ?? '/';
    let addressed: AddressedCanister | undefined;
    let error: GatewayError | undefined;
    try {
      addressed = canisterOfRequest({ host, url, referer: incoming.headers.referer }, this.#customDomains);
      if (incoming.method === 'OPTIONS') sendPreflight(outgoing);
      else await this.#answer(incoming, outgoing, addressed);
    } catch (cause) {
      error = asGatewayError(cause);
      sendError(outgoing, error);
    }
    this.#log?.({
      method: incoming.method ?? '',
      host,
      url,
      canisterId: addressed?.canisterId.toText(),
      status: outgoing.statusCode,
      error: error?.message,
    });
  }

  async #answer(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    addressed: AddressedCanister | undefined,
  ): Promise<void> {
    if (/^\/(api|_)(\/|$)/.test(incoming.url ?? '')) {
      throw new GatewayError('NOT_FOR_CANISTERS', 'Paths under /api/ and /_/ are never passed to canisters.');
    }
    if (addressed === undefined) {
      throw new GatewayError(
        'CANISTER_ID_NOT_FOUND',
        'The request names no canister: open http://<canister id>.localhost:<port>/ or add ?canisterId=<canister id>.',
      );
    }
    const leaving = new AbortController();
    outgoing.once('close', () => {
      leaving.abort();
    });
    const request = await readRequest(incoming);
    const ask = (wanted: GatewayRequest) => this.#fetch(wanted, addressed, leaving.signal);
    const response = await ask(request);
    const whole = isUnaskedPart(request, response)
      ? await collectRanges(response, (range) =>
          ask({ ...request, headers: [...request.headers, ['range', range]] }),
        )
      : response;
    sendResponse(outgoing, whole, addressed.canisterId);
  }

  /** The canister's response with the headers that may be passed on. @throws GatewayError */
  async #fetch(
    request: GatewayRequest,
    addressed: AddressedCanister,
    gone: AbortSignal,
  ): Promise<GatewayResponse> {
    const { response, isReplicated } = await askCanister(this.#asking, addressed.canisterId, request, gone);
    const isVerified =
      !addressed.isRaw &&
      !isReplicated &&
      (this.#verification === 'all' || (this.#verification === 'certified' && hasCertification(response)));
    return isVerified ? { ...response, headers: this.#verify(request, response, addressed) } : response;
  }

  /** @returns the headers that may be passed on; @throws GatewayError */
  #verify(
    request: GatewayRequest,
    response: GatewayResponse,
    { canisterId }: AddressedCanister,
  ): readonly Header[] {
    const section = this.#live.network.canister(canisterId).metadata.get(versionsSection);
    const verification = verifyResponse(request, response, {
      canisterId: canisterId.toUint8Array(),
      certificates: this.#certificates,
      timeNanos: this.#live.network.timeNanos,
      supportedVersions:
        section?.visibility === 'public'
          ? Buffer.from(section.content).toString().split(',').map(Number)
          : [],
    });
    if (verification.valid) return verification.headers;
    throw new GatewayError(
      'RESPONSE_VERIFICATION_FAILED',
      `Response verification failed: ${verification.reason}.\n` +
        `Certify the response, or open it unverified under http://${canisterId.toText()}.raw.localhost:<port>/.`,
    );
  }
}

function asGatewayError(cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new GatewayError(
    'NETWORK_DEFECT',
    cause instanceof NetworkDefectError ? text : `The gateway failed, please report it: ${text}`,
  );
}
