import type { Principal } from '@dfinity/principal';
import {
  type HttpOutcall,
  type LocalNetworkOptions,
  managementCanisterId,
} from '../../../src/localnet/index.ts';
import {
  httpRequest,
  type CandidHttpResult,
  type HttpRequestArgument,
} from '../../../src/localnet/management/http-request-candid.ts';
import { type Program, program } from '../support/program.ts';
import { TestNetwork } from '../support/test-network.ts';

/** What a test says of a request; the rest is a GET without anything. */
export interface OutcallRequest extends Partial<HttpRequestArgument> {
  /** Attached to the call; default: more than any request costs. */
  readonly cycles?: bigint;
  readonly timeoutSeconds?: number;
}

/** What the canister learns of its request. */
export type Outcome = { readonly refundedCycles: bigint } & (
  | {
      readonly kind: 'reply';
      readonly bytes: Uint8Array;
      /** Throws when the bytes are none. */ readonly result: CandidHttpResult;
    }
  | { readonly kind: 'reject'; readonly code: number; readonly message: string }
);

export const plentyOfCycles = 100_000_000_000n;
const replied = 0;

export function requestArgument(request: OutcallRequest = {}): HttpRequestArgument {
  return {
    url: 'https://example.com/',
    max_response_bytes: [],
    method: { get: null },
    headers: [],
    body: [],
    transform: [],
    is_replicated: [],
    pricing_version: [],
    ...request,
  };
}

/** A canister's HTTP request, which then replies with what became of it. */
export function outcallProgram(request: OutcallRequest = {}): Program {
  return program().call({
    to: managementCanisterId,
    method: 'http_request',
    arg: httpRequest.encodeArgument(requestArgument(request)),
    cycles: request.cycles ?? plentyOfCycles,
    onReply: program().append(Uint8Array.of(replied)).appendNumber('refunded').appendArgument().reply(),
    onReject: program()
      .append(Uint8Array.of(replied + 1))
      .appendNumber('refunded')
      .appendNumber('rejectCode')
      .appendRejectMessage()
      .reply(),
    ...(request.timeoutSeconds !== undefined && { timeoutSeconds: request.timeoutSeconds }),
  });
}

/** Reads what {@link outcallProgram} replied. */
export function outcomeIn(reply: Uint8Array): Outcome {
  const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
  const refundedCycles = view.getBigUint64(1, true);
  if (reply[0] === replied) {
    const bytes = reply.slice(9);
    return {
      kind: 'reply',
      refundedCycles,
      bytes,
      get result() {
        return httpRequest.decodeResult(bytes);
      },
    };
  }
  const message = new TextDecoder().decode(reply.subarray(17));
  return { kind: 'reject', refundedCycles, code: Number(view.getBigUint64(9, true)), message };
}

/** A network with canisters that make HTTP requests. */
export class OutcallNetwork extends TestNetwork {
  readonly id: Principal;

  /** @param transform what the canister's function `transform` does; absent: it has none */
  constructor(transform?: Program, options: LocalNetworkOptions = {}) {
    super(options);
    this.id =
      transform === undefined
        ? this.canister()
        : this.canister({ transform: true, init: program().store('transform', transform) });
  }

  /** Makes a request, without waiting for its answer. */
  start(request: OutcallRequest = {}, id = this.id): { readonly outcome: () => Outcome | undefined } {
    const ingressId = this.submit(id, outcallProgram(request));
    this.network.run();
    return {
      outcome: () => {
        this.network.run();
        const status = this.network.ingressStatus(ingressId);
        if (status.status === 'rejected') throw new Error(status.message);
        return status.status === 'replied' ? outcomeIn(status.reply) : undefined;
      },
    };
  }

  /** The only request that waits. */
  get pending(): HttpOutcall {
    const [outcall, ...others] = this.network.pendingHttpOutcalls();
    if (outcall === undefined || others.length > 0)
      throw new Error('There is not exactly one pending outcall.');
    return outcall;
  }

  /** A request that is answered at once. */
  refused(request: OutcallRequest, id = this.id): Outcome {
    const outcome = this.start(request, id).outcome();
    if (outcome === undefined) throw new Error('The request was accepted.');
    return outcome;
  }
}

export function response(body: string | Uint8Array = '', headers: Record<string, string> = {}, status = 200) {
  return {
    kind: 'response' as const,
    status,
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  };
}

export function textOf(outcome: Outcome | undefined): string {
  if (outcome?.kind !== 'reply') throw new Error(`There is no reply: ${JSON.stringify(outcome?.message)}`);
  return new TextDecoder().decode(outcome.result.body);
}
