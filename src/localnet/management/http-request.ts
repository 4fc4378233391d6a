import type { Principal } from '@dfinity/principal';
import { httpRequestFeeCycles } from '../fees.ts';
import type { HttpHeader, HttpMethod, HttpOutcall } from '../http-outcall.ts';
import { outcallBaseFeeCycles } from '../http-outcall-cost.ts';
import {
  bytesOf,
  headersBytes,
  headersOrBodyError,
  maximumHeaders,
  maximumHeadersBytes,
  maximumHttpMessageBytes,
  maximumPendingHttpOutcalls,
  maximumUrlBytes,
} from '../http-outcall-limits.ts';
import type { ManagementCall, ManagementResult, ManagementServices } from './contract.ts';
import { httpRequest, type HttpRequestArgument } from './http-request-candid.ts';
import type { Method } from './method.ts';
import { ManagementRejection, undecodablePayload } from './rejections.ts';

/*
 * `http_request`: checked, paid for, and then kept until somebody answers it. Source: dfinity/ic
 * `rs/types/types/src/canister_http.rs`, `execution_environment.rs`, whose order of checks and texts these are.
 */

/** Name and value of one header: what the replica's decoder allows. */
const maximumHeaderBytes = 16_384;
const noBody = new Uint8Array(0);

/** The row of `http_request` in the table of methods; its answer comes later. */
export const httpRequestMethod: Method = {
  origins: 'canisters',
  permission: undefined,
  open: (arg) => {
    const argument = decoded(arg);
    return {
      targetId: undefined,
      senderCanisterVersion: [],
      run: (services, call) => startOutcall(services, call, argument),
    };
  },
};

function startOutcall(
  services: ManagementServices,
  call: ManagementCall,
  argument: HttpRequestArgument,
): ManagementResult {
  const outcall = outcallOf(call, argument, services.timeNanos);
  if (services.state.httpOutcalls.size >= maximumPendingHttpOutcalls) {
    throw refused(`max number (${maximumPendingHttpOutcalls}) of http requests in-flight reached.`);
  }
  const feeCycles = feeOf(outcall);
  if (call.cycles.available < feeCycles) {
    throw refused(
      `http_request request sent with ${grouped(call.cycles.available)} cycles, ` +
        `but ${grouped(feeCycles)} cycles are required.`,
    );
  }
  const payer = services.findCanister(call.caller);
  if (payer === undefined) throw new Error('Only canisters that exist make HTTP outcalls.');
  call.cycles.burn(feeCycles, payer, 'httpOutcalls');
  return services.keepHttpOutcall(outcall);
}

/** @throws ManagementRejection */
function outcallOf(
  { caller }: ManagementCall,
  argument: HttpRequestArgument,
  timeNanos: bigint,
): Omit<HttpOutcall, 'id'> {
  const { url, headers } = argument;
  const body = argument.body[0] ?? noBody;
  const isReplicated = argument.is_replicated[0] ?? true;
  const method = Object.keys(argument.method)[0]?.toUpperCase() as HttpMethod;
  const transform = transformOf(argument, caller);
  const urlBytes = bytesOf(url);
  if (urlBytes > maximumUrlBytes) throw refused(`url size ${urlBytes} exceeds ${maximumUrlBytes}`);
  const error = headersOrBodyError(headers, body);
  if (error !== undefined) throw refused(error);
  const maximumResponseBytes = maximumResponseOf(argument);
  if (isReplicated && method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
    throw refused('The requested HTTP method is only allowed for non-replicated requests.');
  }
  return {
    caller,
    method,
    url,
    headers,
    body,
    maximumResponseBytes,
    transform,
    isReplicated,
    pricingVersion: argument.pricing_version[0] === 2 ? 2 : 1,
    startedAtNanos: timeNanos,
  };
}

/** A canister may name only a function of its own. */
function transformOf({ transform }: HttpRequestArgument, caller: Principal): HttpOutcall['transform'] {
  const [wanted] = transform;
  if (wanted === undefined) return undefined;
  const [canister, method] = wanted.function;
  if (canister.compareTo(caller) !== 'eq') {
    throw refused(`transform principal id expected to be ${caller.toText()}, got ${canister.toText()}`);
  }
  return { method, context: wanted.context };
}

function maximumResponseOf({ max_response_bytes: [bytes] }: HttpRequestArgument): number | undefined {
  if (bytes === undefined) return undefined;
  if (bytes <= BigInt(maximumHttpMessageBytes)) return Number(bytes);
  throw refused(
    `max_response_bytes expected to be in the range [0..${maximumHttpMessageBytes}], got ${bytes}`,
  );
}

/** What is due before the request is made, of which nothing comes back when it fails. */
function feeOf(outcall: Omit<HttpOutcall, 'id'>): bigint {
  const { url, headers, body, transform, maximumResponseBytes } = outcall;
  const transformBytes = transform === undefined ? 0 : bytesOf(transform.method) + transform.context.length;
  const requestBytes = bytesOf(url) + headersBytes(headers) + body.length + transformBytes;
  if (outcall.pricingVersion === 2) return outcallBaseFeeCycles(BigInt(requestBytes), outcall.isReplicated);
  return httpRequestFeeCycles(BigInt(requestBytes), BigInt(maximumResponseBytes ?? maximumHttpMessageBytes));
}

/** @throws ManagementRejection IC0408 for what is no argument, or has more headers than the replica decodes */
function decoded(arg: Uint8Array): HttpRequestArgument {
  try {
    const argument = httpRequest.decodeArgument(arg);
    checkHeaders(argument.headers);
    return argument;
  } catch (error) {
    throw undecodablePayload(error);
  }
}

function checkHeaders(headers: readonly HttpHeader[]): void {
  const exceeds = (what: string, limit: number) =>
    new Error(`Deserialize error: The ${what} exceeds maximum allowed ${limit}`);
  if (headers.length > maximumHeaders) throw exceeds('number of elements', maximumHeaders);
  if (headers.some((header) => headersBytes([header]) > maximumHeaderBytes)) {
    throw exceeds('single element data size', maximumHeaderBytes);
  }
  if (headersBytes(headers) > maximumHeadersBytes) throw exceeds('total data size', maximumHeadersBytes);
}

function refused(message: string): ManagementRejection {
  return new ManagementRejection('IC0406', message);
}

/** Cycles as the replica writes them: `1_603_092_800`. */
function grouped(cycles: bigint): string {
  return cycles.toString().replace(/\B(?=(\d{3})+$)/g, '_');
}
