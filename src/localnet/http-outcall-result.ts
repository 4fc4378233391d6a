import { managementCanisterId } from './canister-ids.ts';
import type { HttpOutcall, HttpOutcallAnswer } from './http-outcall.ts';
import type { OutcallUsage } from './http-outcall-cost.ts';
import {
  headersBytes,
  headersOrBodyError,
  maximumHttpMessageBytes,
  responseSizeError,
} from './http-outcall-limits.ts';
import { nanosPerMillisecond } from './limits.ts';
import { type CandidHttpResult, httpRequest, transform } from './management/http-request-candid.ts';
import { QueryRun } from './query-run.ts';
import { type CallResult, messageSeenByCanisters, rejectionByCode, rejectionOf } from './rejection.ts';
import { findCanister, type World } from './world.ts';

/** What one node makes of what it got, and what that took. */
export interface NodeResult {
  readonly result: CallResult;
  readonly used: OutcallUsage;
}

/**
 * Checks an answer and passes it through the caller's transform function.
 *
 * Source: dfinity/ic `rs/https_outcalls/{adapter,client}`, whose order of checks, codes and texts these are.
 */
export function nodeResultOf(world: World, outcall: HttpOutcall, received: HttpOutcallAnswer): NodeResult {
  const { result, instructions } =
    received.kind === 'reject'
      ? untransformed(rejected(received.rejectCode, received.message))
      : resultOf(world, outcall, received);
  const rawBytes = received.kind === 'reject' ? 0 : headersBytes(received.headers) + received.body.length;
  return {
    result,
    used: {
      http_roundtrip_time_ms: (world.state.timeNanos - outcall.startedAtNanos) / nanosPerMillisecond,
      raw_response_bytes: BigInt(rawBytes),
      transformed_response_bytes: BigInt(sizeOf(result)),
      transform_instructions: instructions,
    },
  };
}

interface Transformed {
  readonly result: CallResult;
  readonly instructions: bigint;
}

function untransformed(result: CallResult): Transformed {
  return { result, instructions: 0n };
}

function resultOf(
  world: World,
  outcall: HttpOutcall,
  { status, headers, body }: HttpOutcallAnswer & { readonly kind: 'response' },
): Transformed {
  const limitBytes = outcall.maximumResponseBytes ?? maximumHttpMessageBytes;
  const error = responseSizeError(headers, body.length, limitBytes) ?? headersOrBodyError(headers, body);
  if (error !== undefined) return untransformed(rejected(1, error));
  const response: CandidHttpResult = { status: BigInt(status), headers, body };
  if (outcall.transform === undefined) {
    return untransformed({ kind: 'reply', bytes: httpRequest.encodeResult(response) });
  }
  const transformed = transformedBy(world, outcall, outcall.transform, response);
  if (sizeOf(transformed.result) <= limitBytes) return transformed;
  return { ...transformed, result: rejected(1, `Transformed http response exceeds limit: ${limitBytes}`) };
}

/** Asks the caller's own query method, as the management canister. */
function transformedBy(
  world: World,
  { caller }: HttpOutcall,
  { method, context }: NonNullable<HttpOutcall['transform']>,
  response: CandidHttpResult,
): Transformed {
  if (findCanister(world, caller)?.code?.module.compositeQueries.has(method) === true) {
    const message = 'Composite query cannot be used as transform in canister http outcalls.';
    return untransformed({ kind: 'reject', rejection: rejectionOf('IC0527', message) });
  }
  const run = new QueryRun(world);
  const result = run.ask({
    sender: managementCanisterId,
    canisterId: caller,
    method,
    arg: transform.encodeArgument({ response, context }),
  });
  return { result, instructions: run.instructions };
}

function sizeOf(result: CallResult): number {
  return result.kind === 'reply'
    ? result.bytes.length
    : Buffer.byteLength(messageSeenByCanisters(result.rejection));
}

/** The outcall itself failed: a rejection with a code and a text, and no error code. */
export function rejected(...rejection: Parameters<typeof rejectionByCode>): CallResult {
  return { kind: 'reject', rejection: rejectionByCode(...rejection) };
}
